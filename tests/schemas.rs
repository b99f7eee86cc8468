//! The published JSON schemas, held against real output.

use chrono::NaiveDate;
use proofload::conformance::accepted::{Accepted, Run, apply};
use proofload::conformance::snapshot;
use proofload::conformance::{self, Options, Outcome};
use proofload::events::Unobserved;
use proofload::target::{Account, Allow, BaseUrl, Permissions, Target, Trust};
use proofload_contract::Contract;
use proofload_mock_server::{ACCOUNTS, Settings};
use proofload_reports::gate;
use proofload_reports::validate::Verdict;
use proofload_test_support::Mock;
use serde_json::{Value, json};
use std::process::Command;

fn schema(name: &str) -> jsonschema::Validator {
    let path = format!("{}/docs/schemas/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the schema");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::draft202012::meta::validate(&document).expect("a schema");
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&document).expect("a schema that can be compiled")
}

#[track_caller]
fn assert_holds(schema: &jsonschema::Validator, document: &Value) {
    let errors = schema.iter_errors(document).take(5);
    let errors: Vec<String> = errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, Vec::<String>::new());
}

/// A run in which every optional member occurs: every account claims every permission, so that the control of all but
/// one fails, with curl line and exchange.
async fn a_run_with_failures() -> Outcome {
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
        accounts: accounts.collect(),
        allow: Allow {
            reads: true,
            writes: false,
            load: false,
        },
        signing_key: None,
        embedded: false,
    };
    let options = Options {
        only: vec![
            "getTag".parse().expect("a pattern"),
            "listTags".parse().expect("a pattern"),
        ],
        ..Options::default()
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
    for (pointer, value) in [
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
    ] {
        let mut wrong = document.clone();
        let (parent, member) = pointer.rsplit_once('/').expect("a pointer");
        wrong.pointer_mut(parent).expect(pointer)[member] = value;
        assert!(!schema.is_valid(&wrong), "{pointer}");
    }
    for member in ["schema", "verdict", "summary", "cases"] {
        let mut wrong = document.clone();
        wrong.as_object_mut().expect("an object").remove(member);
        assert!(!schema.is_valid(&wrong), "without {member}");
    }
}

/// Runs `proofload load` against the embedded mock, or another target, with `options`; one report is a second long.
fn load(options: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_proofload"))
        .args(["load", "--format", "json", "--duration", "1s"])
        .args(options)
        .output()
        .expect("the program runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("no JSON: {error}\n{stderr}"))
}

#[test]
fn load_json_holds_to_its_schema() {
    let schema = schema("load");
    // With an objective that cannot be kept beside the one that is.
    let report = load(&[
        "--scenario",
        "camera-feed",
        "--rate",
        "50/s",
        "--slo",
        "publish.p99 < 1us",
    ]);
    assert_holds(&schema, &report);
    let operations = report["operations"].as_array().expect("operations");
    assert!(
        operations.iter().any(|operation| operation["ok"].as_u64() > Some(0)),
        "{report:#}"
    );
    let slos = report["slos"].as_array().expect("SLOs");
    assert!(slos.iter().any(|slo| slo["held"] == false), "{report:#}");
}

#[test]
fn load_schema_refuses_what_is_not_a_report() {
    let schema = schema("load");
    let report = load(&["--scenario", "camera-feed", "--rate", "50/s"]);
    assert_holds(&schema, &report);
    for (pointer, value) in [
        ("/schema", json!("proofload.load/2")),
        ("/verdict", json!("skip")),
        ("/duration_s", json!(-1)),
        ("/arrivals/due", json!(1.5)),
        ("/arrivals/dropped", json!(1)),
        ("/operations/0/response_us/p50", json!("fast")),
        ("/operations/0/statuses/7", json!(1)),
        ("/generator/healthy", Value::Null),
        ("/unknown", json!(1)),
    ] {
        let mut wrong = report.clone();
        let (parent, member) = pointer.rsplit_once('/').expect("a pointer");
        wrong.pointer_mut(parent).expect(pointer)[member] = value;
        assert!(!schema.is_valid(&wrong), "{pointer}");
    }
}

/// Every optional member occurs in one of the examples.
#[test]
fn gate_json_holds_to_its_schema() {
    let schema = schema("gate");
    let mut documents = Vec::new();
    for report in [gate::examples::regressed(), gate::examples::interleaved()] {
        let document = serde_json::to_value(&report).expect("JSON");
        assert_holds(&schema, &document);
        let read: gate::GateReport = serde_json::from_value(document.clone()).expect("a report");
        assert_eq!(
            serde_json::to_value(&read).expect("JSON"),
            document,
            "it reads as it was written"
        );
        documents.push(document.to_string());
    }
    for member in ["sequential", "conformance", "needs", "note", "looks", "diff"] {
        assert!(
            documents.iter().any(|text| text.contains(&format!("\"{member}\":"))),
            "{member} occurs"
        );
    }
}

#[test]
fn gate_schema_refuses_what_is_not_a_report() {
    let schema = schema("gate");
    let document = serde_json::to_value(gate::examples::regressed()).expect("JSON");
    for (pointer, value) in [
        ("/schema", json!("proofload.gate/2")),
        ("/verdict", json!("passed")),
        ("/mode", json!("guessed")),
        ("/baseline/runs", json!([])),
        ("/comparisons/0/ratio", json!("NaN")),
        ("/comparisons/0/interval", json!([1.0])),
        ("/comparisons/0/unknown", json!(1)),
        ("/comparisons/2/needs", json!({"what": "luck", "more": 1})),
        ("/conformance/deviations/0/id", json!("no-slash")),
        ("/unknown", json!(1)),
    ] {
        let mut wrong = document.clone();
        let (parent, member) = pointer.rsplit_once('/').expect("a pointer");
        wrong.pointer_mut(parent).expect(pointer)[member] = value;
        assert!(!schema.is_valid(&wrong), "{pointer}");
    }
}

/// Every kind of result, as the renderings' tests have them; `tests/capacity.rs` holds a real one against the same schema.
#[test]
fn capacity_json_holds_to_its_schema() {
    use proofload_reports::capacity::examples;
    let schema = schema("capacity");
    for report in [examples::found(), examples::generator_gave_out()] {
        assert_holds(&schema, &serde_json::to_value(report).expect("JSON"));
    }
    let report = serde_json::to_value(examples::found()).expect("JSON");
    for (pointer, value) in [
        ("/schema", json!("proofload.capacity/2")),
        ("/verdict", json!("maybe")),
        ("/sustained_per_s", json!(-1)),
        ("/bracket_per_s", json!([1])),
        ("/steps/0/purpose", json!("guess")),
        ("/steps/0/unknown", json!(1)),
        ("/usl/fit/alpha/low", Value::Null),
        ("/unknown", json!(1)),
    ] {
        let mut wrong = report.clone();
        let (parent, member) = pointer.rsplit_once('/').expect("a pointer");
        wrong.pointer_mut(parent).expect(pointer)[member] = value;
        assert!(!schema.is_valid(&wrong), "{pointer}");
    }
}
