//! The same failure has the same exit code in every command.

use super::refused;
use std::path::Path;

/// Every command that loads, against the deployment at `url`.
fn loading<'a>(url: &'a str, more: &[&'a str]) -> Vec<Vec<&'a str>> {
    let one = ["--username", "admin", "--url", url];
    let two = ["--username", "admin", "--url-a", url, "--url-b", url];
    let with = |line: &[&'a str], at: &[&'a str]| [line, at, more].concat();
    vec![
        with(&["load"], &one),
        with(&["capacity"], &one),
        with(&["certify"], &one),
        with(&["gate"], &two),
    ]
}

#[track_caller]
fn assert_all_say(folder: &Path, lines: &[Vec<&str>], code: i32, words: &str) {
    for line in lines {
        let said = refused(folder, line, code);
        assert!(said.contains(words), "{line:?}: {said}");
    }
}

#[test]
fn the_same_failure_has_the_same_code_in_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    // An address for documentation: should the refusal fail, nobody is loaded.
    let foreign = loading("https://192.0.2.1:5009", &[]);
    assert_all_say(folder, &foreign, 2, "may not be loaded");
    let mut dead = loading("https://127.0.0.1:1", &[]);
    dead.push(vec!["validate", "--username", "admin", "--url", "https://127.0.0.1:1"]);
    assert_all_say(folder, &dead, 3, "cannot reach https://127.0.0.1:1");
    let unknown = loading("http://127.0.0.1:1", &["--scenario", "camera-fed"]);
    assert_all_say(folder, &unknown, 2, "did you mean camera-feed?");
    let mut none = loading("ftp://127.0.0.1", &[]);
    none.push(vec!["validate", "--url", "ftp://127.0.0.1"]);
    assert_all_say(folder, &none, 2, "neither http nor https");
    let accepted = [
        vec!["validate", "--accepted", "none.toml"],
        vec!["certify", "--accepted", "none.toml"],
        vec![
            "gate",
            "--baseline",
            "a",
            "--candidate",
            "b",
            "--snapshot",
            "s",
            "--accepted",
            "none.toml",
        ],
    ];
    assert_all_say(folder, &accepted, 2, "cannot read `none.toml`");
}
