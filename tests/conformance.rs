//! How a deployment answers every case, told by status and shape: nothing in it varies from run to run.

use proofload::conformance::snapshot::Page;
use proofload::conformance::{self, Options, Outcome};
use proofload::events::Unobserved;
use proofload::target::{Account, Allow, BaseUrl, Permissions, Target, Trust};
use proofload_contract::Contract;
use proofload_mock_server::{ACCOUNTS, Granted, Identities, Settings, adapter_wiremock};
use similar::TextDiff;
use std::sync::Arc;
use wiremock::MockServer;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_runs_give_the_same_snapshots() {
    let (one, other) = tokio::join!(mock_behind_wiremock(), mock_behind_wiremock());
    let shown = |outcome: &Outcome| -> String {
        let pages = Page::all(&outcome.observations);
        pages
            .iter()
            .flat_map(|page| [page.operation.clone(), page.to_string()])
            .collect::<Vec<_>>()
            .join("\n")
    };
    let (one, other) = (shown(&one), shown(&other));
    assert!(one == other, "{}", TextDiff::from_lines(&one, &other).unified_diff());
}

async fn mock_behind_wiremock() -> Outcome {
    let server = MockServer::start().await;
    let identities = Arc::new(Identities::new(Settings::default()));
    adapter_wiremock::mount(&server, Arc::clone(&identities)).await;
    let permissions = |granted| match granted {
        Granted::All => Permissions::All,
        Granted::Only(held) => Permissions::Only(held.iter().map(|&name| name.to_owned()).collect()),
    };
    let account = |seeded: &proofload_mock_server::SeededAccount| Account {
        name: seeded.name.to_owned(),
        username: seeded.name.to_owned(),
        password: seeded.password(),
        permissions: permissions(seeded.permissions),
    };
    let target = Target {
        name: "mock".to_owned(),
        base: BaseUrl::parse(&server.uri()).expect("a base URL"),
        trust: Trust::System,
        accounts: ACCOUNTS.iter().map(account).collect(),
        allow: Allow {
            reads: true,
            writes: true,
            load: false,
        },
        signing_key: Some(identities.signing_key().clone()),
        embedded: false,
    };
    validated(&target).await
}

async fn validated(target: &Target) -> Outcome {
    // One after the other: a person that is read while another sequence gives it notes has now one shape, now another.
    let options = Options {
        concurrency: 1,
        ..Options::default()
    };
    conformance::run(target, Contract::bundled(), &options, &Unobserved)
        .await
        .expect("the run begins")
}
