//! How capacity searches end that do not end with an answer, and what other scenarios than publishing they search on.

use crate::odd_server::{answer, given, serve, token};
use crate::program::program;
use proofload_test_support::{Mock, assert_holds, schema};
use serde_json::Value;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
#[cfg(unix)]
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Stdio},
};

fn capacity(url: &str, args: &[&str]) -> Command {
    let mut command = program();
    command
        .args(["capacity", "--url", url, "--username", "admin", "--format", "json"])
        .args(args)
        .env("PROOFLOAD_PASSWORD", "admin-pass");
    command
}

/// The report of a search that has ended, which holds to its schema.
fn report(output: &Output) -> Value {
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    assert_holds(&schema("capacity"), &report);
    report
}

#[cfg(unix)]
/// Starts a search on a queue with room and waits until it has told of so many steps.
fn started(url: &str, out: &Path, steps: usize) -> Child {
    let mut child = capacity(
        url,
        &[
            "--slo",
            "publish.p99 < 2s",
            "--step",
            "1s",
            "--start",
            "5/s",
            "--max-rate",
            "300/s",
        ],
    )
    .args(["--seed", "1", "--out", out.to_str().unwrap()])
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut told = 0;
    while told < steps {
        let mut line = String::new();
        assert!(said.read_line(&mut line).unwrap() > 0, "it ended early");
        told += usize::from(line.starts_with("step "));
    }
    // Whatever else it says is read, so that it never waits for a reader.
    std::thread::spawn(move || said.lines().count());
    child
}

#[cfg(unix)]
/// What both an interrupted search and one whose target died leave behind.
fn assert_incomplete(output: &Output, out: &Path, steps: usize) -> Value {
    let report = report(output);
    assert_eq!(report["verdict"], "incomplete", "{report:#}");
    assert_eq!(report["confirmed"], false);
    let rows = report["steps"].as_array().unwrap();
    assert!(rows.len() >= steps, "{report:#}");
    for row in &rows[..steps] {
        assert!(out.join(row["record"].as_str().unwrap()).join("run.json").is_file());
    }
    let kept = std::fs::read_to_string(out.join("capacity.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&kept).unwrap(), report);
    report
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_a_report_of_the_steps_done() {
    let mock = Mock::queued(8, "exp:20ms");
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("box");
    let child = started(&mock.http_url(), &out, 2);
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let report = assert_incomplete(&output, &out, 2);
    assert!(
        report["sentence"].as_str().unwrap().starts_with("Interrupted"),
        "{report:#}"
    );
}

#[cfg(unix)]
#[test]
fn a_target_that_dies_leaves_what_was_found_so_far() {
    let mock = Mock::queued(8, "exp:20ms");
    let mut mortal = proofload_test_support::Mortal::before(&mock);
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("box");
    let child = started(&mortal.url(), &out, 2);
    mortal.die();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let report = assert_incomplete(&output, &out, 2);
    assert!(
        report["sentence"].as_str().unwrap().contains("stopped answering"),
        "{report:#}"
    );
}

/// A server that lets so many log in and refuses all others did not stop answering: its logins stopped going through.
#[test]
fn logins_that_are_refused_in_mid_search_end_it_and_are_no_death() {
    let logins = AtomicU32::new(0);
    let url = serve(move |asked| match asked.is_login() {
        true if logins.fetch_add(1, Ordering::Relaxed) < 40 => given(&token("")),
        true => answer(403, "", b"no more sessions"),
        false => answer(204, "", b""),
    });
    let output = capacity(&url, &["--slo", "publish.p99 < 2s", "--step", "1s", "--start", "6/s"])
        .output()
        .unwrap();
    let report = report(&output);
    assert_eq!(output.status.code(), Some(1), "{report:#}");
    assert_eq!(
        (&report["verdict"], &report["confirmed"]),
        (&"incomplete".into(), &false.into())
    );
    let sentence = report["sentence"].as_str().unwrap();
    assert!(sentence.starts_with("Logins stopped going through"), "{sentence}");
    assert!(!sentence.contains("stopped answering"), "{sentence}");
    let reasons = report["reasons"].to_string();
    assert!(
        reasons.contains("refused with status 403 (no more sessions) after "),
        "{report:#}"
    );
    assert!(!reasons.contains("password"), "{report:#}");
    assert!(!report["steps"].as_array().unwrap().is_empty());
}

/// One virtual user makes 50 calls a second at most when each takes 20 ms: it gives out long before 64 workers do.
#[test]
fn a_generator_that_gives_out_first_is_answered_in_one_sentence_without_a_number() {
    let mock = Mock::queued(64, "fixed:20ms");
    let output = capacity(&mock.http_url(), &["--slo", "publish.p99 < 250ms", "--step", "1s"])
        .args(["--start", "200/s", "--users", "1"])
        .output()
        .unwrap();
    let report = report(&output);
    assert_eq!(output.status.code(), Some(4), "{report:#}");
    assert_eq!(
        (&report["verdict"], &report["sustained_per_s"], &report["bracket_per_s"]),
        (&"invalid".into(), &Value::Null, &Value::Null)
    );
    assert!(
        report["sentence"].as_str().unwrap().contains("generator gave out"),
        "{report:#}"
    );
}

/// Nothing breaks up to the little that may be tried, and no number is made up.
#[test]
fn logins_renewals_and_journeys_are_searched_on_too() {
    let mock = Mock::on_premise();
    for (args, journey) in [
        (&["--scenario", "shift-change"][..], Value::Null),
        (&["--scenario", "token-churn"], Value::Null),
        (&["--scenario", "field-mix", "--journey", "caller"], "caller".into()),
    ] {
        let output = capacity(&mock.http_url(), args)
            .args([
                "--slo",
                "p99 < 5s",
                "--step",
                "1s",
                "--start",
                "4/s",
                "--max-rate",
                "8/s",
            ])
            .output()
            .unwrap();
        let report = report(&output);
        assert_eq!(output.status.code(), Some(4), "{report:#}");
        assert_eq!(
            (&report["sustained_per_s"], &report["journey"]),
            (&Value::Null, &journey)
        );
        let steps = report["steps"].as_array().unwrap();
        assert!(!steps.is_empty());
        for step in steps {
            assert!(
                step["calls"].as_u64().unwrap() > 0 && step["errors"] == 0,
                "{args:?}: {step:#}"
            );
        }
    }
}
