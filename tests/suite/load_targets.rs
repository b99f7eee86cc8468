//! Load runs against targets that are not simply there: dying, coming back, speaking HTTP/2.
#![cfg(unix)]

use crate::load_as_typed::server;
use crate::program::program;
use proofload_results::record::{RecordReader, RunStatus, Totals};
use proofload_test_support::{Mock, Mortal, Nginx};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A run in a process of its own, with a record that can be read while it goes on.
struct Run {
    process: Child,
    record: PathBuf,
    _directory: tempfile::TempDir,
}

impl Run {
    fn start(url: &str, args: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let record = directory.path().join("run");
        let process = program()
            .args(["load", "--url", url, "--username", "admin", "--format", "json", "--out"])
            .arg(&record)
            .args(args)
            .env("PROOFLOAD_PASSWORD", "admin-pass")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            process,
            record,
            _directory: directory,
        }
    }

    /// How publishes ended in each second so far.
    fn seconds(&self) -> Vec<BTreeMap<String, u64>> {
        let text = std::fs::read_to_string(self.record.join("counters.jsonl")).unwrap_or_default();
        let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let counters = whole.map(|line| serde_json::from_str::<Value>(line).unwrap());
        counters
            .map(|mut second| serde_json::from_value(second["statuses"]["publish"].take()).unwrap_or_default())
            .collect()
    }

    /// Waits until the seconds are as `wanted`.
    #[track_caller]
    fn wait_until(&self, wanted: impl Fn(&[BTreeMap<String, u64>]) -> bool) {
        let begun = Instant::now();
        loop {
            let seconds = self.seconds();
            if wanted(&seconds) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{seconds:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn finish(self) -> Finished {
        let output = self.process.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
        let record = RecordReader::open(&self.record).unwrap();
        Finished {
            code: output.status.code(),
            report,
            totals: record.totals().unwrap(),
            status: record.run.status,
            said: said.into_owned(),
        }
    }
}

/// What a run left behind.
struct Finished {
    code: Option<i32>,
    report: Value,
    totals: Totals,
    status: RunStatus,
    /// What it said on stderr.
    said: String,
}

impl Finished {
    /// Everything that fell due was sent, ended and is on disk, under a name of its own.
    #[track_caller]
    fn assert_all_recorded(&self) {
        let Self { report, totals, .. } = self;
        let arrivals = totals.arrivals;
        assert_eq!((arrivals.due, arrivals.unsent), (arrivals.done, 0), "{report}");
        let publish = totals.operation("publish");
        assert_eq!(publish.ok + publish.errors, arrivals.done);
        assert_eq!(publish.statuses.values().sum::<u64>(), arrivals.done);
        assert_eq!(publish.statuses["200"], publish.ok);
        assert!(publish.statuses["connect"] > 0, "{report}");
        assert_eq!(report["arrivals"]["done"], arrivals.done);
    }
}

fn answered(second: &BTreeMap<String, u64>) -> bool {
    second.contains_key("200")
}

const STEADY: [&str; 8] = [
    "--scenario",
    "camera-feed",
    "--rate",
    "50/s",
    "--duration",
    "1h",
    "--timeout",
    "2s",
];

#[test]
fn a_target_that_dies_ends_the_run_and_everything_is_recorded() {
    let mock = Mock::on_premise();
    let mut target = Mortal::before(&mock);
    let run = Run::start(&target.url(), &STEADY);
    run.wait_until(|seconds| seconds.iter().any(answered));
    target.die();
    let finished = run.finish();
    let report = &finished.report;
    assert_eq!(finished.code, Some(1), "{report}");
    assert_eq!(report["verdict"], "fail");
    let findings = report["findings"].to_string();
    assert!(
        findings.contains("no call was answered for 5 seconds") && !findings.contains("--"),
        "{findings}"
    );
    assert!(finished.said.contains("--on-dead-target continue"), "{}", finished.said);
    assert_eq!(finished.status, RunStatus::Incomplete);
    finished.assert_all_recorded();
}

#[test]
fn a_target_that_comes_back_is_loaded_on_where_that_was_asked_for() {
    let mock = Mock::on_premise();
    let mut target = Mortal::before(&mock);
    let run = Run::start(
        &target.url(),
        &[&STEADY[..], &["--on-dead-target", "continue"]].concat(),
    );
    run.wait_until(|seconds| seconds.iter().any(answered));
    target.die();
    // Longer than what ends other runs.
    run.wait_until(|seconds| seconds.iter().rev().take_while(|second| !answered(second)).count() > 6);
    target.revive();
    run.wait_until(|seconds| seconds.last().is_some_and(answered));
    let interrupted = Command::new("kill")
        .args(["-INT", &run.process.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupted.success());
    let finished = run.finish();
    assert_eq!(finished.code, Some(130), "{}", finished.report);
    assert_eq!(finished.report["verdict"], "incomplete");
    finished.assert_all_recorded();
}

/// Closed users go through every kind of call once at least.
#[track_caller]
fn smoke(url: &str, more: &[&str]) -> Value {
    let args = ["--scenario", "smoke", "--duration", "1s", "--insecure"];
    let Finished { report, .. } = Run::start(url, &[&args[..], more].concat()).finish();
    for row in report["operations"].as_array().unwrap() {
        assert!(row["ok"].as_u64() > Some(0) && row["errors"] == 0, "{row}");
    }
    report
}

fn calls(report: &Value) -> u64 {
    let rows = report["operations"].as_array().unwrap();
    rows.iter().map(|row| row["ok"].as_u64().unwrap()).sum()
}

#[test]
fn http2_is_spoken_where_it_is_offered_and_asked_for() {
    let mock = Mock::in_the_cloud();
    let nginx = Nginx::with_http2(&mock);
    let report = smoke(&nginx.url(), &["--http2"]);
    let over_http2 = || nginx.protocols().iter().filter(|name| *name == "HTTP/2.0").count() as u64;
    let spoken = over_http2();
    assert!(spoken >= calls(&report), "{spoken} of {report}");
    // The look before the run may speak what it likes; calls that are measured do not.
    let plain = smoke(&nginx.url(), &[]);
    let others = nginx.protocols().iter().filter(|name| *name == "HTTP/1.1").count() as u64;
    assert!(others >= calls(&plain), "{others} of {plain}");
    let answers = |report: &Value, version: &str| report["protocol"]["answers"][version].as_u64().unwrap_or_default();
    // nginx sends its clients away after a thousand calls; what it had not begun with is sent again.
    for url in [nginx.url(), mock.https_url(), mock.http_url()] {
        let shared = smoke(&url, &["--http2", "--streams", "8", "--users", "16"]);
        assert_eq!(shared["protocol"]["streams"], 8);
        assert_eq!(answers(&shared, "HTTP/2"), calls(&shared), "{shared}");
    }
    smoke(&mock.https_url(), &["--http2"]);
    // A server that does not take it unasked is called in HTTP/1.1, and that is said.
    let (old, _) = server(|_| None);
    let declined = Run::start(
        &old,
        &["--http2", "--streams", "4", "--rate", "20/s", "-n", "10", "-c", "2"],
    )
    .finish();
    assert_eq!(answers(&declined.report, "HTTP/1.1"), 10, "{}", declined.report);
    let findings = declined.report["findings"].to_string();
    assert!(
        findings.contains("HTTP/2 was asked for and not used: the server"),
        "{findings}"
    );
    smoke(&mock.https_url(), &["--no-keep-alive"]);
    smoke(&mock.https_url(), &["--http2", "--no-keep-alive"]);
}
