//! The guides work: every command in them is run, one after the other, against a mock.
#![cfg(unix)]

use proofload_test_support::Mock;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

/// Runs the `sh` blocks of a guide in one shell, as a reader does who copies them.
#[track_caller]
fn assert_works(guide: &str) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guides").join(guide);
    let page = fs::read_to_string(page).unwrap();
    let blocks: Vec<&str> = page
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert!(blocks.len() > 2, "the guide shows commands");
    let mock = Mock::on_premise();
    // `|| true` forgives the verdicts that a busy machine may change, and nothing else.
    let forgiven = "|| case $? in 1 | 4) ;; *) exit 9 ;; esac";
    let script = blocks.concat().replace("http://127.0.0.1:6009", &mock.http_url());
    let script = script.replace("|| true", forgiven);
    let folder = tempfile::tempdir().unwrap();
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    symlink(env!("CARGO_BIN_EXE_proofload"), bin.join("proofload")).unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(bin).chain(std::env::split_paths(&path))).unwrap();
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .env("PATH", path)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{guide}: {said}");
}

#[test]
fn a_new_deployment() {
    assert_works("new-deployment.md");
}

#[test]
fn capacity_on_premise() {
    assert_works("capacity-on-premise.md");
}

#[test]
fn gate_in_ci() {
    assert_works("gate-in-ci.md");
}
