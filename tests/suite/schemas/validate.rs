//! What `proofload validate` prints.

use super::assert_refuses;
use chrono::NaiveDate;
use proofload_conformance as conformance;
use proofload_conformance::accepted::{Accepted, Run, apply};
use proofload_conformance::{ConformanceOptions, ConformanceRun};
use proofload_conformance_snapshots as snapshot;
use proofload_contract::Contract;
use proofload_deployment::{Account, Allow, BaseUrl, Permissions, Target, Trust, Way};
use proofload_mock_server::{ACCOUNTS, Settings};
use proofload_results::events::Unobserved;
use proofload_results::validate::Verdict;
use proofload_test_support::{Mock, assert_holds, schema};
use serde_json::json;

/// A run in which every optional member occurs: every account claims every permission, so that the control of all but
/// one fails, with curl line and exchange.
async fn a_run_with_failures() -> ConformanceRun {
    let mock = Mock::start(Settings::default());
    let accounts = ACCOUNTS.iter().map(|seeded| Account {
        name: seeded.name.to_owned(),
        username: seeded.name.to_owned(),
        password: seeded.password(),
        permissions: Permissions::All,
    });
    let target = Target {
        name: "lab".to_owned(),
        base: BaseUrl::parse(&mock.http_url()).expect("a base URL"),
        trust: Trust::System,
        way: Way::default(),
        accounts: accounts.collect(),
        allow: Allow {
            reads: true,
            writes: false,
            load: false,
        },
        signing_key: None,
        embedded: false,
    };
    let options = ConformanceOptions {
        only: vec![
            "getTag".parse().expect("a pattern"),
            "listTags".parse().expect("a pattern"),
        ],
        ..ConformanceOptions::default()
    };
    conformance::run(&target, Contract::bundled(), &options, &Unobserved)
        .await
        .expect("the run begins")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn validate_json_holds_to_its_schema() {
    let schema = schema("validate");
    let mut outcome = a_run_with_failures().await;
    let directory = tempfile::tempdir().expect("a directory");
    snapshot::hold(&mut outcome.clone(), directory.path(), false).expect("snapshots");
    let drifted = directory.path().join("getTag.snap");
    let text = std::fs::read_to_string(&drifted).expect("a snapshot");
    std::fs::write(&drifted, text.replace("403", "404")).expect("written");
    snapshot::hold(&mut outcome, directory.path(), false).expect("snapshots");
    let accepted = "[[accepted]]\ncase = 'getTag/permission@reader'\nreason = 'r'\nowner = 'o'\nexpires = 2027-01-31\n\
                    [[accepted]]\ncase = 'listTags/permission@nobody'\nreason = 'r'\nowner = 'o'\nexpires = 2027-01-31\n";
    let accepted = Accepted::parse("accepted.toml", accepted).expect("a good file");
    let today = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a date");
    apply(&mut outcome.report, &accepted, Run { today, whole: false });

    let document = serde_json::to_value(&outcome.report).expect("JSON");
    for (verdict, wanted) in [(Verdict::Pass, true), (Verdict::Fail, true), (Verdict::Skip, true)] {
        assert_eq!(
            outcome.report.cases.iter().any(|case| case.verdict == verdict),
            wanted,
            "{verdict}"
        );
    }
    for member in ["accepted", "exchange", "diff"] {
        let cases = document["cases"].as_array().expect("cases");
        assert!(cases.iter().any(|case| case.get(member).is_some()), "{member} occurs");
    }
    assert_holds(&schema, &document);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn validate_schema_refuses_what_is_not_a_report() {
    let schema = schema("validate");
    let document = serde_json::to_value(&a_run_with_failures().await.report).expect("JSON");
    assert_holds(&schema, &document);
    assert_refuses(
        &schema,
        &document,
        &[
            ("/schema", json!("proofload.validate/2")),
            ("/verdict", json!("skip")),
            ("/summary/pass", json!(-1)),
            ("/summary/extra", json!(1)),
            ("/cases/0/id", json!("no-slash")),
            ("/cases/0/verdict", json!("maybe")),
            ("/cases/0/curl", json!(7)),
            ("/cases/0/unknown", json!("x")),
            (
                "/cases/0/accepted",
                json!({"verdict": "fail", "reason": "r", "owner": "o", "expires": "2027-02-30"}),
            ),
            ("/run/started", json!("yesterday")),
        ],
    );
    for member in ["schema", "verdict", "summary", "cases"] {
        let mut wrong = document.clone();
        wrong.as_object_mut().expect("an object").remove(member);
        assert!(!schema.is_valid(&wrong), "without {member}");
    }
}
