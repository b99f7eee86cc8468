//! What runs leave on disk.

use super::{assert_refuses, file, proofload, with};
use crate::program::program;
use proofload_test_support::{assert_holds, schema};
use serde_json::{Value, json};
use std::fs;
use std::process::Stdio;

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
        let mut command = program();
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

#[test]
fn a_stage_and_a_run_under_way_hold_to_the_schema_of_records() {
    use proofload_results::examples::load_record;
    let folder = tempfile::tempdir().expect("a directory");
    let directory = folder.path().join("run");
    load_record::write_record(&directory, 3).expect("a record");
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
    assert_refuses(
        &schema,
        &document,
        &[
            ("/schema", json!("proofload.run/2")),
            ("/status", json!("asleep")),
            ("/shard", json!("half")),
            ("/unknown", json!(1)),
            ("/machine/unknown", json!(1)),
            ("/stages/0/unknown", json!(1)),
            ("/result/unknown", json!(1)),
        ],
    );
}

#[test]
fn every_line_of_a_stream_holds_to_its_schema() {
    use proofload_results::examples::load_record;
    use proofload_results::record::stream::{StreamWriter, Wait};
    use proofload_results::record::{Counters, Second, latency_histogram};
    let run = load_record::run(2);
    let mut second = Second::new(Counters::default());
    // More than fits one line.
    for operation in 0..400 {
        let mut histogram = latency_histogram();
        histogram.record(operation * 1000 + 1).expect("within the bounds");
        let tag = format!("operation{operation}.response.ok").parse().expect("a tag");
        second.add(tag, &histogram);
    }
    let mut out = Vec::new();
    let mut writer = StreamWriter::new(&mut out);
    let wait = Wait {
        shard: "1/1".to_owned(),
        now: "2026-11-22T05:59:59.000000001Z".to_owned(),
        now_unix_ns: 1,
        scenario_digest: None,
        clock: None,
    };
    let written = writer.wait(&wait).and_then(|()| writer.run(&run));
    let written = written.and_then(|()| writer.second(&second));
    written.and_then(|()| writer.end(&run)).expect("written");
    let schema = schema("stream");
    let text = String::from_utf8(out).expect("UTF-8");
    let kinds: Vec<String> = text
        .lines()
        .map(|line| {
            let document: Value = serde_json::from_str(line).expect("JSON");
            assert_holds(&schema, &document);
            assert!(!schema.is_valid(&with(&document, "unknown")));
            document["kind"].as_str().expect("a word").to_owned()
        })
        .collect();
    for kind in ["wait", "run", "latencies", "second", "end"] {
        assert!(kinds.iter().any(|there| there == kind), "{kinds:?}");
    }
}
