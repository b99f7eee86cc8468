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
use proofload_test_support::{Mock, assert_holds, schema, schema_folder};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

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
    let report = load(&[
        "--scenario",
        "camera-feed",
        "--rate",
        "50/s",
        "--slo",
        "publish.p99 < 1us",
    ]);
    assert_holds(&schema, &report);
    let slos = report["slos"].as_array().expect("SLOs");
    let ours = slos
        .iter()
        .position(|slo| slo["slo"] == "publish.p99 < 1us")
        .expect("the stated one");
    assert_eq!(
        slos[ours]["objective"],
        json!({"operation": "publish", "metric": "quantile", "quantile": 0.99, "must_be": "<", "limit": 1.0, "unit": "us"})
    );
    let objective = |member: &str| format!("/slos/{ours}/objective/{member}");
    let (metric, quantile, unknown) = (objective("metric"), objective("quantile"), objective("unknown"));
    for (pointer, value) in [
        ("/schema", json!("proofload.load/2")),
        ("/verdict", json!("skip")),
        ("/duration_s", json!(-1)),
        ("/arrivals/due", json!(1.5)),
        ("/arrivals/dropped", json!(1)),
        ("/operations/0/response_us/p50", json!("fast")),
        ("/operations/0/statuses/7", json!(1)),
        (metric.as_str(), json!("luck")),
        (quantile.as_str(), json!(2)),
        (unknown.as_str(), json!(1)),
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

fn proofload(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofload"));
    let output = command
        .args(args)
        .current_dir(folder)
        .output()
        .expect("the program runs");
    assert_ne!(output.status.code(), Some(2), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

fn file(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a file")).expect("JSON")
}

/// Every file of the record of a load run, of a merged one, and of one that is kept as a baseline.
#[test]
fn records_hold_to_their_schemas() {
    let folder = tempfile::tempdir().expect("a directory");
    let folder = folder.path();
    let line = [
        "load",
        "--scenario",
        "camera-feed",
        "--rate",
        "40/s",
        "--duration",
        "2s",
        "--seed",
        "7",
    ];
    let share = |shard: &str, out: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_proofload"));
        let stated = ["--shard", shard, "--out", out, "--slo", "errors < 1%"];
        let command = command
            .args(line)
            .args(stated)
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().expect("the program runs")
    };
    // Shares of one load run at the same time.
    for mut running in [share("1/2", "a"), share("2/2", "b")] {
        assert_ne!(running.wait().expect("it ends").code(), Some(2));
    }
    proofload(folder, &["merge", "a", "b", "--out", "whole"]);
    let (run, counters) = (schema("run"), schema("counters"));
    for directory in ["a", "whole"] {
        let document = file(&folder.join(directory).join("run.json"));
        assert_holds(&run, &document);
        assert!(document["result"].is_object(), "{document:#}");
        let lines = fs::read_to_string(folder.join(directory).join("counters.jsonl")).expect("the counters");
        assert!(lines.lines().count() >= 2, "{lines}");
        for line in lines.lines() {
            assert_holds(&counters, &serde_json::from_str(line).expect("JSON"));
        }
    }
    let merged = file(&folder.join("whole/run.json"));
    assert_eq!(merged["parts"].as_array().map(Vec::len), Some(2), "{merged:#}");

    let mut fit = file(&folder.join("a/run.json"));
    // Machines that run tests are busy, and a baseline must be a run that can be trusted.
    fit["result"]["verdict"] = json!("pass");
    fit["shard"] = json!("1/1");
    fs::write(folder.join("a/run.json"), fit.to_string()).expect("written");
    let kept = proofload(
        folder,
        &["baseline", "keep", "a", "--branch", "main", "--commit", "1f2e3d4"],
    );
    let label = file(&folder.join(kept.trim_end()).join("baseline.json"));
    assert_holds(&schema("baseline"), &label);
    assert!(!schema("baseline").is_valid(&with(&label, "unknown")));
    let list: Value =
        serde_json::from_str(&proofload(folder, &["baseline", "list", "--format", "json"])).expect("JSON");
    assert_holds(&schema("baselines"), &list);
    assert_eq!(list["baselines"].as_array().map(Vec::len), Some(1), "{list:#}");
    assert!(!schema("baselines").is_valid(&with(&list, "unknown")));
}

fn with(document: &Value, member: &str) -> Value {
    let mut document = document.clone();
    document[member] = json!(1);
    document
}

#[test]
fn a_stage_and_a_run_under_way_hold_to_the_schema_of_records() {
    use proofload_reports::load::example_record;
    let folder = tempfile::tempdir().expect("a directory");
    let directory = folder.path().join("run");
    example_record::write_record(&directory, 3).expect("a record");
    let document = file(&directory.join("run.json"));
    let schema = schema("run");
    assert_holds(&schema, &document);
    assert!(document["stages"].is_array());
    let mut running = document.clone();
    for (member, value) in [
        ("status", json!("running")),
        ("ended_at", Value::Null),
        ("result", Value::Null),
    ] {
        running[member] = value;
    }
    assert_holds(&schema, &running);
    for (pointer, value) in [
        ("/schema", json!("proofload.run/2")),
        ("/status", json!("asleep")),
        ("/shard", json!("half")),
        ("/unknown", json!(1)),
        ("/machine/unknown", json!(1)),
        ("/stages/0/unknown", json!(1)),
        ("/result/unknown", json!(1)),
    ] {
        let mut wrong = document.clone();
        let (parent, member) = pointer.rsplit_once('/').expect("a pointer");
        wrong.pointer_mut(parent).expect(pointer)[member] = value;
        assert!(!schema.is_valid(&wrong), "{pointer}");
    }
}

#[test]
fn the_list_of_defects_holds_to_its_schema() {
    let list = proofload(Path::new("."), &["mock", "--list-defects", "json"]);
    let list: Value = serde_json::from_str(&list).expect("JSON");
    let schema = schema("defects");
    assert_holds(&schema, &list);
    assert!(list["defects"].as_array().is_some_and(|defects| defects.len() > 10));
    assert!(!schema.is_valid(&with(&list, "unknown")));
}

/// Whatever format the sources name has a schema, and every schema is one that refuses what it does not list.
#[test]
fn every_format_has_a_schema() {
    let mut named = BTreeSet::new();
    for folder in ["src", "reports/src", "mock-server/src"] {
        formats_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut named);
    }
    assert!(named.contains("run") && named.contains("defects"), "{named:?}");
    let mut published = BTreeSet::new();
    for entry in fs::read_dir(schema_folder()).expect("the schemas") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .expect("a name")
            .to_owned();
        let document = file(&path);
        assert_eq!(document["$id"], format!("urn:proofload:schema:proofload.{name}/1"));
        closed(&document, &name);
        schema(&name);
        published.insert(name);
    }
    // A line of counters.jsonl does not name its format: run.json beside it does.
    named.insert("counters".to_owned());
    assert_eq!(named, published);
}

/// Takes the `x` of every `proofload.x/1` in the sources below a folder.
fn formats_in(folder: &Path, named: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            formats_in(&path, named);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            for rest in text.split("\"proofload.").skip(1) {
                if let Some((name, _)) = rest.split_once("/1\"")
                    && name.chars().all(|c| c.is_ascii_lowercase())
                {
                    named.insert(name.to_owned());
                }
            }
        }
    }
}

/// No object of a schema that lists its members takes others.
fn closed(schema: &Value, place: &str) {
    match schema {
        Value::Object(members) => {
            if members.contains_key("properties")
                && members
                    .get("type")
                    .is_some_and(|kind| kind.to_string().contains("object"))
            {
                assert!(members.contains_key("additionalProperties"), "{place} is open");
            }
            for (name, member) in members {
                closed(member, &format!("{place}/{name}"));
            }
        }
        Value::Array(all) => all.iter().for_each(|one| closed(one, place)),
        _ => {}
    }
}
