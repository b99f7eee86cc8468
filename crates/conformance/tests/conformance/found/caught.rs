//! Each kind of fault is found, and by the case that names it.

use crate::target::target;
use proofload_conformance::{ConformanceOptions, run};
use proofload_contract::Contract;
use proofload_deployment::Trust;
use proofload_mock_server::{Defect, Settings};
use proofload_results::events::Unobserved;
use proofload_results::validate::Verdict::{self, Fail, Warn};
use proofload_test_support::Mock;

/// A defect, whether it takes writes to see it, and a case with the verdict that it must have.
const KINDS: [(Defect, bool, &str, Verdict); 47] = [
    (Defect::PublishIs202, true, "publish/undocumented-status", Fail),
    (Defect::EnrollIs201, true, "faceEnroll/undocumented-status", Fail),
    (Defect::PutIs201, true, "putNote/undocumented-status", Warn),
    (Defect::DeleteIs204, true, "deleteNote/undocumented-status", Warn),
    (Defect::ListTagsIs206, false, "listTags/control", Fail),
    (Defect::ListTagsIs206, false, "listTags/answers", Fail),
    (Defect::ProfileIs203, false, "profile/control", Fail),
    (Defect::LoginIs201, false, "authenticate/control", Fail),
    (Defect::WrongMediaTypeIs500, false, "recognize/wrong-media-type", Warn),
    (Defect::WrongMediaTypeIs500, false, "putNote/wrong-media-type", Warn),
    (
        Defect::WrongMediaTypeIs400,
        false,
        "authenticate/wrong-media-type",
        Warn,
    ),
    (Defect::WrongMediaTypeIs400, false, "recognize/wrong-media-type", Warn),
    (
        Defect::WrongMethodIs500,
        false,
        "authenticate/unknown-method-no-token",
        Warn,
    ),
    (Defect::WrongMethodIs500, false, "listTags/other-methods", Warn),
    (Defect::WrongMethodIs404, false, "listTags/unknown-method", Warn),
    (Defect::PathCaseMatters, false, "profile/path-case", Warn),
    (Defect::PathCaseMatters, false, "createTag/path-case", Warn),
    (Defect::OddBodyIs500, false, "recognize/odd-body", Warn),
    (Defect::OddBodyIs500, false, "createTag/odd-body", Warn),
    (Defect::OddIdIs500, true, "putNote/odd-id", Warn),
    (Defect::OddIdIs500, false, "deleteNote/odd-id", Warn),
    (Defect::OddQueryIs500, false, "listDetectionsByPerson/odd-query", Warn),
    (Defect::XmlAskedForIs500, false, "listTags/odd-accept", Warn),
    (
        Defect::PublishAnswersNothing,
        true,
        "publishWithResponse/says-something",
        Fail,
    ),
    (
        Defect::FacesWithoutMembers,
        true,
        "publishWithResponse/face-members",
        Fail,
    ),
    (Defect::DetectAnswersNothing, false, "faceDetect/says-something", Warn),
    (Defect::CompareAnswersNothing, false, "faceCompare/says-something", Warn),
    (Defect::MatchAnswersNothing, true, "recognize/schema", Fail),
    (Defect::EmptyListIsNull, false, "searchPeople/schema", Warn),
    (Defect::ProfileOfLastLogin, false, "profile/in-turn", Fail),
    (Defect::ProfileIsTheAdmins, false, "profile/own", Fail),
    (Defect::ProfileOfPreviousCaller, false, "profile/in-turn", Fail),
    (Defect::BusyMixesProfiles, false, "profile/crowd", Fail),
    (Defect::BusyLosesPuts, true, "putNote/together", Fail),
    (Defect::BusyIs500, false, "listTags/crowd", Fail),
    (Defect::LoginHandsOutLastToken, false, "authenticate/crowd", Fail),
    (Defect::RenewForPreviousCaller, false, "renewToken/crowd", Fail),
    (Defect::RenewDropsRoles, false, "renewToken/crowd", Fail),
    (
        Defect::PhotosAreCached,
        true,
        "getEnrollmentPhoto/unauthenticated-read",
        Fail,
    ),
    (
        Defect::PhotosAreCached,
        true,
        "getDetectionPhoto/unauthenticated-read",
        Fail,
    ),
    (
        Defect::PhotosAreCached,
        true,
        "getDocumentData/unauthenticated-read",
        Fail,
    ),
    (Defect::PeopleAreCached, true, "getPerson/denied-read", Fail),
    (Defect::PeopleAreCached, true, "listNotes/concurrent", Fail),
    (Defect::LoginDemandsToken, false, "authenticate/control", Fail),
    (Defect::LoginDemandsToken, false, "authenticate/login", Fail),
    (Defect::TokensSentAsText, false, "authenticate/login", Fail),
    (Defect::TokensSentAsText, false, "renewToken/renewal", Fail),
];

/// How often a defect is looked for that only shows when calls meet: whether they do is up to the machine.
const TRIES: usize = 4;

/// The verdicts of a case against a mock with a defect, and what was observed first.
async fn verdicts(defect: Defect, writes: bool, case: &str) -> (Vec<Verdict>, String) {
    let mock = Mock::start(Settings {
        defects: vec![defect],
        ..Settings::default()
    });
    let pattern = if case.ends_with("/login") || case.ends_with("/renewal") {
        format!("{case}@*")
    } else {
        case.to_owned()
    };
    let options = ConformanceOptions {
        only: vec![pattern.parse().unwrap()],
        ..ConformanceOptions::default()
    };
    let target = target(&mock.http_url(), Trust::System, writes);
    let run = run(&target, Contract::bundled(), &options, &Unobserved).await;
    let report = run.unwrap().report;
    let verdicts = report.cases.iter().map(|case| case.verdict).collect();
    (verdicts, report.cases[0].observed.clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_is_found() {
    let mut missed = Vec::new();
    for (defect, writes, case, expected) in KINDS {
        let tries = if case.ends_with("/crowd") || case.ends_with("/together") {
            TRIES
        } else {
            1
        };
        let mut seen = None;
        for _ in 0..tries {
            let (verdicts, observed) = verdicts(defect, writes, case).await;
            let found = verdicts.contains(&expected);
            seen = (!found).then(|| format!("{defect}: {case} is {verdicts:?}: {observed}"));
            if found {
                break;
            }
        }
        missed.extend(seen);
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
