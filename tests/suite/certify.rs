//! `proofload certify`: one dossier of three parts, sealed, and made again from its record byte for byte.

use crate::program::{program, proofload};
use proofload_test_support::{assert_holds, schema};
use serde_json::Value;
use std::fs;
use std::process::Command;
/// A busy machine is patient with itself: what cannot be tested in time would be no answer.
const PATIENT: [&str; 2] = ["--timeout", "5m"];

/// Verdict, sentence and exit code agree.
#[track_caller]
fn assert_ends_as_it_says(dossier: &Value, code: Option<i32>) {
    let (expected, words) = match dossier["verdict"].as_str().unwrap() {
        "pass" => (0, "passed, which is less than a certificate asks for"),
        "fail" => (1, "is not certified"),
        "invalid" => (4, "came to no answer"),
        "incomplete" => (3, "not brought to its end"),
        other => panic!("{other}"),
    };
    assert_eq!(code, Some(expected), "{dossier:#}");
    let sentence = dossier["sentence"].as_str().unwrap();
    assert!(sentence.contains(words), "{sentence}");
}

/// A closed scenario of a second on our own mock: no machine is too slow for it.
#[test]
fn what_passes_in_a_small_load_is_a_report_that_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let line = [
        "certify",
        "--load-duration",
        "1s",
        "--skip-capacity",
        "--format",
        "json",
    ];
    let made = proofload(folder.path(), &[&line[..], &PATIENT].concat());
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    let dossier: Value = serde_json::from_slice(&made.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    assert_ends_as_it_says(&dossier, made.status.code());
    assert_eq!(dossier["verdict"], "pass", "{dossier:#}");
    assert_eq!(dossier["kind"], "report");
    let missing: Vec<&Value> = dossier["missing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["what"])
        .collect();
    assert_eq!(missing, ["load", "capacity"], "{:#}", dossier["missing"]);
    let recorded = said.lines().last().unwrap();
    assert!(recorded.starts_with("recorded in dossiers/embedded-"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_server_that_dies_in_the_load_leaves_a_dossier_that_says_so() {
    use proofload_test_support::{Mock, Mortal};
    let mock = Mock::on_premise();
    let mut mortal = Mortal::before(&mock);
    let folder = tempfile::tempdir().unwrap();
    let process = program()
        .args(["certify", "--load-duration", "20s", "--format", "json", "--out", "d"])
        .arg("--bad-logins-at-once")
        .args(PATIENT)
        .args(["--username", "admin", "--url", &mortal.url()])
        .env("PROOFLOAD_PASSWORD", "admin-pass")
        .current_dir(folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let began = std::time::Instant::now();
    while !folder.path().join("d/load/run.json").exists() {
        assert!(began.elapsed().as_secs() < 120, "the load never began");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    mortal.die();
    let output = process.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let dossier: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    assert_ends_as_it_says(&dossier, output.status.code());
    assert_eq!(
        (&dossier["verdict"], &dossier["load"]["verdict"]),
        (&"fail".into(), &"fail".into())
    );
    assert!(said.lines().any(|line| line.starts_with("error: ")), "{said}");
    assert!(said.contains("recorded in d"), "{said}");
    let kept = fs::read(folder.path().join("d/certify.json")).unwrap();
    assert_eq!(kept, output.stdout);
}

#[test]
fn one_dossier_of_three_parts_is_made_again_from_its_record() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let line = [
        "certify",
        "--load-duration",
        "1s",
        "--max-rate",
        "30/s",
        "--max-time",
        "12s",
    ];
    let made = proofload(
        folder,
        &[
            &line[..],
            &PATIENT,
            &["--need", "20/s", "--format", "json", "--out", "d"],
        ]
        .concat(),
    );
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    let dossier: Value = serde_json::from_slice(&made.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    assert_ends_as_it_says(&dossier, made.status.code());
    // No rate above 30/s was tried, so that how much it carries is not known: no answer, if nothing failed on a busy machine.
    let (load, capacity) = (&dossier["load"]["verdict"], &dossier["capacity"]["verdict"]);
    if load != "fail" && capacity != "fail" {
        assert_eq!(dossier["verdict"], "invalid", "{dossier:#}");
        assert_eq!(capacity, "invalid", "{dossier:#}");
    }
    // The load run and the search in it are held to their own schemas, which this one names.
    assert_holds(&schema("certify"), &dossier);
    assert_eq!(
        dossier["conformance"]["verdict"], "pass",
        "{:#}",
        dossier["conformance"]
    );
    assert_eq!(dossier["capacity"]["schema"], "proofload.capacity/1");
    assert_eq!(dossier["need_per_s"], 20.0);
    for part in ["validate", "load", "capacity"] {
        let shown = proofload(folder, &["report", &format!("d/{part}")]);
        assert_eq!(shown.status.code(), Some(0), "{part}: {shown:?}");
    }

    for (format, file) in [
        ("html", "certify.html"),
        ("markdown", "certify.md"),
        ("json", "certify.json"),
    ] {
        let again = proofload(folder, &["report", "d", "--format", format]);
        assert_eq!(again.status.code(), Some(0), "{again:?}");
        assert!(
            again.stdout == fs::read(folder.join("d").join(file)).unwrap(),
            "{file} is not the same"
        );
    }
    #[cfg(unix)]
    {
        let check = "sha256sum --check --quiet SHA256SUMS && sha256sum SHA256SUMS";
        let checked = Command::new("sh")
            .args(["-c", check])
            .current_dir(folder.join("d"))
            .output()
            .unwrap();
        assert!(checked.status.success(), "{checked:?}");
        let hash = String::from_utf8(checked.stdout).unwrap();
        let page = fs::read_to_string(folder.join("d/certify.html")).unwrap();
        assert!(page.contains(hash.split(' ').next().unwrap()), "{hash}");
    }

    let path = folder.join("d/validate/validate.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("\"pass\"", "\"fail\"", 1)).unwrap();
    let refused = proofload(folder, &["report", "d", "--format", "html"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(3), "{said}");
    assert!(
        said.contains("changed after it was sealed: validate/validate.json"),
        "{said}"
    );
    let again = proofload(folder, &["certify", "--out", "d"]);
    assert_eq!(
        again.status.code(),
        Some(2),
        "a dossier is never written over: {again:?}"
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_what_was_done_marked_incomplete() {
    use proofload_test_support::{Gate, Mock};
    let mock = Mock::on_premise();
    let gate = Gate::before(&mock);
    let folder = tempfile::tempdir().unwrap();
    let process = program()
        .args([
            "certify",
            "--timeout",
            "10m",
            "--out",
            "d",
            "--username",
            "admin",
            "--url",
        ])
        .arg(gate.url())
        .env("PROOFLOAD_PASSWORD", "admin-pass")
        .current_dir(folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    gate.await_answers(200);
    let sent = Command::new("kill")
        .args(["-INT", &process.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let output = process.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let text = fs::read_to_string(folder.path().join("d/certify.json")).unwrap();
    let dossier: Value = serde_json::from_str(&text).unwrap();
    assert_holds(&schema("certify"), &dossier);
    assert_eq!(dossier["verdict"], "incomplete");
    assert!(
        dossier["conformance"]["summary"]["pass"].as_u64() > Some(0),
        "{dossier:#}"
    );
    let shown = proofload(folder.path(), &["report", "d"]);
    assert_eq!(shown.status.code(), Some(0), "{shown:?}");
}
