//! One account of which nobody stated what it holds: a sound server that refuses it is not accused.

use crate::behaviour::that_ended;
use crate::target::target;
use proofload_conformance::{BadLogins, ConformanceOptions, run};
use proofload_contract::Contract;
use proofload_deployment::client::testing::http;
use proofload_deployment::{Permissions, Trust};
use proofload_mock_server::{Identities, Settings};
use proofload_results::events::Unobserved;
use proofload_results::validate::Verdict;

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_may_do_little_accuses_nobody() {
    let identities = Identities::new(Settings::default());
    let base = http(move |request| identities.respond(&request)).await;
    let mut target = target(&base, Trust::System, false);
    target.accounts.retain(|account| account.name == "publisher");
    target.accounts[0].permissions = Permissions::Untold;
    let options = ConformanceOptions {
        bad_logins: BadLogins::Never,
        ..ConformanceOptions::default()
    };
    let outcome = run(&target, Contract::bundled(), &options, &Unobserved).await.unwrap();
    let accused = that_ended(&outcome, &[Verdict::Fail, Verdict::Warn]);
    assert!(accused.is_empty(), "{}", accused.join("\n"));
    let judged = outcome.report.cases.iter().filter(|case| case.verdict == Verdict::Pass);
    assert!(judged.count() > 1000, "it was hardly tested");
}
