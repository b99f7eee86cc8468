//! A dossier as `JUnit` XML: one test case for each part.

use crate::junit::MESSAGE_CHARS;
use proofload_results::certify::{CertifyVerdict, Dossier};
use proofload_results::text;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

/// The suite of a dossier; `name` tells it from others.
pub fn suite(dossier: &Dossier, name: &str) -> TestSuite {
    let mut suite = TestSuite::new(text::line(name));
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
