//! A gate as `JUnit` XML, for CI servers.
//!
//! One test suite for each operation, one test case for each metric, one suite for conformance. A regression is a
//! `<failure>`. One comparison that cannot be decided is `<skipped>`, because it neither passed nor failed, and a property says
//! so; a gate that cannot be decided is an `<error>`, or whatever the person wanted it to end as.

use crate::junit::{self, BODY_CHARS, MESSAGE_CHARS, Outcome, held_to, written};
use proofload_results::gate::words;
use proofload_results::gate::{Comparison, GateReport, GateVerdict, Undecided};
use proofload_results::record::RunStatus;
use proofload_results::text;
use proofload_results::validate::{CaseResult, Verdict};
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

/// Renders a report as `JUnit` XML.
pub fn render(report: &GateReport) -> String {
    let mut document = Report::new("proofload gate");
    document.add_test_suites(suites(report));
    written(&document)
}

/// The test suites, for a document that holds others too.
pub fn suites(report: &GateReport) -> Vec<TestSuite> {
    let outcome = match (report.verdict, report.inconclusive) {
        (GateVerdict::NotRegressed, _) | (GateVerdict::Inconclusive, Undecided::Passes) => Outcome::Passed,
        (GateVerdict::Regressed, _) | (GateVerdict::Inconclusive, Undecided::Fails) => Outcome::Failed,
        (GateVerdict::Inconclusive, Undecided::Invalid) => Outcome::NoAnswer,
    };
    held_to(outcome, &report.reasons, "gate", by_operation(report))
}

fn by_operation(report: &GateReport) -> Vec<TestSuite> {
    let mut suites: Vec<TestSuite> = Vec::new();
    if report.status != RunStatus::Complete {
        // Without it a comparison that was killed early would be an empty document, which is green.
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        let why = report
            .reasons
            .first()
            .map_or("it did not come to its end", String::as_str);
        status.set_message(text::clip(&text::line(why), MESSAGE_CHARS));
        let mut suite = TestSuite::new("gate");
        suite.add_test_case(timed(TestCase::new("complete", status), 0.0));
        suites.push(suite);
    }
    for comparison in &report.comparisons {
        let name = text::line(&comparison.operation);
        if suites.last().is_none_or(|suite| suite.name.as_str() != name) {
            suites.push(TestSuite::new(name));
        }
        if let Some(suite) = suites.last_mut() {
            // All metrics come from the same runs, whose time stands at the first.
            let measured = report.baseline.measured_s.get() + report.candidate.measured_s.get();
            let time = if comparison == &report.comparisons[0] {
                measured
            } else {
                0.0
            };
            suite.add_test_case(timed(test_case(comparison), time));
        }
    }
    if let Some(conformance) = &report.conformance {
        let mut suite = TestSuite::new("conformance");
        if conformance.deviations.is_empty() {
            suite.add_test_case(timed(TestCase::new("conformance", TestCaseStatus::success()), 0.0));
        }
        for case in &conformance.deviations {
            suite.add_test_case(deviation(case));
        }
        suites.push(suite);
    }
    suites
}

fn test_case(comparison: &Comparison) -> TestCase {
    let figures = format!(
        "{} instead of {}, {} (interval {}, limit {}, detectable {})",
        words::value(comparison.metric, comparison.candidate),
        words::value(comparison.metric, comparison.baseline),
        words::change(comparison),
        words::interval(comparison),
        words::limit(comparison),
        words::detectable(comparison),
    );
    let note = comparison.note.iter().map(|note| text::line(note));
    let needs = comparison.needs.map(words::needs);
    let sentences: Vec<String> = [figures].into_iter().chain(note).chain(needs).collect();
    let message = sentences.join("; ");
    let mut status = match comparison.verdict {
        GateVerdict::Regressed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        GateVerdict::NotRegressed => TestCaseStatus::success(),
        GateVerdict::Inconclusive => TestCaseStatus::skipped(),
    };
    if comparison.verdict != GateVerdict::NotRegressed {
        status.set_message(text::clip(&message, MESSAGE_CHARS));
    }
    if comparison.verdict == GateVerdict::Regressed {
        status.set_type("regressed");
        status.set_description(text::clip(&message, BODY_CHARS));
    }
    let mut case = TestCase::new(words::name(comparison), status);
    case.set_classname(text::line(&comparison.operation));
    case.add_property(Property::new("verdict", words::verdict(comparison)));
    if comparison.verdict == GateVerdict::NotRegressed {
        case.set_system_out(message);
    }
    case
}

fn timed(mut case: TestCase, seconds: f64) -> TestCase {
    case.set_time(junit::time(seconds));
    case
}

fn deviation(case: &CaseResult) -> TestCase {
    let kind = if case.verdict == Verdict::Error {
        NonSuccessKind::Error
    } else {
        NonSuccessKind::Failure
    };
    let mut status = TestCaseStatus::non_success(kind);
    let message = format!("expected {}, observed {}", case.expected, case.observed);
    status.set_message(text::clip(&text::line(&message), MESSAGE_CHARS));
    status.set_type(format!("{} ({})", case.severity, case.source));
    let mut body = text::block(&case.detail);
    if let Some(diff) = &case.diff {
        body.push('\n');
        body.push_str(&text::block(diff));
    }
    status.set_description(text::clip(&body, BODY_CHARS));
    let mut test_case = TestCase::new(text::line(&case.id), status);
    test_case.set_classname("conformance");
    timed(test_case, case.time_s.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::gate as examples;
    use quick_xml::Reader;
    use quick_xml::events::Event;

    #[test]
    fn it_is_xml_with_a_case_for_each_comparison() {
        let mut report = examples::regressed();
        report.comparisons[0].operation = "]]><failure/>\u{1b}&\"'".to_owned();
        report.comparisons[0].note = Some("</testcase><script>\0".to_owned());
        let xml = render(&report);
        let mut reader = Reader::from_str(&xml);
        let mut elements = Vec::new();
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Eof => break,
                Event::Start(start) | Event::Empty(start) => {
                    elements.push(start.name().as_ref().to_owned());
                }
                _ => {}
            }
        }
        let count = |name: &str| elements.iter().filter(|element| *element == name).count();
        assert_eq!(
            (count("testcase"), count("failure"), count("skipped")),
            (10, 3, 2),
            "{xml}"
        );
        assert_eq!(count("script"), 0);
    }
}
