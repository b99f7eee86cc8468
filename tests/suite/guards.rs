//! Doors stay shut under load, or the run fails whatever its latencies.

use crate::program::proofload;
use proofload_mock_server::{Defect, QueueSettings, Settings};
use proofload_test_support::Mock;
use serde_json::Value;
use std::num::NonZeroU32;
use std::path::Path;

/// Eighty users that do not think, at a server that serves four calls at a time: all of them wait for it.
const CROWD: &str = r#"
description = "A crowd."
duration = "2s"
users = 80
guard = "20/s"
[arrivals]
process = "closed"
[images]
builtin = ["face-crop-260x300", "face-aligned-112"]
[[journeys]]
name = "crowd"
mix = true
steps = [{ operation = "profile" }, { operation = "renewToken" }, { operation = "publishWithResponse", body = { largestFaceOnly = true } }]
"#;

const TARGET: &str = r#"
[targets.lab]
url = "URL"
allow = ["reads", "load"]
[[targets.lab.accounts]]
name = "full"
username = "admin"
password = { file = "admin.secret" }
permissions = "all"
[[targets.lab.accounts]]
name = "none"
username = "nobody"
password = { file = "nobody.secret" }
permissions = []
"#;

fn crowded(defects: &[Defect]) -> Mock {
    Mock::start(Settings {
        defects: defects.to_vec(),
        queue: Some(QueueSettings {
            workers: NonZeroU32::new(4).expect("more than none"),
            service: "fixed:8ms".parse().expect("a service time"),
            slowdown: 0.0,
            behaviours: Vec::new(),
            seed: 7,
        }),
        ..Settings::default()
    })
}

/// A folder with the scenario, and the mock as the target `lab`.
fn folder(mock: &Mock) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("crowd.toml", CROWD);
    write("proofload.toml", &TARGET.replace("URL", &mock.http_url()));
    write("admin.secret", "admin-pass");
    write("nobody.secret", "nobody-pass");
    folder
}

fn load(folder: &Path, options: &[&str]) -> (Option<i32>, Value) {
    let line = [
        "load",
        "--target",
        "lab",
        "--scenario",
        "crowd.toml",
        "--format",
        "json",
    ];
    let output = proofload(folder, &[&line[..], options].concat());
    let stderr = String::from_utf8_lossy(&output.stderr);
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"));
    (output.status.code(), report)
}

fn count(report: &Value, kind: &str, member: &str) -> u64 {
    report["guards"]["guards"][kind][member].as_u64().unwrap_or_default()
}

fn misdirected(report: &Value, operation: &str) -> u64 {
    report["guards"]["misdirected"][operation].as_u64().unwrap_or_default()
}

/// How often a report says that a defect was seen.
type Found = fn(&Value) -> u64;

#[test]
fn every_defect_that_shows_in_a_crowd_is_caught() {
    let checks: [(Defect, Found); 4] = [
        (Defect::TakesTamperedInACrowd, |report| {
            count(report, "tampered-token", "let_in")
        }),
        (Defect::SkipsPermissionsWhenFull, |report| {
            count(report, "without-permission", "let_in")
        }),
        (Defect::MixesUsersInACrowd, |report| {
            misdirected(report, "profile").min(misdirected(report, "renewToken"))
        }),
        (Defect::MixesFacesInACrowd, |report| {
            misdirected(report, "publishWithResponse")
        }),
    ];
    // One after the other: of several crowds at once on a busy machine none may be one.
    for (defect, found) in checks {
        let mock = crowded(&[defect]);
        let folder = folder(&mock);
        // Of a sample alone a busy machine looks into few, and those may be right.
        let (code, report) = load(folder.path(), &["--check", "all"]);
        assert!(found(&report) > 0, "{defect}: {report:#}");
        assert_eq!((code, &report["verdict"]), (Some(1), &"fail".into()), "{defect}");
        let breach = &report["guards"]["breaches"][0];
        assert!(breach["in_flight"].as_u64() > Some(20), "{defect}: {breach}");
        let sentence = report["sentence"].as_str().unwrap_or_default();
        assert!(sentence.contains("did not keep its doors shut"), "{sentence}");
    }
}

#[test]
fn a_sound_server_keeps_its_doors_shut_and_guards_count_nowhere_else() {
    let mock = crowded(&[]);
    let folder = folder(&mock);
    let (code, report) = load(folder.path(), &["--out", "run", "--slo", "errors < 1%"]);
    assert_ne!(code, Some(1), "{report:#}");
    for kind in [
        "no-token",
        "tampered-token",
        "bent-expiry",
        "without-permission",
        "nobodys-id",
    ] {
        let (sent, refused) = (count(&report, kind, "sent"), count(&report, kind, "refused"));
        let unanswered = report["guards"]["guards"][kind]["statuses"]["unanswered"].as_u64();
        let answered = sent - unanswered.unwrap_or_default();
        assert!(answered > 0 && answered == refused, "{kind}: {report:#}");
    }
    assert!(report["guards"]["untried"]["expired-token"].is_string(), "{report:#}");
    assert!(report["guards"].get("misdirected").is_none());
    let checked = &report["guards"]["checked"];
    for operation in ["profile", "renewToken", "publishWithResponse"] {
        assert!(checked[operation].as_u64() > Some(0), "{operation}: {checked}");
    }
    // No guard is in any row: everything there succeeded, and nothing was refused.
    for row in report["operations"].as_array().expect("rows") {
        let statuses = row["statuses"].as_object().expect("statuses");
        assert!(
            statuses.keys().all(|status| status == "200" || status == "timeout"),
            "{row}"
        );
        assert_ne!(row["name"], "listTags");
    }
    // The record says the same, whoever reads it.
    let again = proofload(folder.path(), &["report", "run", "--format", "json"]);
    let again: Value = serde_json::from_slice(&again.stdout).expect("JSON");
    assert_eq!(again["guards"], report["guards"]);
}

#[test]
fn guards_and_looks_are_switched_off_where_nobody_wants_them() {
    let mock = crowded(&[Defect::TakesTamperedInACrowd, Defect::MixesUsersInACrowd]);
    let folder = folder(&mock);
    let options = ["--guard", "off", "--check", "none", "--duration", "1s"];
    let (_, report) = load(folder.path(), &options);
    assert!(report.get("guards").is_none(), "{report:#}");
    let refused = proofload(folder.path(), &["load", "--guard", "200/s"]);
    assert_eq!(refused.status.code(), Some(2));
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(told.contains("up to 100/s"), "{told}");
}

#[test]
fn accounts_of_their_own_are_told_apart_and_not_accused() {
    let runs = [(&[][..], false), (&[Defect::MixesUsersInACrowd][..], true)];
    std::thread::scope(|scope| {
        for (defects, mixes) in runs {
            scope.spawn(move || {
                let mock = crowded(defects);
                let folder = folder(&mock);
                let accounts = "username,password\nadmin,admin-pass\nreader,reader-pass\n";
                std::fs::write(folder.path().join("accounts.csv"), accounts).expect("written");
                for more in [&[][..], &["--one-login"]] {
                    let options = ["--accounts", "accounts.csv", "--check", "all", "--duration", "1s"];
                    let (_, report) = load(folder.path(), &[&options[..], more].concat());
                    let looked = report["guards"]["checked"]["profile"].as_u64();
                    assert!(looked > Some(10), "{more:?}: {report:#}");
                    assert_eq!(misdirected(&report, "profile") > 0, mixes, "{more:?}: {report:#}");
                    assert_eq!(misdirected(&report, "renewToken") > 0, mixes, "{more:?}: {report:#}");
                }
            });
        }
    });
}
