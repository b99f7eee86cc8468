//! The result of a capacity search as `JUnit` XML: one test case for the answer, one for what is needed.
//!
//! Too little is a `<failure>`. A search that came to no answer is an `<error>`: it says nothing about the target.

use crate::junit::{self, MESSAGE_CHARS, Outcome, held_to};
use proofload_results::capacity::{CapacityReport, CapacityVerdict};
use proofload_results::text;
use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};
use std::time::Duration;

/// The suites of a capacity search; `name` tells it from others.
pub fn suites(report: &CapacityReport, name: &str) -> Vec<TestSuite> {
    let outcome = match report.verdict {
        CapacityVerdict::Pass => Outcome::Passed,
        CapacityVerdict::Fail => Outcome::Failed,
        CapacityVerdict::Invalid | CapacityVerdict::Incomplete => Outcome::NoAnswer,
    };
    let why: Vec<String> = std::iter::once(&report.sentence)
        .chain(&report.reasons)
        .cloned()
        .collect();
    held_to(outcome, &why, "capacity", vec![suite(report, name)])
}

fn suite(report: &CapacityReport, name: &str) -> TestSuite {
    let mut suite = TestSuite::new(text::line(name));
    suite.set_time(junit::time(report.duration_s));
    let figure = |value: Option<f64>| value.map_or_else(|| "none".to_owned(), |value| value.to_string());
    for (key, value) in [
        ("scenario", report.scenario.clone()),
        ("target", report.target.clone()),
        ("seed", report.seed.to_string()),
        ("sustained_per_s", figure(report.sustained_per_s)),
        ("limited_by", report.limited_by.clone().unwrap_or_default()),
    ] {
        suite.add_property(Property::new(key, text::clip(&text::line(&value), MESSAGE_CHARS)));
    }
    let mut found = TestCase::new("a sustainable rate was found", answer(report));
    found.set_time(junit::time(report.duration_s));
    suite.add_test_case(found);
    if let Some(need) = &report.need {
        let status = match need.met {
            Some(true) => TestCaseStatus::success(),
            Some(false) => status(NonSuccessKind::Failure, report),
            None => status(NonSuccessKind::Error, report),
        };
        let mut carries = TestCase::new(format!("it carries {}/s", need.rate_per_s), status);
        carries.set_time(Duration::ZERO);
        suite.add_test_case(carries);
    }
    suite
}

fn answer(report: &CapacityReport) -> TestCaseStatus {
    match report.verdict {
        CapacityVerdict::Invalid | CapacityVerdict::Incomplete => status(NonSuccessKind::Error, report),
        CapacityVerdict::Fail if report.sustained_per_s.is_none_or(|rate| rate <= 0.0) => {
            status(NonSuccessKind::Failure, report)
        }
        CapacityVerdict::Pass | CapacityVerdict::Fail => TestCaseStatus::success(),
    }
}

fn status(kind: NonSuccessKind, report: &CapacityReport) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(text::clip(&text::line(&report.sentence), MESSAGE_CHARS));
    status.set_type("capacity");
    let why: Vec<&str> = report
        .reasons
        .iter()
        .chain(&report.findings)
        .map(String::as_str)
        .collect();
    status.set_description(text::block(&why.join("\n")));
    status
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::capacity as examples;
    use quick_junit::Report;

    fn rendered(report: &CapacityReport) -> String {
        let mut document = Report::new("test");
        document.add_test_suites(suites(report, "runs/c"));
        document.to_string().expect("memory")
    }

    #[test]
    fn enough_passes_too_little_fails_and_no_answer_is_an_error() {
        assert!(rendered(&examples::found()).contains("tests=\"2\" skipped=\"0\" failures=\"0\" errors=\"0\""));
        let gave_out = rendered(&examples::generator_gave_out());
        assert!(gave_out.contains("failures=\"0\" errors=\"2\""), "{gave_out}");
        let mut short = examples::found();
        short.verdict = CapacityVerdict::Fail;
        short.need.as_mut().expect("a need").met = Some(false);
        let short = rendered(&short);
        assert!(short.contains("failures=\"1\" errors=\"0\""), "{short}");
    }
}
