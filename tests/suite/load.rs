//! Load runs from end to end: the program against a mock of its own.

use crate::program::program;
use proofload_mock_server::Settings;
use proofload_results::record::{LatencyKind, RecordReader, RunStatus};
use proofload_test_support::Mock;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

const PASSWORD: &str = "admin-pass";

fn proofload(args: &[&str]) -> Command {
    let mut command = program();
    command.arg("load").args(args).env("PROOFLOAD_PASSWORD", PASSWORD);
    command
}

fn run(args: &[&str]) -> Output {
    proofload(args).output().unwrap()
}

/// A run as `admin` against `url` that prints JSON; `options` are separated by spaces.
fn admin(url: &str, options: &str) -> Command {
    let mut command = proofload(&["--url", url, "--username", "admin", "--format", "json"]);
    command.args(options.split_whitespace());
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stderr(output)))
}

fn row<'a>(report: &'a Value, operation: &str) -> &'a Value {
    let rows = report["operations"].as_array().unwrap();
    rows.iter()
        .find(|row| row["name"] == operation)
        .unwrap_or_else(|| panic!("no {operation} in {report}"))
}

/// Every file of a run directory, as text.
fn files(directory: &Path) -> String {
    let entries = std::fs::read_dir(directory).unwrap();
    entries
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect()
}

#[test]
fn a_camera_feed_sends_every_arrival_and_records_it() {
    let mock = Mock::on_premise();
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("run");
    let options = "--scenario camera-feed --rate 50/s --duration 3s --seed 7 --out";
    let output = admin(&mock.http_url(), options).arg(&out).output().unwrap();
    let report = report(&output);
    assert_eq!(report["schema"], "proofload.load/1");
    assert_eq!(
        report["arrivals"],
        serde_json::json!({"due": 150, "sent": 150, "done": 150, "unsent": 0})
    );
    let publish = row(&report, "publish");
    assert_eq!(
        (&publish["ok"], &publish["statuses"]["200"]),
        (&150.into(), &150.into())
    );
    assert!(publish["response_us"]["p50"].as_u64() >= publish["service_us"]["p50"].as_u64());
    assert_eq!(report["seed"], 7);

    let reader = RecordReader::open(&out).unwrap();
    assert_eq!(reader.run.status, RunStatus::Complete);
    let totals = reader.totals().unwrap();
    assert_eq!((totals.arrivals.due, totals.arrivals.done), (150, 150));
    assert_eq!(totals.latencies("publish", LatencyKind::Response).len(), 150);
    let told: u64 = publish["response_us"]["p99"].as_u64().unwrap();
    assert_eq!(
        totals.operation("publish").response_us.p99,
        told,
        "the record gives the same figures"
    );
    let written = files(&out) + &stderr(&output) + &String::from_utf8_lossy(&output.stdout);
    assert!(
        !written.contains(PASSWORD) && !written.contains("eyJ"),
        "no password or token is written anywhere"
    );
}

#[test]
fn closed_users_go_through_their_journey_over_tls() {
    let mock = Mock::on_premise();
    let options = "--insecure --scenario smoke --duration 2s";
    let output = admin(&mock.https_url(), options).output().unwrap();
    let report = report(&output);
    for operation in [
        "authenticate",
        "renewToken",
        "profile",
        "publish",
        "publishWithResponse",
    ] {
        let row = row(&report, operation);
        assert!(row["ok"].as_u64() > Some(0) && row["errors"] == 0, "{row}");
    }
    assert_eq!(report["arrivals"]["due"], report["arrivals"]["done"]);
}

#[test]
fn short_tokens_are_renewed_in_time_and_in_a_row_of_their_own() {
    let mock = Mock::start(Settings {
        token_lifetime: Duration::from_secs(4),
        ..Settings::default()
    });
    let options = "--scenario camera-feed --rate 20/s --users 10 --duration 6s";
    let output = admin(&mock.http_url(), options).output().unwrap();
    let report = report(&output);
    assert_eq!(report["unauthorised"], 0, "{report}");
    assert!(row(&report, "renewToken")["ok"].as_u64() >= Some(10), "{report}");
    assert_eq!(row(&report, "publish")["errors"], 0);
}

#[test]
fn a_missed_objective_fails_and_a_doubtful_run_is_invalid() {
    let mock = Mock::on_premise();
    let churn = |options| {
        admin(
            &mock.http_url(),
            &format!("--scenario token-churn --duration 1s {options}"),
        )
    };
    let missed = churn("--rate 20/s")
        .args(["--slo", "renewToken.p50 < 1us"])
        .output()
        .unwrap();
    // On a machine that is busy otherwise the generator may be late in a way that could have decided it, and says so.
    let failed = report(&missed)["verdict"] == "fail";
    assert!(
        failed || report(&missed)["generator"]["healthy"] == false,
        "{}",
        stderr(&missed)
    );
    assert_eq!(missed.status.code(), Some(if failed { 1 } else { 4 }));
    let slo = report(&missed)["slos"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&slo["slo"], &slo["held"]),
        (&"renewToken.p50 < 1us".into(), &false.into())
    );
    // What was never offered is nobody's doing.
    let unoffered = churn("--rate 20/s")
        .args(["--slo", "renewToken.rate >= 1000/s"])
        .output()
        .unwrap();
    assert_eq!(unoffered.status.code(), Some(4), "{}", stderr(&unoffered));
    assert_eq!(report(&unoffered)["verdict"], "invalid");
    // One user cannot make two thousand calls a second wait for nobody.
    let doubtful = churn("--rate 20000/s --users 1 --timeout 2s").output().unwrap();
    assert_eq!(doubtful.status.code(), Some(4), "{}", stderr(&doubtful));
    assert_eq!(report(&doubtful)["verdict"], "invalid");
}

#[test]
fn what_cannot_be_run_is_refused_in_one_sentence() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let scenario = |body: &str| {
        format!("description = \"x\"\nduration = \"1s\"\n[arrivals]\nprocess = \"constant\"\nrate = \"5/s\"\n{body}")
    };
    let journey = "[[journeys]]\nname = \"j\"\nsteps = [{ operation = \"publish\" }]\n";
    let unknown = file("unknown.toml", &scenario(&journey.replace("publish", "publsh")));
    let empty = file(
        "empty.toml",
        &scenario(&format!("[images]\ndirectory = \"none\"\n{journey}")),
    );
    std::fs::create_dir(directory.path().join("none")).unwrap();
    std::fs::create_dir(directory.path().join("fake")).unwrap();
    file("fake/a.jpg", "no image");
    let fake = file(
        "fake.toml",
        &scenario(&format!("[images]\ndirectory = \"fake\"\n{journey}")),
    );
    let slo = file(
        "slo.toml",
        &format!("slos = [\"publsh.p99 < 1s\"]\n{}", scenario(journey)),
    );
    let broken = file("broken.toml", "description = \n");
    let no_path = file("no-path.toml", &scenario(&journey.replace("publish", "getPerson")));
    let full = directory.path().to_str().unwrap();
    for (args, words) in [
        (vec!["--scenario", "camera-fed"], vec!["camera-feed"]),
        (
            vec!["--scenario", &unknown],
            vec!["unknown.toml`, line 8", "publsh", "publish"],
        ),
        (vec!["--scenario", &empty], vec!["none", "no .jpg"]),
        (vec!["--scenario", &fake], vec!["a.jpg", "not a JPEG"]),
        (vec!["--scenario", &slo], vec!["slo.toml`, line 1", "publsh"]),
        (vec!["--scenario", &broken], vec!["broken.toml`, line 1"]),
        (vec!["--scenario", &no_path], vec!["personId"]),
        (
            vec!["--scenario", "nowhere/x.toml"],
            vec!["cannot read", "nowhere/x.toml"],
        ),
        (vec!["--scenario", "camera-feed", "--rate", "0/s"], vec!["more than 0"]),
        (vec!["--scenario", "camera-feed", "--rate", "-1/s"], vec!["more than 0"]),
        (vec!["--scenario", "camera-feed", "--rate", "1e12/s"], vec!["1000000/s"]),
        (
            vec!["--scenario", "camera-feed", "--duration", "0s"],
            vec!["longer than 0"],
        ),
        (
            vec!["--scenario", "camera-feed", "--duration", "-5s"],
            vec!["\"-5s\" is not a duration"],
        ),
        (
            vec![
                "--scenario",
                "soak",
                "--rate",
                "1/h",
                "--duration",
                "1ms",
                "--seed",
                "1",
            ],
            vec!["not one call of soak falls due within 1ms"],
        ),
        (vec!["--scenario", "smoke", "--rate", "5/s"], vec!["closed"]),
        (
            vec!["--scenario", "camera-feed", "--slo", "renewToken.p99 < 1s"],
            vec!["renewToken"],
        ),
        (vec!["--scenario", "field-mix", "--users", "2"], vec!["3 journeys"]),
        (vec!["--scenario", "camera-feed", "--out", full], vec!["not empty"]),
        (
            vec!["--scenario", "camera-feed", "--url", "http://192.0.2.1:9"],
            vec!["load"],
        ),
    ] {
        let output = run(&args);
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {told}");
        assert!(output.stdout.is_empty(), "{args:?}");
        for word in words {
            assert!(told.contains(word), "{args:?}: {told}");
        }
    }
    assert!(
        directory.path().join("unknown.toml").is_file(),
        "nothing in the directory was touched"
    );
}

#[test]
fn a_wrong_password_costs_one_login_and_says_whose() {
    let mock = Mock::on_premise();
    // In the default scenario the journeys log in themselves.
    for scenario in ["--scenario camera-feed --users 40", "--scenario smoke --users 40"] {
        let output = admin(&mock.http_url(), scenario)
            .env("PROOFLOAD_PASSWORD", "wrong-secret")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "{scenario}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "nothing was measured: {output:?}");
        let told = stderr(&output);
        assert!(told.contains("admin") && told.contains("400"), "{told}");
        assert!(!told.contains("wrong-secret"), "{told}");
    }
}

#[cfg(unix)]
mod signals {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    /// Starts a long run, waits for its first second on disk, and sends it a signal.
    fn interrupted(mock: &Mock, out: &Path, signal: &str) -> Output {
        let child = admin(
            &mock.http_url(),
            "--scenario camera-feed --rate 20/s --duration 10m --out",
        )
        .arg(out)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
        let counters = out.join("counters.jsonl");
        let first_line = || {
            let file = std::fs::File::open(&counters).ok()?;
            BufReader::new(file).lines().next()?.ok()
        };
        let deadline = std::time::Instant::now() + Duration::from_secs(60);
        while first_line().is_none() {
            assert!(std::time::Instant::now() < deadline, "no second was recorded");
            std::thread::yield_now();
        }
        let killed = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status()
            .unwrap();
        assert!(killed.success());
        child.wait_with_output().unwrap()
    }

    #[test]
    fn the_first_signal_drains_records_and_reports() {
        let mock = Mock::on_premise();
        let directory = tempfile::tempdir().unwrap();
        for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
            let out = directory.path().join(code.to_string());
            let output = interrupted(&mock, &out, signal);
            assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
            let report = report(&output);
            assert_eq!(report["verdict"], "incomplete");
            assert_eq!(
                report["arrivals"]["due"], report["arrivals"]["done"],
                "what was in flight is waited for"
            );
            let reader = RecordReader::open(&out).unwrap();
            assert_eq!(reader.run.status, RunStatus::Incomplete);
            assert_eq!(
                reader.totals().unwrap().arrivals.done,
                report["arrivals"]["done"].as_u64().unwrap()
            );
        }
    }

    #[test]
    fn a_killed_run_leaves_all_but_its_last_second() {
        let mock = Mock::on_premise();
        let directory = tempfile::tempdir().unwrap();
        let out = directory.path().join("killed");
        interrupted(&mock, &out, "-KILL");
        let reader = RecordReader::open(&out).unwrap();
        assert_eq!(reader.run.status, RunStatus::Running);
        let totals = reader.totals().unwrap();
        assert!(totals.arrivals.done > 0);
        assert_eq!(
            totals.latencies("publish", LatencyKind::Response).len(),
            totals.operation("publish").ok
        );
    }
}
