//! The path a newcomer takes, with the program as it is built: a mock of one's own, a configuration, a verdict.
#![cfg(unix)]

use crate::program::program;
use proofload_mock_server::{ACCOUNTS, Granted};
use proofload_test_support::{Mock, Nginx};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

/// `proofload mock` on free ports under the cloud's prefix, its certificate written into a folder.
struct RunningMock {
    process: Child,
    base_url: String,
}

impl RunningMock {
    fn start(folder: &Path) -> Self {
        let mut process = program()
            .args(["mock", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0"])
            .args(["--prefix", "/identities", "--cert-out", "c.pem"])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.split_whitespace().find_map(|word| word.strip_prefix("https="));
        let base_url = format!("https://{}/identities", address.expect("an address is printed"));
        Self { process, base_url }
    }
}

impl Drop for RunningMock {
    fn drop(&mut self) {
        // Errors mean that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A configuration with the mock's five accounts and what each was granted.
fn configuration(url: &str, certificate: &str) -> String {
    let mut text =
        format!("[targets.lab]\nurl = \"{url}\"\ntls = {{ ca = \"{certificate}\" }}\nallow = [\"writes\", \"load\"]\n");
    for account in ACCOUNTS {
        let permissions = match account.permissions {
            Granted::All => json!("all"),
            Granted::Only(held) => json!(held),
        };
        let name = account.name;
        let variable = name.to_uppercase();
        let password = format!("{{ env = \"{variable}\" }}");
        write!(
            text,
            "[[targets.lab.accounts]]\nname = \"{name}\"\npassword = {password}\npermissions = {permissions}\n"
        )
        .unwrap();
    }
    text
}

/// Runs the program over a configuration in `folder`; its exit code and what it printed.
fn proofload(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let mut command = program();
    for account in ACCOUNTS {
        command.env(account.name.to_uppercase(), format!("{}-pass", account.name));
    }
    let output = command.args(args).current_dir(folder).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("error: "), "{said}");
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

/// Validates the deployment that the folder's configuration names.
fn verdict_of(folder: &Path) -> Value {
    let args = [
        "validate",
        "--config",
        "proofload.toml",
        "--target",
        "lab",
        "--format",
        "json",
    ];
    let (code, printed) = proofload(folder, &args);
    let report: Value = serde_json::from_str(&printed).expect("stdout is JSON and nothing else");
    let accused: Vec<&Value> = report["cases"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|case| !["pass", "skip"].contains(&case["verdict"].as_str().unwrap()))
        .collect();
    assert!(accused.is_empty(), "{accused:#?}");
    assert_eq!(code, Some(0));
    report
}

fn assert_documented(report: &Value) {
    assert_eq!(report["schema"], "proofload.validate/1");
    assert_eq!(report["verdict"], "pass");
    let cases = report["cases"].as_array().unwrap();
    let total: u64 = ["pass", "fail", "warn", "skip", "error"]
        .iter()
        .map(|verdict| report["summary"][verdict].as_u64().unwrap())
        .sum();
    assert_eq!(total, cases.len() as u64);
    let members = [
        "id",
        "operation",
        "probe",
        "account",
        "verdict",
        "severity",
        "source",
        "expected",
        "observed",
        "detail",
        "curl",
    ];
    for case in cases {
        for member in members {
            assert!(case.get(member).is_some(), "{case} has no {member}");
        }
    }
    let publish = cases
        .iter()
        .find(|case| case["id"] == "publish/tampered-signature")
        .expect("a stable id");
    assert_eq!(publish["operation"], "POST /api/v1/faceEdge/publish");
}

#[test]
fn a_mock_of_ones_own_stands_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    let mock = RunningMock::start(folder.path());
    fs::write(
        folder.path().join("proofload.toml"),
        configuration(&mock.base_url, "c.pem"),
    )
    .unwrap();
    assert_documented(&verdict_of(folder.path()));
}

#[test]
fn so_does_a_mock_behind_nginx() {
    for mock in [Mock::on_premise(), Mock::in_the_cloud()] {
        let nginx = Nginx::before(&mock);
        let folder = tempfile::tempdir().unwrap();
        let certificate = nginx.certificate().display().to_string();
        fs::write(
            folder.path().join("proofload.toml"),
            configuration(&nginx.url(), &certificate),
        )
        .unwrap();
        assert_documented(&verdict_of(folder.path()));
    }
}

/// Loads the deployment that the folder's configuration names for two seconds. The machine may be busy, so the verdict
/// may be that the figures are doubtful; what was asked for and what came of it must add up all the same.
fn load(folder: &Path, scenario: &str) -> Value {
    let args = [
        "load",
        "--config",
        "proofload.toml",
        "--target",
        "lab",
        "--scenario",
        scenario,
        "--rate",
        "50/s",
        "--duration",
        "2s",
        "--out",
        "runs/x",
        "--format",
        "json",
    ];
    let (code, printed) = proofload(folder, &args);
    let report: Value = serde_json::from_str(&printed).expect("stdout is JSON and nothing else");
    let expected = match report["verdict"].as_str() {
        Some("pass") => 0,
        Some("invalid") => 4,
        _ => panic!("{report:#}"),
    };
    assert_eq!(code, Some(expected), "{report:#}");
    for file in ["run.json", "latency.hlog", "counters.jsonl"] {
        assert!(folder.join("runs/x").join(file).metadata().unwrap().len() > 0, "{file}");
    }
    report
}

fn assert_adds_up(report: &Value) {
    assert_eq!(report["schema"], "proofload.load/1");
    let arrivals = &report["arrivals"];
    let count = |name: &str| arrivals[name].as_u64().unwrap_or_else(|| panic!("{report:#}"));
    assert_eq!(count("due"), 100, "two seconds at 50/s: {report:#}");
    assert_eq!(count("sent") + count("unsent"), count("due"));
    assert_eq!(count("done"), count("sent"), "what was sent was waited for");
    for operation in report["operations"].as_array().unwrap() {
        let statuses: u64 = operation["statuses"]
            .as_object()
            .unwrap()
            .values()
            .map(|n| n.as_u64().unwrap())
            .sum();
        assert_eq!(statuses, operation["ok"].as_u64().unwrap(), "{operation:#}");
        assert_eq!(operation["errors"], 0, "{operation:#}");
        for latency in ["response_us", "service_us"] {
            for figure in ["p50", "p90", "p95", "p99", "p999", "max", "mean"] {
                assert!(
                    operation[latency][figure].is_number(),
                    "{latency}.{figure}: {operation:#}"
                );
            }
        }
    }
    let generator = &report["generator"];
    assert!(
        generator["schedule_lag_us"]["p99"].is_number() && generator["cpu_s"].is_number(),
        "{generator:#}"
    );
    assert!(
        generator["max_rss_bytes"].is_number() && generator["healthy"].is_boolean(),
        "{generator:#}"
    );
}

#[test]
fn load_is_measured_behind_nginx_too() {
    let mock = Mock::on_premise();
    let nginx = Nginx::before(&mock);
    let folder = tempfile::tempdir().unwrap();
    let certificate = nginx.certificate().display().to_string();
    fs::write(
        folder.path().join("proofload.toml"),
        configuration(&nginx.url(), &certificate),
    )
    .unwrap();
    let report = load(folder.path(), "camera-feed");
    assert_adds_up(&report);
    assert!(
        report["operations"]
            .as_array()
            .unwrap()
            .iter()
            .any(|operation| operation["name"] == "publish")
    );
    let mut logged = nginx.requests();
    logged.retain(|line| line.contains("/identities/api/v1/faceEdge/publish"));
    let sent = report["arrivals"]["sent"].as_u64().unwrap();
    // nginx writes a line after it has answered, so that the very last ones may be missing.
    assert!(logged.len() as u64 + 10 > sent, "nginx saw {} of {sent}", logged.len());
}

#[test]
fn the_embedded_mock_needs_nothing_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let (code, printed) = proofload(folder.path(), &["validate"]);
    assert_eq!(code, Some(0), "{printed}");
    for row in ["Passed: 38 operations as ", "operations ", "authenticate"] {
        assert!(
            printed.lines().any(|line| line.starts_with(row)),
            "no row {row}: {printed}"
        );
    }
    assert!(
        printed.trim_end().lines().last().unwrap().starts_with("pass: "),
        "{printed}"
    );
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        0,
        "it leaves nothing behind"
    );
}
