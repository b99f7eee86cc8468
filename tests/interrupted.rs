//! A load run that is interrupted: it drains, records what was measured, marked incomplete, and says so with its exit code.
#![cfg(unix)]

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Longer than any start and any end on a busy machine; the run itself is planned for an hour.
const PATIENCE: Duration = Duration::from_secs(60);

fn load(folder: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_proofload"))
        .args([
            "load",
            "--scenario",
            "camera-feed",
            "--rate",
            "20/s",
            "--duration",
            "1h",
        ])
        .args(["--out", "run", "--format", "json"])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
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

/// Waits until a second has been recorded.
fn await_record(folder: &Path) {
    let recorded = || fs::read_to_string(folder.join("run/counters.jsonl")).ok();
    poll("the first second", || recorded().filter(|lines| lines.contains('\n')));
}

fn send(signal: &str, process: &Child) {
    let process = process.id().to_string();
    let sent = Command::new("kill").args([signal, &process]).status().unwrap();
    assert!(sent.success());
}

fn end(process: &mut Child) -> ExitStatus {
    poll("the end", || process.try_wait().unwrap())
}

fn record(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("run/run.json")).unwrap()).unwrap()
}

#[track_caller]
fn assert_drains_and_reports(signal: &str, code: i32) {
    let folder = tempfile::tempdir().unwrap();
    let mut process = load(folder.path());
    await_record(folder.path());
    send(signal, &process);
    assert_eq!(end(&mut process).code(), Some(code));
    let report: Value = serde_json::from_reader(process.stdout.take().unwrap()).expect("the report is printed whole");
    let arrivals = &report["arrivals"];
    assert!(arrivals["done"].as_u64().unwrap() > 0, "{report:#}");
    assert_eq!(
        arrivals["done"], arrivals["sent"],
        "what was in flight was waited for: {report:#}"
    );
    assert_ne!(record(folder.path())["status"], "complete");
    assert!(folder.path().join("run/latency.hlog").metadata().unwrap().len() > 0);
}

#[test]
fn ctrl_c_drains_records_and_exits_130() {
    assert_drains_and_reports("-INT", 130);
}

#[test]
fn sigterm_drains_records_and_exits_143() {
    assert_drains_and_reports("-TERM", 143);
}

#[test]
fn a_kill_leaves_a_record_marked_incomplete() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = load(folder.path());
    await_record(folder.path());
    send("-KILL", &process);
    assert_eq!(end(&mut process).code(), None);
    assert_ne!(record(folder.path())["status"], "complete");
    let counters = fs::read_to_string(folder.path().join("run/counters.jsonl")).unwrap();
    let first: Value = serde_json::from_str(counters.lines().next().unwrap()).unwrap();
    assert_eq!(first["second"], 0);
}
