//! Runs against servers that lose calls: what is lost is told, and nothing else is blamed on them.

use crate::target::target;
use parking_lot::Mutex;
use proofload_conformance::{ConformanceOptions, ConformanceRun, run};
use proofload_contract::Contract;
use proofload_deployment::client::testing::http_once;
use proofload_deployment::{Target, Trust};
use proofload_mock_server::{Defect, Identities, Settings};
use proofload_results::events::{Event, Observer, Unobserved};
use proofload_results::validate::{CaseResult, Verdict};
use proofload_test_support::{Mock, Mortal};
use std::time::Duration;

const RELIABILITY: &str = "deployment/reliability";

fn options(only: &[&str], skip: &[&str]) -> ConformanceOptions {
    let patterns = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
    ConformanceOptions {
        only: patterns(only),
        skip: patterns(skip),
        timeout: Duration::from_secs(2),
        ..ConformanceOptions::default()
    }
}

async fn validated(target: &Target, options: &ConformanceOptions, observer: &dyn Observer) -> ConformanceRun {
    run(target, Contract::bundled(), options, observer).await.unwrap()
}

fn case<'a>(run: &'a ConformanceRun, id: &str) -> Option<&'a CaseResult> {
    run.report.cases.iter().find(|case| case.id == id)
}

/// The cases that ended so, but for that of the lost calls.
fn ended(run: &ConformanceRun, verdicts: &[Verdict]) -> Vec<String> {
    let cases = run.report.cases.iter();
    let others = cases.filter(|case| case.id != RELIABILITY && verdicts.contains(&case.verdict));
    others
        .map(|case| {
            format!(
                "{}: expected {}, observed {} ({})",
                case.id, case.expected, case.observed, case.detail
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_answers_are_a_failure_of_their_own_and_of_nothing_else() {
    for (defect, words) in [
        (Defect::CutsAnswers, "cut short"),
        (Defect::DropsConnections, "dropped without an answer"),
        (Defect::NeverAnswers, "never answered"),
        (Defect::LosesAnswers, "calls were not answered"),
    ] {
        let mock = Mock::start(Settings {
            defects: vec![defect],
            ..Settings::default()
        });
        let only = [
            "listTags",
            "getTag",
            "createTag",
            "deleteTag",
            "putNote",
            "listNotes",
            "profile",
        ];
        let run = validated(
            &target(&mock.http_url(), Trust::System, true),
            &options(&only, &[]),
            &Unobserved,
        )
        .await;
        let lost = case(&run, RELIABILITY).expect("reported though it was not selected");
        assert_eq!(lost.verdict, Verdict::Fail, "{defect}: {}", lost.observed);
        assert!(lost.observed.contains(words), "{defect}: {}", lost.observed);
        assert_eq!(
            ended(&run, &[Verdict::Fail, Verdict::Warn]),
            Vec::<String>::new(),
            "{defect}"
        );
        let errors = ended(&run, &[Verdict::Error]);
        assert!(errors.len() * 20 < run.report.cases.len(), "{defect}: {errors:#?}");
        assert!(run.report.cases.iter().all(|case| case.time_s.is_some()), "{defect}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_leaves_the_case_out_does_not_get_it() {
    let mock = Mock::start(Settings {
        defects: vec![Defect::DropsConnections],
        ..Settings::default()
    });
    let options = options(&["listTags"], &[RELIABILITY]);
    let run = validated(&target(&mock.http_url(), Trust::System, false), &options, &Unobserved).await;
    assert!(case(&run, RELIABILITY).is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_closed_for_being_idle_accuse_nobody() {
    let identities = Identities::new(Settings::default());
    let base = http_once(move |request| identities.respond(&request)).await;
    let only = ["listTags", "createTag", "profile", RELIABILITY];
    let run = validated(&target(&base, Trust::System, true), &options(&only, &[]), &Unobserved).await;
    let bad = [Verdict::Fail, Verdict::Warn, Verdict::Error];
    assert_eq!(ended(&run, &bad), Vec::<String>::new());
    let kept = case(&run, RELIABILITY).expect("selected");
    assert_eq!(kept.verdict, Verdict::Pass, "{}", kept.observed);
    assert!(
        kept.detail.contains("a kept connection that the server closed"),
        "{}",
        kept.detail
    );
}

/// Ends a server in the middle of a run.
struct Death(Mutex<Mortal>);

impl Observer for Death {
    fn observe(&self, event: &Event) {
        if matches!(event, Event::CaseDone { done: 40, .. }) {
            self.0.lock().die();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_dies_in_the_middle_has_failed() {
    let mock = Mock::on_premise();
    let mortal = Mortal::before(&mock);
    let target = target(&mortal.url(), Trust::System, false);
    let death = Death(Mutex::new(mortal));
    let run = validated(&target, &options(&[], &["authenticate"]), &death).await;
    let lost = case(&run, RELIABILITY).expect("selected");
    assert_eq!(lost.verdict, Verdict::Fail);
    assert!(
        lost.observed.starts_with("the target stopped answering"),
        "{}",
        lost.observed
    );
    assert_eq!(run.report.verdict, Verdict::Fail);
    assert_eq!(ended(&run, &[Verdict::Fail, Verdict::Warn]), Vec::<String>::new());
}
