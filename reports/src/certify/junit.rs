//! A dossier as `JUnit` XML: one test case for each part.

use crate::junit::{self, MESSAGE_CHARS, Outcome, held_to};
use chrono::DateTime;
use proofload_results::certify::{CertifyVerdict, Dossier};
use proofload_results::text;
use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};
use std::time::Duration;

/// The suites of a dossier; `name` tells it from others.
pub fn suites(dossier: &Dossier, name: &str) -> Vec<TestSuite> {
    let outcome = match dossier.verdict {
        CertifyVerdict::Pass => Outcome::Passed,
        CertifyVerdict::Fail => Outcome::Failed,
        CertifyVerdict::Invalid | CertifyVerdict::Incomplete => Outcome::NoAnswer,
    };
    held_to(
        outcome,
        std::slice::from_ref(&dossier.sentence),
        "certify",
        vec![suite(dossier, name)],
    )
}

fn suite(dossier: &Dossier, name: &str) -> TestSuite {
    let mut suite = TestSuite::new(text::line(name));
    let sentence = format!("{}: {}", dossier.kind, dossier.sentence);
    suite.add_property(Property::new("kind", dossier.kind.to_string()));
    suite.add_property(Property::new(
        "headline",
        text::clip(&text::line(&sentence), MESSAGE_CHARS),
    ));
    suite.set_system_out(text::line(&sentence));
    suite.set_time(took(dossier));
    for part in dossier.parts() {
        let kind = match part.verdict {
            CertifyVerdict::Pass => None,
            CertifyVerdict::Fail => Some(NonSuccessKind::Failure),
            CertifyVerdict::Invalid | CertifyVerdict::Incomplete => Some(NonSuccessKind::Error),
        };
        let status = kind.map_or_else(TestCaseStatus::success, |kind| {
            let mut status = TestCaseStatus::non_success(kind);
            status.set_message(text::clip(&text::line(&part.sentence), MESSAGE_CHARS));
            status.set_type("certify");
            status
        });
        let mut case = TestCase::new(part.name, status);
        case.set_time(time(dossier, part.name));
        suite.add_test_case(case);
    }
    suite
}

fn took(dossier: &Dossier) -> Duration {
    let at = |text: &str| DateTime::parse_from_rfc3339(text).ok();
    match (at(&dossier.started_at), at(&dossier.ended_at)) {
        (Some(started), Some(ended)) => (ended - started).to_std().unwrap_or_default(),
        _ => Duration::ZERO,
    }
}

/// What a part took; what the others did not take is the validation's.
fn time(dossier: &Dossier, part: &str) -> Duration {
    let load = dossier.load.as_ref().map_or(0.0, |load| load.duration_s);
    let capacity = dossier.capacity.as_ref().map_or(0.0, |capacity| capacity.duration_s);
    match part {
        "Load" => junit::time(load),
        "Capacity" => junit::time(capacity),
        _ => took(dossier).saturating_sub(junit::time(load) + junit::time(capacity)),
    }
}
