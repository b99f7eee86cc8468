//! `JUnit` XML, as continuous-integration servers read it.
//!
//! One test suite for each operation, one test case for each case. A `fail` is a `<failure>`, an `error` an
//! `<error>`, a `skip` a `<skipped>`. The format knows no warnings: a `warn` is a passing test case that carries its
//! words in `<system-out>`, and the property `verdict`, which every case that is no plain pass has.

use crate::junit::{self, BODY_CHARS, MESSAGE_CHARS, Outcome, held_to, written};
use chrono::DateTime;
use proofload_results::text;
use proofload_results::validate::{CaseResult, ValidateReport, Verdict};
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};
use std::fmt::Write;
use std::time::Duration;

/// Renders a report as `JUnit` XML.
pub fn render(report: &ValidateReport) -> String {
    let mut document = Report::new("proofload validate");
    if let Some(run) = &report.run {
        document.set_time(junit::time(run.duration_s));
        if let Ok(started) = DateTime::parse_from_rfc3339(&run.started) {
            document.set_timestamp(started);
        }
    }
    document.add_test_suites(suites(report));
    written(&document)
}

/// The verdict of the whole as a suite without test cases, whose output every viewer shows, then one suite for each
/// operation.
pub fn suites(report: &ValidateReport) -> Vec<TestSuite> {
    let outcome = match report.verdict {
        Verdict::Pass | Verdict::Warn | Verdict::Skip => Outcome::Passed,
        Verdict::Fail => Outcome::Failed,
        Verdict::Error => Outcome::NoAnswer,
    };
    let notes = report.run.as_ref().map(|run| run.notes.clone()).unwrap_or_default();
    let mut suites = vec![whole(report)];
    suites.extend(by_operation(report));
    held_to(outcome, &notes, "validate", suites)
}

fn by_operation(report: &ValidateReport) -> Vec<TestSuite> {
    let mut suites: Vec<TestSuite> = Vec::new();
    for case in &report.cases {
        let name = text::line(case.group());
        let position = suites.iter().position(|suite| suite.name.as_str() == name);
        let position = position.unwrap_or_else(|| {
            let mut suite = TestSuite::new(name);
            suite.add_property(property("operation", &case.operation));
            suites.push(suite);
            suites.len() - 1
        });
        suites[position].add_test_case(test_case(case));
    }
    for suite in &mut suites {
        let time = suite.test_cases.iter().filter_map(|case| case.time).sum();
        suite.set_time(time);
    }
    suites
}

/// What was tested with which accounts and what was not, what that rests on, and the causes of what went wrong.
fn whole(report: &ValidateReport) -> TestSuite {
    let mut suite = TestSuite::new("verdict");
    let headline = report.sentence().to_string();
    suite.add_property(property("verdict", &report.verdict.to_string()));
    suite.add_property(property("headline", &headline));
    let mut output = headline;
    for premise in report.premises() {
        suite.add_property(property("premise", &premise.sentence));
        let _ = write!(output, "\nFirst: {}", premise.sentence);
    }
    for cause in report.common_causes() {
        let _ = write!(output, "\n{}: {}", cause.counts(), cause.sentence);
    }
    suite.set_system_out(text::clip(&text::block(&output), BODY_CHARS));
    if report.verdict == Verdict::Error && report.summary.error == 0 {
        // Nothing but skips would look like a run that passed.
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message("not one case was tested");
        let mut test_case = TestCase::new("something was tested", status);
        test_case.set_classname("verdict").set_time(Duration::ZERO);
        suite.add_test_case(test_case);
    }
    suite
}

fn test_case(case: &CaseResult) -> TestCase {
    let mut test_case = TestCase::new(text::line(&case.id), status(case));
    test_case.set_classname(text::line(case.group()));
    test_case.set_time(junit::time(case.time_s.unwrap_or_default()));
    if case.verdict != Verdict::Pass {
        test_case.add_property(property("verdict", &case.verdict.to_string()));
    }
    if case.verdict == Verdict::Warn {
        test_case.set_system_out(body(case));
    }
    if let Some(acceptance) = &case.accepted {
        test_case.add_properties([
            property("accepted.verdict", &acceptance.verdict.to_string()),
            property("accepted.reason", &acceptance.reason),
            property("accepted.owner", &acceptance.owner),
            property("accepted.expires", &acceptance.expires.to_string()),
        ]);
    }
    test_case
}

fn status(case: &CaseResult) -> TestCaseStatus {
    let deviation = || format!("expected {}, observed {}", case.expected, case.observed);
    let (mut status, message) = match case.verdict {
        Verdict::Pass | Verdict::Warn => return TestCaseStatus::success(),
        Verdict::Fail => (TestCaseStatus::non_success(NonSuccessKind::Failure), deviation()),
        Verdict::Error => (TestCaseStatus::non_success(NonSuccessKind::Error), case.detail.clone()),
        Verdict::Skip => (TestCaseStatus::skipped(), case.detail.clone()),
    };
    status.set_message(text::clip(&text::line(&message), MESSAGE_CHARS));
    if case.verdict != Verdict::Skip {
        status.set_type(format!("{} ({})", case.severity, case.source));
        status.set_description(body(case));
    }
    status
}

/// Everything a person needs to repeat and judge the case.
fn body(case: &CaseResult) -> String {
    let mut body = format!(
        "{}\nexpected: {}\nobserved: {}\nseverity: {}\nsource: {}\n",
        text::block(&case.detail),
        text::block(&case.expected),
        text::block(&case.observed),
        case.severity,
        case.source,
    );
    let exchange = case.exchange.as_ref().map(ToString::to_string);
    for (head, more) in [
        ("repeat with", &case.command()),
        ("exchange", &exchange),
        ("differences", &case.diff),
    ] {
        if let Some(more) = more {
            let _ = writeln!(body, "{head}:\n{}", text::block(more));
        }
    }
    text::clip(&body, BODY_CHARS)
}

fn property(name: &str, value: &str) -> Property {
    Property::new(name, text::clip(&text::line(value), MESSAGE_CHARS))
}

#[cfg(test)]
mod tests;
