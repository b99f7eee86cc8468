//! A dossier as `JUnit` XML: one test case for each part.

use crate::junit::MESSAGE_CHARS;
use proofload_results::certify::{CertifyVerdict, Dossier};
use proofload_results::text;
use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};

/// The suite of a dossier; `name` tells it from others.
pub fn suite(dossier: &Dossier, name: &str) -> TestSuite {
    let mut suite = TestSuite::new(text::line(name));
    let sentence = format!("{}: {}", dossier.kind, dossier.sentence);
    suite.add_property(Property::new("kind", dossier.kind.to_string()));
    suite.add_property(Property::new(
        "headline",
        text::clip(&text::line(&sentence), MESSAGE_CHARS),
    ));
    suite.set_system_out(text::line(&sentence));
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
        suite.add_test_case(TestCase::new(part.name, status));
    }
    suite
}
