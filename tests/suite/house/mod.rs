//! The house stands as drawn: who may import whom, and no circle of files crosses a folder.

mod imports;
mod layers;
mod words;

use imports::Files;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use toml::Table;

/// For each of our crates, the crates of ours that it may use: the arrows of the map in `src/lib.rs`.
const ARROWS: [(&str, &[&str]); 24] = [
    ("advice", &["capacity", "deployment", "gate", "load", "results"]),
    ("contract", &[]),
    ("drift", &[]),
    ("exit", &["deployment", "results"]),
    ("help", &[]),
    ("live", &["reports", "results"]),
    ("results", &["contract"]),
    ("mock-server", &["contract"]),
    ("deployment", &["contract", "results"]),
    ("capacity-search", &["results"]),
    ("gate-statistics", &["results"]),
    ("probing", &["contract", "deployment", "results"]),
    ("conformance", &["contract", "deployment", "probing", "results"]),
    ("conformance-snapshots", &["conformance", "contract", "results"]),
    ("wire", &["deployment", "results"]),
    ("watch", &["deployment", "results"]),
    ("load", &["contract", "deployment", "drift", "results", "watch", "wire"]),
    ("survey", &["contract", "deployment", "probing", "results"]),
    (
        "capacity",
        &["capacity-search", "contract", "deployment", "load", "results", "watch"],
    ),
    (
        "gate",
        &[
            "conformance",
            "conformance-snapshots",
            "contract",
            "deployment",
            "gate-statistics",
            "load",
            "results",
            "watch",
        ],
    ),
    ("fleet", &["deployment", "load", "results"]),
    ("options", &["deployment"]),
    ("reports", &["contract", "results"]),
    (
        "",
        &[
            "advice",
            "capacity",
            "conformance",
            "conformance-snapshots",
            "contract",
            "deployment",
            "exit",
            "fleet",
            "gate",
            "help",
            "live",
            "load",
            "mock-server",
            "options",
            "reports",
            "results",
            "survey",
            "watch",
        ],
    ),
];

/// What a crate must not bring along, however indirectly.
const KEPT_OUT: [(&str, &[&str]); 5] = [
    (
        "proofload-results",
        &["maud", "csv", "quick-junit", "proofload-reports"],
    ),
    (
        "proofload-gate-statistics",
        &["maud", "csv", "quick-junit", "proofload-reports"],
    ),
    (
        "proofload-capacity-search",
        &["maud", "csv", "quick-junit", "proofload-reports"],
    ),
    ("proofload-load", &["jsonschema", "maud"]),
    ("proofload-conformance", &["goose", "maud"]),
];

/// Lines that a crate may have at most, tests in its `src` included: beyond, it holds more than one thing.
const MOST_LINES: usize = 17_000;
/// The same for the command line.
const MOST_LINES_OF_THE_PROGRAM: usize = 6_500;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Where a crate of ours lives; the program's own name is empty.
fn folder_of(krate: &str) -> PathBuf {
    match krate {
        "" => root(),
        "mock-server" | "reports" => root().join(krate),
        engine => root().join("crates").join(engine),
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of ours") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The crates of ours that a manifest names, whatever system they are for.
fn named_by(manifest: &Table) -> BTreeSet<String> {
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let tables = targets
        .into_iter()
        .flat_map(Table::values)
        .chain([&toml::Value::Table(manifest.clone())])
        .filter_map(|table| table.get("dependencies")?.as_table().cloned())
        .collect::<Vec<_>>();
    let names = tables.iter().flat_map(Table::keys);
    names
        .filter_map(|name| name.strip_prefix("proofload-").map(str::to_owned))
        .collect()
}

#[test]
fn no_crate_imports_upwards() {
    let allowed = BTreeMap::from(ARROWS);
    for (krate, may_use) in &allowed {
        let manifest = fs::read_to_string(folder_of(krate).join("Cargo.toml")).expect("a manifest");
        let uses = named_by(&manifest.parse().expect("TOML"));
        let may_use: BTreeSet<String> = may_use.iter().map(|name| (*name).to_owned()).collect();
        let beyond: Vec<_> = uses.difference(&may_use).collect();
        assert!(
            beyond.is_empty(),
            "{krate:?} uses {beyond:?}, which the map does not show"
        );
    }
    let crates = fs::read_dir(root().join("crates")).expect("the crates");
    for entry in crates {
        let name = entry
            .expect("readable")
            .file_name()
            .into_string()
            .expect("a plain name");
        assert!(allowed.contains_key(name.as_str()), "crates/{name} is not on the map");
    }
}

#[test]
fn pure_crates_stay_pure() {
    for (krate, kept_out) in KEPT_OUT {
        let tree = Command::new(env!("CARGO"))
            .args([
                "tree",
                "--offline",
                "--edges",
                "normal",
                "--prefix",
                "none",
                "--package",
                krate,
            ])
            .current_dir(root())
            .output()
            .expect("cargo runs");
        let tree = String::from_utf8(tree.stdout).expect("UTF-8");
        let names: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(names.contains(krate), "cargo tree shows {krate} itself: {tree}");
        for name in kept_out {
            assert!(!names.contains(name), "{krate} brings {name} along");
        }
    }
}

#[test]
fn no_circle_of_files_crosses_a_folder() {
    let mut crossing = Vec::new();
    for (krate, _) in ARROWS {
        let src = folder_of(krate).join("src");
        let files = Files::of(&src);
        // In a handful of files, none may need another; in more, the reader of imports would be blind.
        let has_some = files.arrows() > 0 || sources(&src).len() <= 4;
        assert!(has_some, "{krate:?} has files that import each other");
        for circle in files.circles() {
            let folders: BTreeSet<_> = circle.iter().filter_map(|file| file.parent()).collect();
            if folders.len() > 1 {
                crossing.push(format!("{krate:?}: {circle:?}"));
            }
        }
    }
    assert!(crossing.is_empty(), "{}", crossing.join("\n"));
}

#[test]
fn no_room_outgrows_the_house() {
    for (krate, _) in ARROWS {
        let lines: usize = sources(&folder_of(krate).join("src"))
            .iter()
            .map(|path| fs::read_to_string(path).expect("a source").lines().count())
            .sum();
        let most = if krate.is_empty() {
            MOST_LINES_OF_THE_PROGRAM
        } else {
            MOST_LINES
        };
        assert!(lines <= most, "{krate:?} has {lines} lines; at most {most} were meant");
    }
}

#[test]
fn every_test_target_is_run() {
    let script = fs::read_to_string(root().join("scripts/test.sh")).expect("the script");
    let script: Vec<&str> = script.split_whitespace().collect();
    let is_run = |name: &str| script.windows(2).any(|words| words == ["--test", name]);
    let mut roots: Vec<PathBuf> = ARROWS.iter().map(|(krate, _)| folder_of(krate)).collect();
    let benches = fs::read_dir(root().join("benches")).expect("the benches");
    roots.extend(benches.map(|entry| entry.expect("readable").path()));
    let mut targets = BTreeSet::new();
    for tests in roots.iter().filter_map(|krate| fs::read_dir(krate.join("tests")).ok()) {
        for path in tests.map(|entry| entry.expect("readable").path()) {
            let is_target = path.join("main.rs").is_file() || path.extension().is_some_and(|kind| kind == "rs");
            targets.extend(is_target.then(|| path.file_stem().expect("a name").to_string_lossy().into_owned()));
        }
    }
    let forgotten: Vec<_> = targets.iter().filter(|name| !is_run(name)).collect();
    assert!(targets.len() >= 6, "{targets:?}");
    assert!(forgotten.is_empty(), "scripts/test.sh does not name {forgotten:?}");
}
