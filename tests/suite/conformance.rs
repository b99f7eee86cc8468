//! How a deployment answers every case, held as one snapshot for each operation.
//!
//! Without more ado the deployment is our own mock behind wiremock. `PROOFLOAD_TARGET` names another one: a target of
//! `proofload.toml`, or a base URL, with the account in `PROOFLOAD_USERNAME` and `PROOFLOAD_PASSWORD`. Its snapshots
//! carry its name, so that they stand beside the mock's; the first run of a deployment leaves them for review.

use proofload_conformance as conformance;
use proofload_conformance::{ConformanceOptions, ConformanceRun};
use proofload_conformance_snapshots::Page;
use proofload_contract::Contract;
use proofload_deployment::{
    Account, Allow, BaseUrl, Config, DEFAULT_FILE, Permissions, SecretReader, Target, Trust, Way,
};
use proofload_mock_server::{ACCOUNTS, Granted, Identities, Settings, adapter_wiremock};
use proofload_results::events::Unobserved;
use secrecy::SecretString;
use std::env;
use std::path::Path;
use std::sync::Arc;
use wiremock::MockServer;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_answers_as_before() {
    let (outcome, suffix) = match env::var("PROOFLOAD_TARGET") {
        Ok(wanted) => {
            let target = named(&wanted);
            (validated(&target).await, Some(target.name))
        }
        Err(_) => (mock_behind_wiremock().await, None),
    };
    // All differences at once, not the first operation's only.
    let pages = Page::all(&outcome.observations);
    assert!(!pages.is_empty(), "nothing was observed");
    let different: Vec<String> = pages
        .iter()
        .filter(|page| std::panic::catch_unwind(|| hold(page, suffix.as_deref())).is_err())
        .map(|page| page.operation.clone())
        .collect();
    assert_eq!(
        different,
        Vec::<String>::new(),
        "these operations answer otherwise than before"
    );
}

fn hold(page: &Page, suffix: Option<&str>) {
    let mut settings = insta::Settings::clone_current();
    if let Some(suffix) = suffix {
        settings.set_snapshot_suffix(suffix);
    }
    settings.bind(|| insta::assert_snapshot!(page.operation.clone(), page.to_string()));
}

async fn mock_behind_wiremock() -> ConformanceRun {
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
        way: Way::default(),
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

async fn validated(target: &Target) -> ConformanceRun {
    // One after the other: a person that is read while another sequence gives it notes has now one shape, now another.
    let options = ConformanceOptions {
        concurrency: 1,
        adapts: false,
        ..ConformanceOptions::default()
    };
    conformance::run(target, Contract::bundled(), &options, &Unobserved)
        .await
        .expect("the run begins")
}

/// The deployment that the person who runs the tests has named.
fn named(wanted: &str) -> Target {
    if !wanted.contains("://") {
        let config = Config::load(Path::new(DEFAULT_FILE), Contract::bundled()).expect("a good configuration");
        return config
            .target(wanted, &Environment)
            .expect("a target of the configuration");
    }
    let variable = |name: &str| env::var(name).unwrap_or_else(|_| panic!("PROOFLOAD_TARGET is a URL: set {name}"));
    let base = BaseUrl::parse(wanted).expect("PROOFLOAD_TARGET is a base URL");
    Target {
        name: base.url().host_str().unwrap_or("target").to_owned(),
        base,
        trust: Trust::System,
        way: Way::default(),
        accounts: vec![Account {
            name: "main".to_owned(),
            username: variable("PROOFLOAD_USERNAME"),
            password: variable("PROOFLOAD_PASSWORD").into(),
            permissions: Permissions::All,
        }],
        allow: Allow {
            reads: true,
            writes: false,
            load: false,
        },
        signing_key: None,
        embedded: false,
    }
}

/// Tests ask nobody.
struct Environment;

impl SecretReader for Environment {
    fn env(&self, name: &str) -> Result<Option<SecretString>, String> {
        Ok(env::var(name).ok().map(SecretString::from))
    }

    fn prompt(&self, prompt: &str) -> Result<SecretString, String> {
        Err(format!(
            "tests ask nobody for {prompt}; keep it in a file or in the environment"
        ))
    }
}
