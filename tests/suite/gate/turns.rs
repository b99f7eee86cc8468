//! What an interleaved comparison leaves on disk: when it comes to its end, when it is interrupted, when it is killed.

use crate::gate::{gate, refused};
use crate::program::program;
use proofload_mock_server::Settings;
use proofload_results::gate::{GateReport, GateVerdict, Metric, Mode};
use proofload_results::load::LoadVerdict;
use proofload_results::record::{RecordReader, RunStatus, TurnsSide};
use proofload_test_support::{Mock, assert_holds, schema};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A folder with a scenario in which users set the pace: its generator cannot be late, however busy the machine is.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = "description = 'Two users.'\nduration = '2s'\nusers = 2\n[arrivals]\nprocess = 'closed'\nthink = '5ms'\n\
                    [[journeys]]\nname = 'renewal'\nsteps = [{ operation = 'renewToken' }]\n";
    fs::write(folder.path().join("two-users.toml"), scenario).expect("a scenario");
    folder
}

/// What is decided after ten short blocks.
const COMPARED: [&str; 6] = ["--compare", "p50", "--compare", "p90", "--compare", "error-rate"];

/// Two mocks in turns, recorded in `out`.
fn in_turns(folder: &Path, mocks: [&Mock; 2], block: &str, max_time: &str) -> Command {
    let mut command = program();
    command.args(["gate", "--url-a", &mocks[0].http_url(), "--url-b", &mocks[1].http_url()]);
    command.args([
        "--username",
        "admin",
        "--scenario",
        "two-users.toml",
        "--format",
        "json",
        "--out",
        "out",
    ]);
    command.args(["--block", block, "--max-time", max_time]);
    command.args(COMPARED);
    command.env("PROOFLOAD_PASSWORD", "admin-pass").current_dir(folder);
    command
}

fn read(path: &Path) -> GateReport {
    let text = fs::read_to_string(path).expect("gate.json");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn document(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON")
}

fn show(folder: &Path, run: &str, format: &str) -> Output {
    let mut command = program();
    command.args(["report", run, "--format", format]).current_dir(folder);
    command.output().expect("the program runs")
}

#[test]
fn both_sides_are_runs_like_any_other_and_can_be_compared_again() {
    let folder = folder();
    let mocks = [Mock::start(Settings::default()), Mock::start(Settings::default())];
    let output = in_turns(folder.path(), [&mocks[0], &mocks[1]], "200ms", "1m").output();
    let output = output.expect("the program runs");
    let live: GateReport = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    let kept = fs::read(folder.path().join("out/gate.json")).expect("gate.json");
    assert_eq!(kept, output.stdout, "the record is what was printed");
    assert_eq!(live.status, RunStatus::Complete);
    let page = fs::read_to_string(folder.path().join("out/report.html")).expect("a page");
    assert!(page.contains("renewToken"));

    let pairs = live.sequential.as_ref().expect("looks").pairs;
    for (name, side, run) in [
        ("a", TurnsSide::Baseline, &live.baseline.runs[0]),
        ("b", TurnsSide::Candidate, &live.candidate.runs[0]),
    ] {
        let directory = folder.path().join("out").join(name);
        assert_eq!(
            run.directory.as_deref(),
            Some(&*Path::new("out").join(name).to_string_lossy())
        );
        let record = RecordReader::open(&directory).expect("a record");
        assert_eq!(record.run.status, RunStatus::Complete);
        assert_eq!(record.run.turns.map(|turns| turns.side), Some(side));
        assert!((record.run.planned_s - 0.2 * f64::from(u32::try_from(pairs).expect("few"))).abs() < 1e-6);
        let result = record.run.result.as_ref().expect("a result");
        assert_eq!(result.verdict, LoadVerdict::Pass, "{result:?}");
        assert!(directory.join("report.html").is_file());
        let mut until_s = 0.0;
        for second in record.seconds().expect("seconds") {
            let counters = second.expect("a second").counters;
            assert!(
                (counters.start_s - until_s).abs() < 1e-6,
                "{counters:?} does not follow {until_s}"
            );
            until_s = counters.start_s + counters.length_s;
        }
        assert!((until_s - record.run.planned_s).abs() < 1e-6, "{until_s}");
        assert_holds(&schema("run"), &document(&directory.join("run.json")));
        let shown = show(folder.path(), &format!("out/{name}"), "console");
        assert_eq!(shown.status.code(), Some(0), "{shown:?}");
    }

    // The same data judged again, pair by pair: the same figures.
    let sides = ["--baseline", "out/a", "--candidate", "out/b", "--format", "json"];
    let again = gate(folder.path(), &[&sides[..], &COMPARED].concat());
    let again: GateReport = serde_json::from_slice(&again.stdout).unwrap_or_else(|error| panic!("{error}: {again:?}"));
    assert_eq!(again.mode, Mode::Records);
    assert!(
        again.warnings.iter().any(|one| one.contains("pair by pair")),
        "{:?}",
        again.warnings
    );
    let figure = |report: &GateReport, metric| {
        let one = report
            .comparisons
            .iter()
            .find(|one| one.metric == metric)
            .expect("a comparison");
        (one.baseline, one.candidate, one.ratio)
    };
    for metric in [Metric::P50, Metric::P90, Metric::ErrorRate] {
        assert_eq!(figure(&live, metric), figure(&again, metric), "{metric}");
    }
    refused(
        &in_turns(folder.path(), [&mocks[0], &mocks[1]], "200ms", "1m")
            .output()
            .expect("the program runs"),
        2,
        &["out is not empty"],
    );
}

#[cfg(unix)]
mod signals {
    use super::*;
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    /// Starts a long comparison, waits until both sides have a block on disk, and sends it a signal.
    fn signalled(folder: &Path, signal: &str) -> Output {
        let mocks = [Mock::start(Settings::default()), Mock::start(Settings::default())];
        let mut command = in_turns(folder, [&mocks[0], &mocks[1]], "200ms", "10m");
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let begun = |side: &str| {
            let lines = fs::read_to_string(folder.join("out").join(side).join("counters.jsonl"));
            lines.is_ok_and(|lines| lines.contains('\n'))
        };
        let deadline = Instant::now() + Duration::from_secs(60);
        while !(begun("a") && begun("b")) {
            assert!(Instant::now() < deadline, "no block was recorded");
            std::thread::yield_now();
        }
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
        child.wait_with_output().expect("it ends")
    }

    #[test]
    fn a_signal_leaves_what_was_measured() {
        for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
            let folder = folder();
            let output = signalled(folder.path(), signal);
            assert_eq!(output.status.code(), Some(code), "{output:?}");
            assert_holds(&schema("gate"), &document(&folder.path().join("out/gate.json")));
            let report = read(&folder.path().join("out/gate.json"));
            assert_eq!(
                (report.status, report.verdict),
                (RunStatus::Incomplete, GateVerdict::Inconclusive)
            );
            assert!(
                report.reasons[0].contains("was interrupted after"),
                "{:?}",
                report.reasons
            );
            assert!(folder.path().join("out/report.html").is_file());
            for side in ["a", "b"] {
                let record = RecordReader::open(&folder.path().join("out").join(side)).expect("a record");
                assert_eq!(record.run.status, RunStatus::Incomplete);
                assert!(record.totals().expect("whole").arrivals.done > 0);
            }
            let again = gate(folder.path(), &["--baseline", "out/a", "--candidate", "out/b"]);
            refused(&again, 3, &["the run in out/a is incomplete"]);
            let junit = String::from_utf8(show(folder.path(), "out", "junit").stdout).expect("UTF-8");
            assert!(junit.contains("<error") && junit.contains("was interrupted"), "{junit}");
        }
    }

    #[test]
    fn a_kill_leaves_all_but_the_block_under_way() {
        let folder = folder();
        signalled(folder.path(), "-KILL");
        let report = read(&folder.path().join("out/gate.json"));
        assert_eq!(
            (report.status, report.verdict),
            (RunStatus::Running, GateVerdict::Inconclusive)
        );
        for side in ["out/a", "out/b"] {
            let shown = show(folder.path(), side, "json");
            assert_eq!(shown.status.code(), Some(0), "{shown:?}");
            let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).expect("JSON");
            assert_eq!(shown["verdict"], "incomplete");
        }
        let shown = String::from_utf8(show(folder.path(), "out", "console").stdout).expect("UTF-8");
        assert!(
            shown.contains("INCONCLUSIVE (not complete)") && shown.contains("or was killed"),
            "{shown}"
        );
    }
}
