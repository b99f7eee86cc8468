//! The result of a load run as `JUnit` XML: one test case for each objective, one for the generator, one for the end.
//!
//! A missed objective is a `<failure>`. A run that was not whole, or whose generator was the bottleneck, is an `<error>`: it
//! says nothing about the target.

use crate::junit::{self, MESSAGE_CHARS, Outcome, held_to};
use crate::load::console::reasons;
use proofload_results::load::{GuardReport, LoadReport, LoadVerdict, SloState, open_doors};
use proofload_results::text;
use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};
use std::fmt::Write as _;
use std::time::Duration;

/// The suites of a load run; `name` tells it from others.
pub fn suites(report: &LoadReport, name: &str) -> Vec<TestSuite> {
    let outcome = match report.verdict {
        LoadVerdict::Pass | LoadVerdict::Part => Outcome::Passed,
        LoadVerdict::Fail => Outcome::Failed,
        LoadVerdict::Invalid | LoadVerdict::Incomplete => Outcome::NoAnswer,
    };
    held_to(outcome, &report.findings, "load", vec![suite(report, name)])
}

/// The objectives were measured all at once, so that the time of the whole stands at its end.
fn suite(report: &LoadReport, name: &str) -> TestSuite {
    let mut suite = TestSuite::new(text::line(name));
    suite.set_time(junit::time(report.duration_s));
    for (key, value) in [
        ("scenario", report.scenario.clone()),
        ("target", report.target.clone()),
        ("verdict", word(report.verdict).to_owned()),
        ("sentence", report.headline().to_owned()),
        ("seed", report.seed.to_string()),
        ("arrivals.due", report.arrivals.due.to_string()),
        ("arrivals.done", report.arrivals.done.to_string()),
    ] {
        suite.add_property(property(key, &value));
    }
    for row in &report.operations {
        for (figure, us) in [("p50", row.response_us.p50), ("p99", row.response_us.p99)] {
            suite.add_property(property(&format!("{}.{figure}_us", row.name), &us.to_string()));
        }
        suite.add_property(property(&format!("{}.errors", row.name), &row.errors.to_string()));
    }
    if report.verdict == LoadVerdict::Part {
        suite.add_test_case(part(report));
        return suite;
    }
    for slo in &report.slos {
        let status = match slo.state() {
            SloState::Held => TestCaseStatus::success(),
            SloState::Missed => missed(&slo.measured, &figures(report)),
            SloState::Undecided => error(
                &format!("cannot be decided: measured {}", text::line(&slo.figures())),
                &report.generator.reasons.join("\n"),
            ),
        };
        let mut case = TestCase::new(text::line(&slo.slo), status);
        case.set_time(Duration::ZERO);
        suite.add_test_case(case);
    }
    if let Some(guards) = report.guards.as_ref().filter(|guards| guards.is_tried()) {
        suite.add_test_case(doors(guards));
    }
    suite.add_test_case(generator(report));
    suite.add_test_case(end(report));
    suite
}

/// A part of a load, which is judged when all parts are merged.
fn part(report: &LoadReport) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_message(text::clip(&text::line(report.headline()), MESSAGE_CHARS));
    let mut case = TestCase::new("the load is judged as a whole", status);
    case.set_time(junit::time(report.duration_s));
    if !report.findings.is_empty() {
        case.set_system_out(text::block(&report.findings.join("\n")));
    }
    case
}

/// Whether every call was refused that had to be, and every answer was for whoever asked.
fn doors(guards: &GuardReport) -> TestCase {
    let open = open_doors(&guards.guarded);
    let status = if open.is_empty() {
        TestCaseStatus::success()
    } else {
        let breaches = guards.guarded.breaches.iter();
        let seen: Vec<String> = breaches.map(|breach| text::line(&breach.to_string())).collect();
        let mut status = failed(&open.join("; "), &seen.join("\n"));
        status.set_type("guard");
        status
    };
    let mut case = TestCase::new("the doors stayed shut under load", status);
    case.set_time(Duration::ZERO);
    case
}

fn missed(measured: &str, figures: &str) -> TestCaseStatus {
    failed(&format!("measured {measured}"), figures)
}

fn failed(message: &str, description: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(text::clip(&text::line(message), MESSAGE_CHARS));
    status.set_type("SLO");
    status.set_description(text::block(description));
    status
}

fn generator(report: &LoadReport) -> TestCase {
    let status = if report.generator.healthy {
        TestCaseStatus::success()
    } else {
        error(
            "the generator, or its machine, gave out",
            &report.generator.reasons.join("\n"),
        )
    };
    let mut case = TestCase::new("the generator kept its schedule", status);
    case.set_time(Duration::ZERO);
    case
}

fn end(report: &LoadReport) -> TestCase {
    let findings = report.findings.join("\n");
    let missed_any = report.slos.iter().any(|slo| slo.state() == SloState::Missed);
    let status = match report.verdict {
        LoadVerdict::Incomplete => error("the run was interrupted before its end", &findings),
        // It failed all the same: the target stopped answering, refused everything, or held its callers up.
        LoadVerdict::Fail if !missed_any && !report.is_breached() => failed(report.headline(), &findings),
        // A shard is missing, say.
        LoadVerdict::Invalid if report.generator.healthy => error(report.headline(), &findings),
        _ => TestCaseStatus::success(),
    };
    let mut case = TestCase::new("the run came to its end", status);
    case.set_time(junit::time(report.duration_s));
    if !findings.is_empty() {
        case.set_system_out(text::block(&findings));
    }
    case
}

fn error(message: &str, description: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(text::clip(&text::line(message), MESSAGE_CHARS));
    status.set_type("load");
    status.set_description(text::block(description));
    status
}

fn word(verdict: LoadVerdict) -> &'static str {
    match verdict {
        LoadVerdict::Pass => "pass",
        LoadVerdict::Fail => "fail",
        LoadVerdict::Invalid => "invalid",
        LoadVerdict::Incomplete => "incomplete",
        LoadVerdict::Part => "part",
    }
}

/// The figures of every operation, so that whoever reads of a missed objective need not look elsewhere.
fn figures(report: &LoadReport) -> String {
    let mut figures = String::new();
    for row in &report.operations {
        for line in row.response_lines() {
            let of = line.of.map_or_else(String::new, |of| format!(" ({of})"));
            let shown = line
                .figures
                .map(|us| us.map_or_else(|| "never".to_owned(), |us| us.to_string()));
            let [p50, p90, _, p99, p999, max] = shown;
            let _ = writeln!(
                figures,
                "{}: {} ok, {} errors, response time in us{of}: p50 {p50}, p90 {p90}, p99 {p99}, p99.9 {p999}, max {max}",
                text::line(&row.name),
                row.ok,
                row.errors,
            );
        }
        for reason in reasons(row) {
            let _ = writeln!(figures, "  no answer: {}", text::line(&reason));
        }
    }
    figures
}

fn property(name: &str, value: &str) -> Property {
    Property::new(text::line(name), text::clip(&text::line(value), MESSAGE_CHARS))
}

#[cfg(test)]
mod tests;
