//! The suite against the clean mock: a right deployment is never accused.

mod deployment;

use proofload::conformance::{self, Options};
use proofload::events::Unobserved;
use proofload::target::{Target, Trust};
use proofload_contract::Contract;
use proofload_reports::validate::{ValidateReport, Verdict};
use proofload_test_support::Mock;

async fn validated(target: &Target) -> ValidateReport {
    conformance::run(target, Contract::bundled(), &Options::default(), &Unobserved)
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
    let mock = Mock::on_premise();
    let report = validated(&deployment::target(&mock, &mock.http_url(), Trust::System, true)).await;
    assert_eq!(deviations(&report), Vec::<String>::new());
    assert!(report.cases.len() >= 900, "{} cases", report.cases.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clean_mock_is_never_accused_over_https_with_reads_only() {
    let mock = Mock::in_the_cloud();
    let report = validated(&deployment::target(&mock, &mock.https_url(), Trust::Insecure, false)).await;
    assert_eq!(deviations(&report), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_account_what_needs_none_is_tested() {
    let mock = Mock::on_premise();
    let mut target = deployment::target(&mock, &mock.http_url(), Trust::System, false);
    target.accounts.clear();
    target.signing_key = None;
    let report = validated(&target).await;
    assert_eq!(deviations(&report), Vec::<String>::new());
    for (id, verdict) in [
        ("publish/no-token", Verdict::Pass),
        ("publish/random-parts", Verdict::Pass),
        ("authenticate/unknown-user", Verdict::Pass),
        ("publish/tampered-signature", Verdict::Skip),
        ("publish/control", Verdict::Skip),
    ] {
        let case = report.cases.iter().find(|case| case.id == id).expect(id);
        assert_eq!(case.verdict, verdict, "{id}");
    }
}
