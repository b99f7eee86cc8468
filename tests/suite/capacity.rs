//! Capacity searches from end to end: the program against mocks of known capacity.

use crate::program::program;
use proofload_test_support::{Mock, assert_holds, schema};
use serde_json::Value;
use std::process::{Command, Output};

fn proofload(args: &[&str]) -> Command {
    let mut command = program();
    command
        .arg("capacity")
        .args(args)
        .env("PROOFLOAD_PASSWORD", "admin-pass");
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stderr(output)))
}

fn assert_holds_to_its_schema(report: &Value) {
    assert_holds(&schema("capacity"), report);
}

/// A search that cannot find more than it has time for, but leaves everything it measured behind.
#[test]
fn a_queue_of_known_capacity_is_searched_and_every_step_recorded() {
    let mock = Mock::queued(1, "fixed:20ms");
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("box");
    let output = proofload(&[
        "--url",
        &mock.http_url(),
        "--username",
        "admin",
        "--slo",
        "publish.p99 < 250ms",
        "--step",
        "1s",
        "--max-time",
        "22s",
        "--seed",
        "3",
        "--format",
        "json",
        "--out",
        out.to_str().unwrap(),
    ])
    .output()
    .unwrap();
    let report = report(&output);
    assert_holds_to_its_schema(&report);
    let steps = report["steps"].as_array().unwrap();
    for step in steps {
        let record = out.join(step["record"].as_str().unwrap());
        assert!(
            record.join("run.json").is_file() && record.join("latency.hlog").is_file(),
            "{step}"
        );
    }
    assert!(
        std::fs::read_to_string(out.join("report.html"))
            .unwrap()
            .contains("The capacity curve")
    );
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(out.join("capacity.json")).unwrap()).unwrap();
    assert_eq!(kept, report);
    // On a machine that is busy otherwise the generator may be late, and the search says so instead of a number.
    match output.status.code() {
        Some(4) => assert_eq!(report["sustained_per_s"], Value::Null, "{report:#}"),
        Some(0) => {
            let per_s = report["sustained_per_s"].as_f64().unwrap();
            assert!((30.0..60.0).contains(&per_s), "{report:#}");
            assert_eq!(report["limited_by"], "publish.p99 < 250ms");
        }
        other => panic!("exit {other:?}: {}", stderr(&output)),
    }
}

#[test]
fn a_server_that_fails_at_once_carries_nothing() {
    // Nothing of what it is asked to publish can be stored by an account that may not publish.
    let mock = Mock::on_premise();
    let output = program()
        .args([
            "capacity",
            "--url",
            &mock.http_url(),
            "--username",
            "reader",
            "--format",
            "json",
        ])
        .args(["--slo", "publish.p99 < 250ms", "--step", "1s"])
        .env("PROOFLOAD_PASSWORD", "reader-pass")
        .output()
        .unwrap();
    let report = report(&output);
    assert_holds_to_its_schema(&report);
    if output.status.code() == Some(4) {
        assert_eq!(report["sustained_per_s"], Value::Null);
        return;
    }
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(
        (&report["verdict"], &report["sustained_per_s"]),
        (&"fail".into(), &0.0.into())
    );
}

#[test]
fn what_cannot_be_searched_for_is_refused_in_one_sentence() {
    for (args, words) in [
        (&["--scenario", "smoke"][..], "is closed"),
        (&["--slo", "publish.rate >= 200/s"], "--need"),
        (
            &["--slo", "publish.p99 < 100ms", "--slo", "publish.p99 > 200ms"],
            "contradict each other",
        ),
        (&["--slo", "publish.p99 < 30s"], "can never fail"),
        (&["--slo", "errors < 0%"], "can never hold"),
        (&["--journey", "caller"], "has no journey"),
        (&["--need", "150 furlongs"], "no number"),
        (&["--need", "150/fortnight"], "unit"),
        (&["--need", "-5/s"], "more than 0"),
        (&["--fps", "0"], "not a frame rate"),
        (&["--step", "10ms"], "1s at least"),
    ] {
        let output = proofload(args).output().unwrap();
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(words), "{args:?}: {said}");
        assert!(output.stdout.is_empty());
    }
}
