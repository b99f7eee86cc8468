//! `proofload baseline`: what is kept is found again, whole; what is pruned is gone; what is unfit is refused.

use crate::program::proofload;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

#[track_caller]
fn passes(folder: &Path, args: &[&str]) -> String {
    let output = proofload(folder, args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A run of a second, whose record says that it was `day` of November and that its generator was healthy: machines that
/// run tests are busy.
fn run(folder: &Path, name: &str, day: u32) {
    let output = proofload(folder, &["load", "--duration", "1s", "--out", name]);
    assert!(output.status.code() != Some(2), "{output:?}");
    change(folder, name, |run| {
        run["started_at"] = format!("2026-11-{day:02}T12:00:00.000Z").into();
        run["started_unix_ns"] = (1_793_448_000_000_000_000_u64 + u64::from(day) * 86_400_000_000_000).into();
        run["result"]["verdict"] = "pass".into();
    });
}

fn change(folder: &Path, name: &str, change: impl FnOnce(&mut Value)) {
    let path = folder.join(name).join("run.json");
    let mut document: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    change(&mut document);
    fs::write(&path, document.to_string()).unwrap();
}

fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .filter(|(name, _)| name != "baseline.json")
        .collect();
    files.sort();
    files
}

#[test]
fn what_is_kept_is_found_again_whole() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    run(folder, "x", 20);
    let branch = "feature/new login";
    let kept = passes(
        folder,
        &["baseline", "keep", "x", "--branch", branch, "--commit", "1f2e3d4"],
    );
    let place = PathBuf::from(kept.trim_end());
    assert!(place.starts_with("baselines/smoke/feature%2Fnew%20login"), "{kept}");
    assert_eq!(files(&folder.join(&place)), files(&folder.join("x")));

    let again = proofload(folder, &["baseline", "keep", "x", "--branch", branch]);
    assert_eq!(
        String::from_utf8(again.stdout).unwrap(),
        kept,
        "keeping twice changes nothing"
    );
    assert!(
        String::from_utf8(again.stderr)
            .unwrap()
            .contains("had been kept before")
    );

    let path = passes(folder, &["baseline", "path", "--branch", branch, "--scenario", "smoke"]);
    assert_eq!(path, kept);
    assert!(passes(folder, &["report", path.trim_end()]).contains("smoke"));
    let list: Value = serde_json::from_str(&passes(folder, &["baseline", "list", "--format", "json"])).unwrap();
    assert_eq!(list["schema"], "proofload.baselines/1");
    let listed = &list["baselines"][0];
    assert_eq!(
        (&listed["branch"], &listed["commit"]),
        (&branch.into(), &"1f2e3d4".into())
    );
    assert!(passes(folder, &["baseline", "list"]).contains(branch));
}

#[test]
fn the_newest_are_named_and_stay() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (name, day) in [("a", 1), ("b", 20), ("c", 10)] {
        run(folder, name, day);
        passes(
            folder,
            &["baseline", "keep", name, "--branch", "main", "--store", "kept"],
        );
    }
    let path = |count: &str| {
        let line = [
            "baseline",
            "path",
            "--branch",
            "main",
            "--scenario",
            "smoke",
            "--count",
            count,
            "--store",
            "kept",
        ];
        passes(folder, &line).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let newest = path("9");
    assert_eq!(newest.len(), 3);
    assert_eq!(path("1"), newest[..1], "the newest comes first");
    assert!(newest[0].contains("20261120T"), "{newest:?}");

    let prune = ["baseline", "prune", "--keep", "2", "--store", "kept"];
    let would = passes(folder, &[&prune[..], &["--dry-run"]].concat());
    assert_eq!(would.trim_end(), newest[2]);
    assert_eq!(path("9").len(), 3, "a dry run removes nothing");
    assert_eq!(passes(folder, &prune), would);
    assert_eq!(path("9"), newest[..2]);
    passes(folder, &["baseline", "prune", "--older-than", "1s", "--store", "kept"]);
    assert_eq!(path("9"), newest[..1], "the newest stays, however old");
    assert!(!folder.join(&newest[1]).exists());
}

#[test]
fn what_is_unfit_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for name in ["whole", "interrupted", "killed", "invalid", "cut"] {
        run(folder, name, 20);
    }
    change(folder, "interrupted", |run| run["status"] = "incomplete".into());
    change(folder, "killed", |run| {
        run["status"] = "running".into();
        run["result"] = Value::Null;
    });
    change(folder, "invalid", |run| run["result"]["verdict"] = "invalid".into());
    fs::write(folder.join("cut/latency.hlog"), "").unwrap();
    for (name, code, words) in [
        ("interrupted", 4, "interrupted before its end"),
        ("killed", 4, "still under way, or was killed"),
        ("invalid", 4, "its generator was the bottleneck"),
        ("cut", 3, "holds less"),
        ("nowhere", 2, "nowhere holds no record"),
    ] {
        let output = proofload(folder, &["baseline", "keep", name, "--branch", "main"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{name}: {said}");
        assert!(said.contains(words) && said.lines().count() == 1, "{name}: {said}");
    }
    let empty = proofload(folder, &["baseline", "path", "--branch", "main", "--scenario", "smoke"]);
    assert_eq!(empty.status.code(), Some(3), "{empty:?}");
    assert!(empty.stdout.is_empty());
    let unnamed = proofload(folder, &["baseline", "keep", "whole", "--branch", " "]);
    assert_eq!(unnamed.status.code(), Some(2));
    assert_eq!(
        proofload(folder, &["baseline", "prune"]).status.code(),
        Some(2),
        "of what, it must be told"
    );

    // What is half copied, or foreign, is never listed, and never removed.
    passes(folder, &["baseline", "keep", "whole", "--branch", "main"]);
    let shelf = folder.join("baselines/smoke/main");
    assert_eq!(fs::read_dir(&shelf).unwrap().count(), 1, "no leftovers");
    fs::create_dir(shelf.join(".part-1-2")).unwrap();
    fs::create_dir(shelf.join("somebody-elses")).unwrap();
    let list = proofload(folder, &["baseline", "list"]);
    assert_eq!(String::from_utf8(list.stdout).unwrap().lines().count(), 2);
    assert!(
        String::from_utf8(list.stderr)
            .unwrap()
            .contains("somebody-elses is left alone")
    );
    passes(folder, &["baseline", "prune", "--keep", "1"]);
    assert!(shelf.join("somebody-elses").exists());
}
