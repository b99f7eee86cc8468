//! The suite against the clean mock: a right deployment is never accused.

mod support;

use proofload::conformance::{self, Options};
use proofload::events::Unobserved;
use proofload_contract::Contract;
use proofload_mock_server::Settings;
use proofload_reports::validate::{ValidateReport, Verdict};
use support::deployment::Deployment;

async fn validated(deployment: &Deployment, writes: bool) -> ValidateReport {
    let target = deployment.target(writes);
    conformance::run(&target, Contract::bundled(), &Options::default(), &Unobserved)
        .await
        .expect("the run begins")
        .report
}

fn deviations(report: &ValidateReport) -> Vec<String> {
    report
        .cases
        .iter()
        .filter(|case| matches!(case.verdict, Verdict::Fail | Verdict::Warn | Verdict::Error))
        .map(|case| {
            format!(
                "{:?} {}: expected {}, observed {} ({}) {}",
                case.verdict,
                case.id,
                case.expected,
                case.observed,
                case.detail,
                case.curl
                    .as_deref()
                    .unwrap_or_default()
                    .chars()
                    .take(300)
                    .collect::<String>()
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clean_mock_is_never_accused_over_http() {
    let deployment = Deployment::http(Settings::default()).await;
    let report = validated(&deployment, true).await;
    assert_eq!(deviations(&report), Vec::<String>::new());
}
