//! What the generator and its machine do to a run is not the target's: a process that is stopped for a moment, as by Ctrl-Z
//! or a paused machine; and what was asked for and could not be had is told.
#![cfg(unix)]

use crate::program::{program, proofload};
use proofload_results::record::RecordReader;
use proofload_test_support::Mock;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longer than any start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// The generator is stopped for so long: that is the fault, and nothing is waited for by it.
const STOPPED: Duration = Duration::from_millis(700);

fn load(folder: &Path, mock: &Mock, options: &str) -> Command {
    let mut command = program();
    command
        .args([
            "load",
            "--scenario",
            "camera-feed",
            "--format",
            "json",
            "--username",
            "admin",
        ])
        .args(["--url", &mock.http_url()])
        .args(options.split_whitespace())
        .env("PROOFLOAD_PASSWORD", "admin-pass")
        .current_dir(folder);
    command
}

fn send(process: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &process.id().to_string()]).status();
    assert!(sent.expect("kill runs").success(), "{signal}");
}

#[test]
fn a_stopped_generator_does_not_make_the_target_miss_its_maximum() {
    let (folder, mock) = (tempfile::tempdir().unwrap(), Mock::on_premise());
    let options = "--rate 50/s --duration 5s --out run --slo publish.max<400ms --slo publish.p50<10s";
    let process = load(folder.path(), &mock, options)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    let run = folder.path().join("run");
    let seconds = || RecordReader::open(&run).ok()?.seconds().ok()?.next();
    while seconds().is_none() {
        assert!(begun.elapsed() < PATIENCE, "it records nothing");
        std::thread::sleep(Duration::from_millis(20));
    }
    send(&process, "-STOP");
    std::thread::sleep(STOPPED);
    send(&process, "-CONT");
    let output = process.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(4), "{report:#}");
    let sentence = report["sentence"].as_str().unwrap();
    assert!(
        sentence.contains("publish.max<400ms") && sentence.contains("stood still for"),
        "{sentence}"
    );
    let slo = |text: &str| {
        let slo = report["slos"].as_array().unwrap().iter().find(|slo| slo["slo"] == text);
        slo.unwrap_or_else(|| panic!("{report:#}")).clone()
    };
    assert!(slo("publish.max<400ms")["at_best"].is_string(), "{report:#}");
    assert_eq!(slo("publish.p50<10s")["held"], true, "{report:#}");
}

#[test]
fn what_was_asked_for_of_connections_is_told_and_what_came_of_it() {
    let (folder, mock) = (tempfile::tempdir().unwrap(), Mock::on_premise());
    let common = "--rate 20/s --duration 500ms --out";
    for (out, more) in [("h2", "--http2 --streams 8"), ("short", "--no-keep-alive --timeout 2s")] {
        let output = load(folder.path(), &mock, &format!("{common} {out} {more}"))
            .output()
            .unwrap();
        assert_ne!(output.status.code(), Some(2), "{output:?}");
    }
    let run = |out: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(folder.path().join(out).join("run.json")).unwrap()).unwrap()
    };
    let (http_2, short) = (run("h2"), run("short"));
    let asked = |http2: bool, keep_alive: bool, timeout_s: f64| serde_json::json!({"http2": http2, "keep_alive": keep_alive, "timeout_s": timeout_s, "tls": false});
    let mut shared = asked(true, true, 10.0);
    shared["streams"] = 8.into();
    assert_eq!(http_2["connecting"], shared);
    assert_eq!(short["connecting"], asked(false, false, 2.0));
    assert!(
        http_2["result"]["protocol"]["answers"]["HTTP/2"].as_u64() >= Some(10),
        "{http_2:#}"
    );
    assert!(
        short["result"]["protocol"]["connections"].as_u64() >= Some(10),
        "{short:#}"
    );
    let findings = http_2["result"]["findings"].to_string();
    assert!(!findings.contains("HTTP/2"), "{findings}");
    let merged = proofload(folder.path(), &["merge", "h2", "short", "--out", "both"]);
    assert_eq!(merged.status.code(), Some(2), "{merged:?}");
    assert!(
        String::from_utf8_lossy(&merged.stderr).contains("the same time-out"),
        "{merged:?}"
    );
}
