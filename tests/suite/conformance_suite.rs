//! The suite against the clean mock: a right deployment is never accused.

use crate::deployment;

use proofload_conformance as conformance;
use proofload_conformance::ConformanceOptions;
use proofload_contract::Contract;
use proofload_deployment::{Target, Trust};
use proofload_mock_server::{Identities, Settings, adapter_wiremock};
use proofload_results::events::Unobserved;
use proofload_results::validate::{ValidateReport, Verdict};
use proofload_test_support::Mock;
use std::sync::Arc;
use wiremock::MockServer;

async fn validated(target: &Target) -> ValidateReport {
    conformance::run(target, Contract::bundled(), &ConformanceOptions::default(), &Unobserved)
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
async fn the_clean_mock_is_never_accused_behind_wiremock() {
    let server = MockServer::start().await;
    let identities = Arc::new(Identities::new(Settings::default()));
    adapter_wiremock::mount(&server, Arc::clone(&identities)).await;
    let target = deployment::target_of(&identities, &server.uri(), Trust::System, true);
    assert_eq!(deviations(&validated(&target).await), Vec::<String>::new());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clean_mock_is_never_accused_behind_nginx() {
    let mock = Mock::in_the_cloud();
    let nginx = proofload_test_support::Nginx::before(&mock);
    let trust = Trust::Ca(nginx.certificate());
    let report = validated(&deployment::target(&mock, &nginx.url(), trust, true)).await;
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
