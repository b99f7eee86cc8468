//! `proofload gate` on live deployments: in turns, and against snapshots.

use crate::gate::runs::publish;
use crate::gate::{compare, folder, gate, refused};
use crate::program::program;
use proofload_mock_server::Settings;
use proofload_results::gate::{GateReport, GateVerdict, Mode};
use proofload_test_support::Mock;
use std::fs;
use std::path::Path;
use std::process::Output;

fn in_turns(a: &str, b: &str, more: &[&str]) -> Output {
    let mut command = program();
    let args = [
        "gate",
        "--url-a",
        a,
        "--url-b",
        b,
        "--username",
        "admin",
        "--scenario",
        "camera-feed",
    ];
    let load = [
        "--rate", "150/s", "--users", "10", "--block", "200ms", "--format", "json",
    ];
    command.args(args).args(load).args(more);
    command
        .env("PROOFLOAD_PASSWORD", "admin-pass")
        .output()
        .expect("the program runs")
}

/// Whatever a busy machine makes of it, the answer, the exit code and the looks go together.
#[test]
fn two_deployments_in_turns() {
    let good = Mock::start(Settings::default());
    let other = Mock::start(Settings::default());
    let output = in_turns(
        &good.http_url(),
        &other.http_url(),
        &["--max-time", "20s", "--seed", "3"],
    );
    let report: GateReport =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    let code = match report.verdict {
        GateVerdict::NotRegressed => 0,
        GateVerdict::Regressed => 1,
        GateVerdict::Inconclusive => 4,
    };
    assert_eq!(output.status.code(), Some(code));
    assert_eq!((report.mode, report.settings.seed), (Mode::Interleaved, 3));
    assert_eq!(
        report.candidate.runs[0].base_url.trim_end_matches('/'),
        other.http_url().trim_end_matches('/')
    );
    let sequential = report.sequential.expect("looks");
    assert!(
        sequential.pairs >= 10 && sequential.pairs <= sequential.planned_pairs + 1,
        "{sequential:?}"
    );
    assert_eq!(
        sequential.looks.last().map(|look| look.pairs),
        Some(sequential.pairs),
        "{sequential:?}"
    );
    let spent: f64 = sequential.looks.iter().map(|look| look.spent.get()).sum();
    assert!(spent <= 0.025 + 1e-6, "{sequential:?}");
    let throughput = report
        .comparisons
        .iter()
        .find(|one| one.metric.name() == "throughput")
        .expect("a throughput");
    let measured = throughput.baseline.expect("a baseline").get();
    assert!(
        (100.0..200.0).contains(&measured),
        "150 calls a second are measured as {measured}"
    );
}

#[test]
fn what_cannot_be_loaded_in_turns() {
    let good = Mock::start(Settings::default());
    let url = good.http_url();
    refused(&in_turns(&url, "http://127.0.0.1:1", &[]), 3, &["127.0.0.1:1"]);
    refused(
        &in_turns(&url, &url, &["--max-time", "1ms"]),
        2,
        &["10 are needed", "--max-time"],
    );
    let wrong = in_turns(&url, &url, &["--url", &url]);
    assert_eq!(wrong.status.code(), Some(2), "{wrong:?}");
    let folder = folder(&[]);
    refused(
        &gate(folder.path(), &["--target-a", "one", "--target-b", "two"]),
        2,
        &["proofload.toml"],
    );
}

/// The first run writes the snapshots, the second holds against them, a changed one is drift, and drift can be accepted.
#[test]
fn answers_are_held_against_snapshots() {
    let runs = folder(&[publish(50_000.0), publish(50_000.0).seed(2)]);
    let drifted = |more: &[&str]| {
        let output = compare(
            &runs,
            &[&["--snapshot", "snapshots", "--format", "json"], more].concat(),
        );
        let report: GateReport =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
        (report, output.status.code())
    };
    let (first, code) = drifted(&[]);
    assert_eq!(
        (first.verdict, code),
        (GateVerdict::NotRegressed, Some(0)),
        "{:?}",
        first.reasons
    );
    assert!(
        first.warnings.iter().any(|one| one.contains("had no snapshot")),
        "{:?}",
        first.warnings
    );

    change(&runs.path().join("snapshots/getTag.snap"));
    let (second, code) = drifted(&[]);
    assert_eq!((second.verdict, code), (GateVerdict::Regressed, Some(1)));
    let conformance = second.conformance.expect("a part on conformance");
    let ids: Vec<&str> = conformance.deviations.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, ["getTag/snapshot"]);
    assert!(
        second.reasons[0].contains("1 operations answer differently"),
        "{:?}",
        second.reasons
    );

    let accepted = "[[accepted]]\ncase = 'getTag/snapshot'\nreason = 'r'\nowner = 'o'\nexpires = 2999-01-01\n";
    fs::write(runs.path().join("accepted.toml"), accepted).expect("a file");
    let (third, code) = drifted(&["--accepted", "accepted.toml"]);
    assert_eq!(
        (third.verdict, code),
        (GateVerdict::NotRegressed, Some(0)),
        "{:?}",
        third.reasons
    );
}

fn change(snapshot: &Path) {
    let text = fs::read_to_string(snapshot).expect("a snapshot");
    fs::write(snapshot, text.replace("403", "418")).expect("a changed snapshot");
}
