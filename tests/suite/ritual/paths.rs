//! Paths that cannot be used are refused before a run; what cannot be written after it does not lose it.

use super::{proofload, refused};
use crate::program::program;
use proofload_test_support::{Gate, Mock};
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A command line of every command that leaves a record; none of them comes to its run.
const LEAVE_A_RECORD: [&[&str]; 6] = [
    &["load"],
    &["capacity"],
    &["certify"],
    &["validate"],
    &["merge", "a", "b"],
    &["gate", "--baseline", "a", "--candidate", "b"],
];

#[test]
fn a_record_that_has_no_place_is_refused_before_the_run_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::create_dir(folder.join("full")).expect("made");
    fs::write(folder.join("full/kept"), "").expect("written");
    for (out, words) in [
        ("full", "run directory full is not empty"),
        ("full/kept", "cannot use the run directory full/kept"),
        ("full/kept/below", "cannot use the run directory full/kept/below"),
        #[cfg(target_os = "linux")]
        ("/proc/nowhere", "nothing can be written into /proc/nowhere"),
    ] {
        let said: Vec<String> = LEAVE_A_RECORD
            .iter()
            .map(|line| refused(folder, &[line, &["--out", out][..]].concat(), 2))
            .collect();
        assert!(said[0].contains(words), "{said:#?}");
        assert!(said.iter().all(|one| *one == said[0]), "{said:#?}");
    }
}

#[test]
fn a_report_file_that_has_no_place_is_refused_before_the_run_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    let asked = ["--out", "new", "--report", "json=no/such/r.json"];
    let said: Vec<String> = LEAVE_A_RECORD
        .iter()
        .map(|line| refused(folder.path(), &[line, &asked[..]].concat(), 2))
        .collect();
    assert!(
        said[0].contains("cannot write the report to `no/such/r.json`"),
        "{said:#?}"
    );
    assert!(said.iter().all(|one| *one == said[0]), "{said:#?}");
    assert!(!folder.path().join("new").exists());
}

fn started(folder: &Path, args: &[&str]) -> Child {
    program()
        .args(args)
        .env("PROOFLOAD_PASSWORD", "admin-pass")
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs")
}

#[track_caller]
fn await_path(path: &Path) {
    let began = Instant::now();
    while !path.exists() {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "{} never came",
            path.display()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Puts a directory where a page is about to be written; what was measured is shown and recorded all the same.
#[track_caller]
fn assert_is_told(folder: &Path, run: Child, page: &str, record: &str) {
    let page = folder.join(page);
    fs::create_dir_all(&page).expect("in its place");
    let output = run.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    let error = said
        .lines()
        .find(|line| line.starts_with("error: "))
        .unwrap_or_default();
    for words in [
        "the record is kept",
        "cannot be written",
        "`proofload report` shows the record",
    ] {
        assert!(error.contains(words), "{said}");
    }
    let shown: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the result was printed");
    assert!(shown["verdict"].is_string());
    let again = proofload(folder, &["report", record, "--format", "json"]);
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    assert_eq!(again.stdout, output.stdout);
}

/// The run goes on, and everything that was asked for is shown: only what was to be looked up later is gone.
#[test]
fn a_record_that_is_removed_meanwhile_takes_nothing_else_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let line = [
        "load",
        "--duration",
        "3s",
        "--format",
        "json",
        "--report",
        "html=page.html",
        "--out",
        "l",
    ];
    let load = started(folder, &line);
    await_path(&folder.join("l/run.json"));
    fs::remove_dir_all(folder.join("l")).expect("removed");
    let output = load.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("error: the record is not whole: "), "{said}");
    assert!(said.contains("removed or replaced") && said.contains("--out"), "{said}");
    let shown: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the result was printed");
    assert!(shown["arrivals"]["done"].as_u64() > Some(0), "{shown:#}");
    let finding = shown["findings"][0].to_string();
    assert!(finding.contains("a part of the record was lost"), "{finding}");
    let page = fs::read_to_string(folder.join("page.html")).expect("the page");
    assert!(page.contains("a part of the record was lost"));
}

#[test]
fn a_page_that_cannot_be_written_ends_every_command_with_3_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let load = started(folder, &["load", "--duration", "3s", "--format", "json", "--out", "l"]);
    await_path(&folder.join("l/run.json"));
    assert_is_told(folder, load, "l/report.html", "l");

    let line = [
        "capacity",
        "--max-rate",
        "25/s",
        "--max-time",
        "8s",
        "--format",
        "json",
        "--out",
        "c",
    ];
    let capacity = started(folder, &line);
    await_path(&folder.join("c"));
    assert_is_told(folder, capacity, "c/report.html", "c");

    let line = [
        "certify",
        "--load-duration",
        "2s",
        "--timeout",
        "5m",
        "--skip-capacity",
        "--format",
        "json",
        "--out",
        "d",
    ];
    let certify = started(folder, &line);
    await_path(&folder.join("d/load/run.json"));
    assert_is_told(folder, certify, "d/certify.html", "d");

    let mock = Mock::on_premise();
    let gate = Gate::before(&mock);
    let url = gate.url();
    let line = [
        "validate",
        "--bad-logins-at-once",
        "--url",
        &url,
        "--username",
        "admin",
        "--format",
        "json",
        "--out",
        "v",
    ];
    let validate = started(folder, &line);
    gate.await_answers(20);
    gate.close();
    fs::create_dir_all(folder.join("v/report.html")).expect("in its place");
    gate.open();
    assert_is_told(folder, validate, "v/report.html", "v");
}
