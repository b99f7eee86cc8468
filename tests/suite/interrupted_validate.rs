//! A conformance run that is interrupted: what was tested is reported, marked incomplete, and the exit code says so.
#![cfg(unix)]

use crate::deployment;
use crate::program::program;
use proofload_conformance as conformance;
use proofload_conformance::ConformanceOptions;
use proofload_contract::Contract;
use proofload_deployment::Trust;
use proofload_deployment::halt::{Halt, Interruption};
use proofload_results::events::Unobserved;
use proofload_test_support::{Gate, Mock};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;

/// The program at work on a mock behind a gate. It waits for a token to expire, which takes longer than any test: only a
/// signal ends it.
struct Run {
    process: Child,
    gate: Gate,
    _mock: Mock,
}

impl Run {
    fn start(format: &str) -> Self {
        let mock = Mock::on_premise();
        let gate = Gate::before(&mock);
        let process = program()
            .args(["validate", "--wait-for-expiry", "2h", "--timeout", "10m"])
            .args(["--format", format, "--username", "admin", "--url"])
            .arg(gate.url())
            .env("PROOFLOAD_PASSWORD", "admin-pass")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let run = Self {
            process,
            gate,
            _mock: mock,
        };
        // By then it has long logged in and listens for signals.
        run.gate.await_answers(200);
        run
    }

    fn send(&self, signal: &str) {
        let process = self.process.id().to_string();
        let sent = Command::new("kill").args([signal, &process]).status().unwrap();
        assert!(sent.success());
    }

    fn end(mut self) -> (Option<i32>, String) {
        let mut printed = String::new();
        let stdout = self.process.stdout.as_mut().unwrap();
        stdout.read_to_string(&mut printed).unwrap();
        (self.process.wait().unwrap().code(), printed)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Errors mean that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[track_caller]
fn assert_reports_what_was_tested(signal: &str, expected: i32) {
    let run = Run::start("json");
    run.send(signal);
    let (code, printed) = run.end();
    assert_eq!(code, Some(expected));
    let report: Value = serde_json::from_str(&printed).expect("stdout is JSON and nothing else");
    assert_eq!(report["run"]["incomplete"], true, "{:#}", report["run"]);
    assert_eq!(report["verdict"], "error", "never a pass: {:#}", report["summary"]);
    assert!(report["summary"]["pass"].as_u64() > Some(0), "{:#}", report["summary"]);
    let note = report["run"]["notes"].to_string();
    assert!(note.contains("interrupted: "), "{note}");
    let cases = report["cases"].as_array().unwrap();
    let untested = cases.iter().filter(|case| {
        let detail = case["detail"].as_str().unwrap_or_default();
        case["verdict"] == "error" && detail.contains("interrupted before it was tested")
    });
    assert!(untested.count() > 0, "{:#}", report["summary"]);
}

#[test]
fn ctrl_c_reports_what_was_tested_and_exits_130() {
    assert_reports_what_was_tested("-INT", 130);
}

#[test]
fn sigterm_reports_what_was_tested_and_exits_143() {
    assert_reports_what_was_tested("-TERM", 143);
}

#[test]
fn a_terminal_that_goes_away_ends_it_like_sigterm() {
    assert_reports_what_was_tested("-HUP", 143);
}

/// Whenever it is asked to end, what its checks stored is removed again: asked after one more change of what is stored each time.
#[test]
fn what_was_stored_is_removed_whenever_the_end_is_asked_for() {
    let runtime = Runtime::new().unwrap();
    for changes in [1, 2, 5, 10] {
        let mock = Mock::on_premise();
        let target = deployment::target(&mock, &mock.http_url(), Trust::System, true);
        let (asker, halt) = Halt::new();
        let options = ConformanceOptions {
            halt,
            ..ConformanceOptions::default()
        };
        // The API removes tags; of what is stored with people, a part stays, and the report says so.
        let identities = mock.identities().clone();
        let stored = move || identities.fingerprint_of_state()["tags"].clone();
        let before = stored();
        let (seen, over) = (stored.clone(), Arc::new(AtomicBool::new(false)));
        let is_over = over.clone();
        let watcher = runtime.spawn_blocking(move || {
            let (mut last, mut left) = (seen(), changes);
            while left > 0 && !is_over.load(Ordering::Relaxed) {
                let now = seen();
                left -= u32::from(now != last);
                last = now;
            }
            asker.ask(Interruption::Terminate);
        });
        let run = conformance::run(&target, Contract::bundled(), &options, &Unobserved);
        let report = runtime.block_on(run).unwrap().report;
        over.store(true, Ordering::Relaxed);
        runtime.block_on(watcher).unwrap();
        assert!(report.is_incomplete(), "after {changes} changes it was over already");
        assert_eq!(stored(), before, "after {changes} changes");
    }
}

/// The gate stays closed: who ends now did not wait for what is under way.
#[test]
fn a_second_ctrl_c_ends_at_once() {
    let mut run = Run::start("json");
    run.gate.close();
    run.send("-INT");
    let mut said = BufReader::new(run.process.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("ending the run") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it ended without a word");
    }
    // At once it is the same wish: sent until it is another.
    while run.process.try_wait().unwrap().is_none() {
        run.send("-INT");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(run.end(), (Some(130), String::new()));
}
