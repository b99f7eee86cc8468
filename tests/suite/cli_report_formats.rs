//! `proofload report` in every format, on what every command leaves, and on what is none of ours.

use crate::program::{program, proofload};
use proofload_results::examples;
use serde_json::Value;
use std::fs;
use std::path::Path;

#[track_caller]
fn report(folder: &Path, args: &[&str]) -> String {
    let output = proofload(folder, &[&["report"], args].concat());
    assert_eq!(output.status.code(), Some(0), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A folder with a run directory of each kind: `load`, `more` (load again), `validate`, `capacity`, `gate`.
fn every_kind() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for out in ["load", "more"] {
        let run = ["load", "--duration", "1s", "--slo", "errors < 0.001%", "--out", out];
        let output = proofload(folder.path(), &run);
        assert!(output.status.code() != Some(2), "{output:?}");
    }
    for kind in ["validate", "capacity", "gate"] {
        fs::create_dir(folder.path().join(kind)).unwrap();
    }
    let run = [
        "validate",
        "--only",
        "listTags",
        "--report",
        "json=validate/validate.json",
    ];
    assert_eq!(proofload(folder.path(), &run).status.code(), Some(0));
    let write = |path: &str, document: &Value| fs::write(folder.path().join(path), format!("{document:#}")).unwrap();
    write(
        "capacity/capacity.json",
        &serde_json::to_value(examples::capacity::found()).unwrap(),
    );
    write(
        "gate/gate.json",
        &serde_json::to_value(examples::gate::regressed()).unwrap(),
    );
    folder
}

#[test]
fn every_kind_is_told_by_its_files_and_shown_in_every_format() {
    let folder = every_kind();
    for (kind, word, schema) in [
        ("load", "smoke", "proofload.load/1"),
        ("validate", "pass", "proofload.validate/1"),
        ("capacity", "183", "proofload.capacity/1"),
        ("gate", "publish", "proofload.gate/1"),
    ] {
        for format in ["console", "markdown", "csv", "junit"] {
            let text = report(folder.path(), &[kind, "--format", format]);
            assert!(
                ["csv", "junit"].contains(&format) || text.contains(word),
                "{kind} {format}: {text}"
            );
            match format {
                "markdown" => assert!(text.starts_with("# "), "{kind}: {text}"),
                "junit" => assert!(text.contains("<testcase"), "{kind}: {text}"),
                "csv" => assert!(text.lines().count() > 1, "{kind}: {text}"),
                _ => {}
            }
        }
        let json: Value = serde_json::from_str(&report(folder.path(), &[kind, "--format", "json"])).unwrap();
        assert_eq!(json["schema"], schema);
    }
}

#[test]
fn several_load_runs_are_shown_side_by_side() {
    let folder = every_kind();
    let console = report(folder.path(), &["load", "more"]);
    assert!(
        console.contains("1  load: smoke") && console.contains("2 vs 1"),
        "{console}"
    );
    let csv = report(folder.path(), &["load", "more", "--format", "csv"]);
    assert!(csv.starts_with("operation,figure,unit,load,more\n"), "{csv}");
    let markdown = report(folder.path(), &["load", "more", "--format", "markdown"]);
    assert!(
        markdown.contains("| operation | figure | 1 | 2 | 2 vs 1 |"),
        "{markdown}"
    );
    let junit = report(folder.path(), &["load", "validate", "--format", "junit"]);
    assert!(
        junit.contains("<testsuite name=\"load\"") && junit.contains("<testsuite name=\"listTags\""),
        "{junit}"
    );
    let mixed = report(folder.path(), &["load", "validate"]);
    assert!(mixed.contains("smoke") && mixed.contains("listTags"), "{mixed}");
    let page = report(folder.path(), &["load", "more", "--format", "html"]);
    assert!(
        page.starts_with("<!DOCTYPE html>") && page.contains("2 load runs overlaid"),
        "{page}"
    );
    for format in ["csv", "html"] {
        let refused = proofload(folder.path(), &["report", "load", "validate", "--format", format]);
        assert_eq!(refused.status.code(), Some(2));
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains("several") && said.lines().count() == 1, "{said}");
    }
    let many = [&["report", "--format", "html"][..], &["load"; 17]].concat();
    let refused = proofload(folder.path(), &many);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("at most 16 load runs"), "{said}");
}

/// A page of several runs is made of whole runs of this version only; one that is still under way is one of them.
#[test]
fn a_bad_directory_among_good_ones_is_named_and_nothing_is_shown() {
    let folder = every_kind();
    let copy = |name: &str| {
        fs::create_dir(folder.path().join(name)).unwrap();
        for file in ["run.json", "latency.hlog", "counters.jsonl"] {
            fs::copy(
                folder.path().join("more").join(file),
                folder.path().join(name).join(file),
            )
            .unwrap();
        }
    };
    let change = |name: &str, from: &str, to: &str| {
        let path = folder.path().join(name).join("run.json");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    };
    for name in ["half", "newer", "foreign", "cut", "lost", "running"] {
        copy(name);
    }
    let text = fs::read_to_string(folder.path().join("half/run.json")).unwrap();
    fs::write(folder.path().join("half/run.json"), &text[..text.len() / 2]).unwrap();
    change("newer", "proofload.run/1", "proofload.run/2");
    change("foreign", "proofload.run/1", "somebody.else/1");
    change("running", "\"status\": \"complete\"", "\"status\": \"running\"");
    fs::write(folder.path().join("cut/counters.jsonl"), "").unwrap();
    fs::remove_file(folder.path().join("lost/latency.hlog")).unwrap();
    for (directory, code, words) in [
        ("half", 3, "the record is damaged: half/run.json"),
        ("newer", 2, "in the format proofload.run/2"),
        ("foreign", 2, "somebody.else/1"),
        ("cut", 3, "counters.jsonl holds less than run.json counted"),
        ("lost", 3, "latency.hlog is missing"),
        ("nowhere", 2, "nowhere holds no run of proofload"),
    ] {
        for format in ["html", "console"] {
            let output = proofload(folder.path(), &["report", "load", directory, "--format", format]);
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(code), "{directory}: {said}");
            assert!(said.contains(words) && said.lines().count() == 1, "{directory}: {said}");
            assert!(output.stdout.is_empty(), "{directory}");
        }
    }
    let page = report(folder.path(), &["load", "running", "--format", "html"]);
    assert!(page.contains("the record was never closed"), "{page}");
}

#[test]
fn bad_input_is_one_sentence_with_its_exit_code() {
    let folder = every_kind();
    let bad = |name: &str, file: &str, text: &str| {
        fs::create_dir(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name).join(file), text).unwrap();
    };
    let validate = fs::read_to_string(folder.path().join("validate/validate.json")).unwrap();
    bad("half", "validate.json", &validate[..validate.len() / 2]);
    bad("nothing", "capacity.json", "");
    bad(
        "newer",
        "gate.json",
        "{\"schema\": \"proofload.gate/2\", \"verdict\": \"splendid\"}",
    );
    bad("foreign", "validate.json", "{\"schema\": \"somebody.else/1\\u202e\"}");
    bad("list", "validate.json", "[1, 2]");
    bad("changed", "validate.json", &validate.replace("\"pass\"", "\"perhaps\""));
    for (directory, code, words) in [
        ("half", 3, "validate.json is not whole"),
        ("nothing", 3, "capacity.json is not whole"),
        (
            "newer",
            2,
            "is in the format proofload.gate/2, and this proofload reads proofload.gate/1",
        ),
        ("foreign", 2, "somebody.else/1\\u{202e}"),
        ("list", 3, "validate.json is not whole"),
        ("changed", 3, "validate.json is not whole"),
        ("nowhere", 2, "nowhere holds no run of proofload"),
    ] {
        for format in ["console", "junit", "json"] {
            let output = proofload(folder.path(), &["report", directory, "--format", format]);
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(code), "{directory}: {said}");
            assert!(said.contains(words) && said.lines().count() == 1, "{directory}: {said}");
            assert!(output.stdout.is_empty(), "{directory}");
        }
    }
}

/// `NO_COLOR`, `CLICOLOR_FORCE` and an ASCII locale do what they say, and a pipe has no colours.
#[test]
fn the_environment_decides_about_colours_and_characters() {
    let folder = every_kind();
    let shown = |environment: &[(&str, &str)]| {
        let mut command = program();
        command.args(["report", "load"]).current_dir(folder.path());
        for name in [
            "NO_COLOR",
            "CLICOLOR_FORCE",
            "CLICOLOR",
            "LC_ALL",
            "LC_CTYPE",
            "LANG",
            "TERM",
        ] {
            command.env_remove(name);
        }
        command.envs(environment.iter().copied());
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(!shown(&[]).contains('\x1b'));
    let coloured = shown(&[("CLICOLOR_FORCE", "1")]);
    assert!(coloured.contains("\x1b[1m"), "{coloured:?}");
    assert!(!shown(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).contains('\x1b'));
    assert!(shown(&[("LC_ALL", "C")]).is_ascii());
}
