//! Six formats in every command, on stdout and into files.

use super::{ON_A_TARGET, proofload, refused};
use crate::gate::runs::{Synthetic, publish};
use std::fs;
use std::path::Path;

const FORMATS: [&str; 6] = ["console", "html", "junit", "markdown", "json", "csv"];

/// Has the form that its format has, and is about what the command did.
#[track_caller]
fn assert_is(format: &str, text: &str, schema: &str) {
    match format {
        "html" => assert!(text.starts_with("<!DOCTYPE html>"), "{text}"),
        "junit" => assert!(text.starts_with("<?xml") && text.contains("<testcase"), "{text}"),
        "markdown" => assert!(text.starts_with("# "), "{text}"),
        "json" => {
            let json: serde_json::Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(json["schema"], schema);
        }
        "csv" => assert!(
            text.lines().count() > 1 && text.lines().all(|line| line.contains(',')),
            "{text}"
        ),
        _ => assert!(!text.trim().is_empty()),
    }
}

/// Makes a run that writes every format but `lacks` into a file, and prints `printed`.
#[track_caller]
fn assert_all_are_written(folder: &Path, line: &[&str], printed: &str, lacks: &[&str]) {
    let command = line[0];
    let schema = match command {
        "merge" => "proofload.load/1".to_owned(),
        _ => format!("proofload.{command}/1"),
    };
    let wanted: Vec<&str> = FORMATS.into_iter().filter(|format| !lacks.contains(format)).collect();
    let files: Vec<String> = wanted
        .iter()
        .map(|format| format!("{format}={command}.{format}"))
        .collect();
    let mut args = [line, &["--format", printed]].concat();
    args.extend(files.iter().flat_map(|file| ["--report", file]));
    let output = proofload(folder, &args);
    let code = output.status.code();
    assert!([Some(0), Some(1), Some(4)].contains(&code), "{args:?}: {output:?}");
    for format in &wanted {
        let text = fs::read_to_string(folder.join(format!("{command}.{format}"))).expect(format);
        assert_is(format, &text, &schema);
        if *format == printed && printed != "console" {
            assert_eq!(
                text.as_bytes(),
                output.stdout,
                "{command}: {format} is not what was printed"
            );
        }
    }
}

#[test]
fn every_command_writes_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    publish(50_000.0).write(&folder.join("a"));
    let later = |run: &mut Synthetic| run.info.started_unix_ns += 1_000_000_000;
    publish(50_000.0).seed(2).with(later).write(&folder.join("b"));
    for (line, printed, lacks) in [
        (&["gate", "--baseline", "a", "--candidate", "b"][..], "csv", &[][..]),
        (&["validate", "--only", "listTags"], "csv", &[]),
        (&["load", "--duration", "1s", "--out", "run"], "html", &[]),
        (&["load", "--duration", "1s"], "csv", &["html"]),
        (&["merge", "run", "--out", "merged"], "html", &[]),
        (
            &["certify", "--load-duration", "1s", "--skip-capacity", "--out", "d"],
            "junit",
            &["csv"],
        ),
        (
            &["capacity", "--max-rate", "25/s", "--max-time", "8s", "--step", "1s"],
            "markdown",
            &[],
        ),
    ] {
        assert_all_are_written(folder, line, printed, lacks);
    }
    for (kind, schema) in [
        ("run", "load"),
        ("merged", "load"),
        ("d", "certify"),
        ("d/validate", "validate"),
        ("d/load", "load"),
    ] {
        for format in FORMATS.into_iter().filter(|format| kind != "d" || *format != "csv") {
            let shown = proofload(folder, &["report", kind, "--format", format]);
            assert_eq!(shown.status.code(), Some(0), "{kind}: {shown:?}");
            assert_is(
                format,
                &String::from_utf8_lossy(&shown.stdout),
                &format!("proofload.{schema}/1"),
            );
        }
    }
    let table = refused(folder, &["report", "d", "--format", "csv"], 2);
    assert!(table.contains("a dossier is not a table"), "{table}");
    let annotations = proofload(
        folder,
        &["gate", "--baseline", "a", "--candidate", "b", "--format", "annotations"],
    );
    assert!(annotations.stdout.starts_with(b"::"), "{annotations:?}");
}

#[test]
fn a_format_that_cannot_be_is_refused_before_the_run() {
    let folder = tempfile::tempdir().expect("a folder");
    for (line, format, words) in [
        (&["certify", "--out", "d"], "csv", "a dossier is not a table"),
        (
            &["load", "--duration=1s", "--seed=1"],
            "html",
            "name a directory for it with --out",
        ),
    ] {
        let asked = format!("{format}=x");
        for option in [["--format", format], ["--report", &asked]] {
            let said = refused(folder.path(), &[&line[..], &option].concat(), 2);
            assert!(said.contains(words), "{said}");
        }
    }
    assert_eq!(
        fs::read_dir(folder.path()).expect("a folder").count(),
        0,
        "nothing was made"
    );
    for command in ON_A_TARGET {
        refused_by_parser(command);
    }
}

/// Workflow commands are what a gate has to say, and nobody else.
#[track_caller]
fn refused_by_parser(command: &str) {
    let line = ["proofload", command, "--format", "annotations"];
    let refused = proofload::cli::command().try_get_matches_from(line);
    assert!(refused.is_err(), "{line:?}");
}
