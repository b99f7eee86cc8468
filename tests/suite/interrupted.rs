//! A load run that is interrupted: it drains, records what was measured, marked incomplete, and says so with its exit
//! code. One that is killed leaves a record too, and `proofload report` shows it.
#![cfg(unix)]

use crate::program::program;
use proofload_results::record::{LatencyKind, RecordReader, RunStatus};
use proofload_test_support::{Gate, Mock};
use serde_json::Value;
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than any start and any end on a busy machine; the run itself is planned for an hour.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program at work on a mock behind a gate.
struct Run {
    process: Child,
    said: BufReader<ChildStderr>,
    gate: Gate,
    folder: TempDir,
    _mock: Mock,
}

impl Run {
    fn start() -> Self {
        let mock = Mock::on_premise();
        let gate = Gate::before(&mock);
        let folder = tempfile::tempdir().unwrap();
        let mut process = program()
            .args(["load", "--scenario", "camera-feed", "--rate", "20/s"])
            // Far beyond the test's patience, so that nothing here ends by a time-out.
            .args(["--duration", "1h", "--timeout", "10m"])
            .args(["--out", "run", "--format", "json", "--username", "admin", "--url"])
            .arg(gate.url())
            .env("PROOFLOAD_PASSWORD", "admin-pass")
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            said: BufReader::new(process.stderr.take().unwrap()),
            process,
            gate,
            folder,
            _mock: mock,
        }
    }

    fn record(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    /// Waits until so many seconds are on disk; how many arrivals they say were done.
    fn await_seconds(&self, count: usize) -> u64 {
        let recorded = || {
            let seconds = RecordReader::open(&self.record()).ok()?.seconds().ok()?;
            let done: Vec<u64> = seconds.map(|second| second.unwrap().counters.done).collect();
            (done.len() >= count).then(|| done.iter().sum())
        };
        poll("recording", recorded)
    }

    /// Closes the gate and waits until calls hang behind it.
    fn hold_calls(&self) {
        self.gate.close();
        let held = || {
            let seconds = RecordReader::open(&self.record()).unwrap().seconds().unwrap();
            let last = seconds.last()?.unwrap();
            // A whole second in which nothing came back.
            (last.counters.in_flight > 0 && last.counters.done == 0).then_some(())
        };
        poll("closing the gate", held);
    }

    fn send(&self, signal: &str) {
        let process = self.process.id().to_string();
        let sent = Command::new("kill").args([signal, &process]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until the program says that it ends the run.
    fn await_answer(&mut self) {
        let mut line = String::new();
        while !line.contains("ending the run") {
            line.clear();
            assert!(self.said.read_line(&mut line).unwrap() > 0, "it ended without a word");
        }
    }

    fn end(&mut self) -> ExitStatus {
        poll("the end", || self.process.try_wait().unwrap())
    }

    fn printed(&mut self) -> String {
        let mut printed = String::new();
        self.process
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut printed)
            .unwrap();
        printed
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Errors mean that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Asks again and again until there is an answer.
fn poll<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "{what} took more than {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn report(directory: &Path, format: &str) -> Output {
    program()
        .args(["report", "--format", format])
        .arg(directory)
        .output()
        .unwrap()
}

fn report_json(directory: &Path) -> Value {
    let output = report(directory, "json");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("stdout is JSON and nothing else")
}

#[track_caller]
fn assert_drains_and_reports(signal: &str, code: i32) {
    let mut run = Run::start();
    run.await_seconds(1);
    run.hold_calls();
    // As `timeout` does: to its child, and at once to its group.
    run.send(signal);
    run.send(signal);
    run.await_answer();
    run.gate.open();
    assert_eq!(run.end().code(), Some(code));
    let report: Value = serde_json::from_str(&run.printed()).expect("stdout is JSON and nothing else");
    assert_eq!(report["verdict"], "incomplete");
    let arrivals = &report["arrivals"];
    assert!(arrivals["done"].as_u64().unwrap() > 0, "{report:#}");
    assert_eq!(
        arrivals["done"], arrivals["sent"],
        "what was in flight is recorded: {report:#}"
    );
    // One may fall due in the very instant that ends the run.
    assert!(
        arrivals["unsent"].as_u64().is_some_and(|unsent| unsent <= 1),
        "{report:#}"
    );
    let record = RecordReader::open(&run.record()).unwrap();
    assert_eq!(record.run.status, RunStatus::Incomplete);
    let measured = record.totals().unwrap().latencies("publish", LatencyKind::Response);
    assert_eq!(Some(measured.len()), arrivals["done"].as_u64());
    assert_eq!(report_json(&run.record()), report, "the record tells the same");
}

#[test]
fn ctrl_c_drains_records_and_exits_130() {
    assert_drains_and_reports("-INT", 130);
}

#[test]
fn sigterm_drains_records_and_exits_143() {
    assert_drains_and_reports("-TERM", 143);
}

/// The gate stays closed: who ends now did not wait for what is in flight.
#[track_caller]
fn assert_second_signal_ends_at_once(signal: &str, code: i32) {
    let mut run = Run::start();
    let done = run.await_seconds(1);
    run.hold_calls();
    run.send(signal);
    run.await_answer();
    // At once it is the same wish: sent until it is another.
    let ended = poll("the end", || {
        run.send(signal);
        run.process.try_wait().unwrap()
    });
    assert_eq!(ended.code(), Some(code));
    assert_eq!(run.printed(), "");
    let report = report_json(&run.record());
    assert_eq!(report["verdict"], "incomplete");
    assert!(report["arrivals"]["done"].as_u64().unwrap() >= done);
    assert!(
        report["arrivals"]["sent"].as_u64() > report["arrivals"]["done"].as_u64(),
        "{report:#}"
    );
}

#[test]
fn a_second_ctrl_c_ends_at_once() {
    assert_second_signal_ends_at_once("-INT", 130);
}

#[test]
fn a_second_sigterm_ends_at_once() {
    assert_second_signal_ends_at_once("-TERM", 143);
}

#[test]
fn a_kill_leaves_a_record_that_is_shown_as_incomplete() {
    let mut run = Run::start();
    let done = run.await_seconds(3);
    run.send("-KILL");
    assert_eq!(run.end().code(), None);
    let killed = report_json(&run.record());
    assert_eq!(killed["verdict"], "incomplete");
    assert!(
        killed["arrivals"]["done"].as_u64().unwrap() >= done,
        "what was on disk is shown"
    );
    assert!(killed["duration_s"].as_f64().unwrap() >= 2.5, "{killed:#}");
    let finding = killed["findings"][0].as_str().unwrap();
    assert!(
        finding.contains("never closed") && finding.contains("of 3600 s"),
        "{finding}"
    );
    let console = report(&run.record(), "console");
    assert_eq!(console.status.code(), Some(0));
    assert!(String::from_utf8(console.stdout).unwrap().contains("INCOMPLETE"));

    // A line that was cut in the middle takes nothing away from the others.
    for (file, half) in [
        ("latency.hlog", "Tag=publish.resp"),
        ("counters.jsonl", "{\"second\":3,\"st"),
    ] {
        let mut file = OpenOptions::new().append(true).open(run.record().join(file)).unwrap();
        file.write_all(half.as_bytes()).unwrap();
    }
    assert_eq!(report_json(&run.record()), killed);

    // Without the lines, but for the directory and its run.json, the kill came before the first second.
    for file in ["latency.hlog", "counters.jsonl"] {
        fs::write(run.record().join(file), "").unwrap();
    }
    let nothing = report_json(&run.record());
    assert_eq!(
        (&nothing["verdict"], &nothing["arrivals"]["due"]),
        (&"incomplete".into(), &0.into())
    );
}
