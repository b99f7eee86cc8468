//! `JUnit` documents of suites that come from one result or several.
//!
//! One rule for every kind of result: the program ends with 0 just where there is neither a `<failure>` nor an `<error>`. A
//! target that failed is a failure; a result that says nothing about the target is an error, and never only skipped.

use proofload_results::text;
pub use quick_junit::TestSuite;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus};
use std::time::Duration;

/// Servers show messages in lists and tables, so they stay short; the whole text is in the element's body.
pub(crate) const MESSAGE_CHARS: usize = 300;
/// What a hostile server may put into one case.
pub(crate) const BODY_CHARS: usize = 64 * 1024;

/// A document of test suites.
pub fn document(name: &str, suites: Vec<TestSuite>) -> String {
    let mut document = Report::new(name);
    document.add_test_suites(suites);
    written(&document)
}

/// A document as it is printed. XML lets C1 controls and bidirectional overrides stand; a log or a terminal obeys them.
pub(crate) fn written(document: &Report) -> String {
    text::block(&document.to_string().expect("writing into memory cannot fail"))
}

/// What a result came to, as the program's exit code says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 0.
    Passed,
    /// 1.
    Failed,
    /// 3 or 4, or the signal's: it says nothing about the target.
    NoAnswer,
}

/// Makes sure that suites are not green where the result is not: then they get a test case of their own for the verdict, with
/// the reasons.
pub(crate) fn held_to(outcome: Outcome, why: &[String], command: &str, mut suites: Vec<TestSuite>) -> Vec<TestSuite> {
    let kind = match outcome {
        Outcome::Passed => return suites,
        Outcome::Failed => NonSuccessKind::Failure,
        Outcome::NoAnswer => NonSuccessKind::Error,
    };
    if suites.iter().any(|suite| suite.failures + suite.errors > 0) {
        return suites;
    }
    let mut status = TestCaseStatus::non_success(kind);
    let first = why.first().map_or("it came to no answer", String::as_str);
    status.set_message(text::clip(&text::line(first), MESSAGE_CHARS));
    status.set_type("verdict");
    status.set_description(text::clip(&text::block(&why.join("\n")), BODY_CHARS));
    let mut case = TestCase::new("verdict", status);
    case.set_classname(command);
    case.set_time(Duration::ZERO);
    let mut suite = TestSuite::new(command);
    suite.set_time(Duration::ZERO);
    suite.add_test_case(case);
    suites.insert(0, suite);
    suites
}

/// A time in seconds as `JUnit` has it; nothing where there is none.
pub(crate) fn time(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

#[cfg(test)]
mod tests;
