//! `proofload gate` on recorded runs whose truth is known.

mod live;
pub(crate) mod runs;
mod turns;

use crate::program::program;
use proofload_results::gate::{GateReport, GateVerdict, Metric};
use proofload_results::load::LoadVerdict;
use proofload_results::record::RunStatus;
use runs::{Calls, Synthetic, publish};
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

/// A folder with the runs `a`, `b`, `c`, ... in it.
fn folder(runs: &[Synthetic]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for ((run, name), later_s) in runs.iter().zip('a'..).zip(0..) {
        let mut run = run.clone();
        // The two sides of an interleaved comparison begin in the same instant, and no others do.
        if run.info.turns.is_none() {
            run.info.started_unix_ns += later_s * 1_000_000_000;
        }
        run.write(&folder.path().join(name.to_string()));
    }
    folder
}

fn gate(folder: &Path, args: &[&str]) -> Output {
    let mut command = program();
    command
        .arg("gate")
        .args(args)
        .current_dir(folder)
        .output()
        .expect("the program runs")
}

fn compare(folder: &TempDir, more: &[&str]) -> Output {
    gate(
        folder.path(),
        &[&["--baseline", "a", "--candidate", "b"], more].concat(),
    )
}

fn report(folder: &TempDir, more: &[&str]) -> (GateReport, Option<i32>) {
    let output = compare(folder, &[&["--format", "json"], more].concat());
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (report, output.status.code())
}

/// The program must say one sentence with all `parts` in it, print nothing, and end with `code`.
#[track_caller]
fn refused(output: &Output, code: i32, parts: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(output.stdout.is_empty(), "{output:?}");
    assert_eq!(said.lines().count(), 1, "{said}");
    for part in parts {
        assert!(said.contains(part), "{said} should say {part}");
    }
}

#[test]
fn the_same_passes_and_the_slower_is_caught() {
    let same = folder(&[publish(50_000.0), publish(50_000.0).seed(2)]);
    let (passed, code) = report(&same, &[]);
    assert_eq!(
        (passed.verdict, code),
        (GateVerdict::NotRegressed, Some(0)),
        "{passed:#?}"
    );
    assert_eq!(passed.comparisons.len(), 5);

    let slower = folder(&[publish(50_000.0), publish(55_000.0).seed(2)]);
    let (caught, code) = report(&slower, &[]);
    assert_eq!((caught.verdict, code), (GateVerdict::Regressed, Some(1)));
    let p50 = &caught.comparisons[0];
    assert_eq!((p50.metric, p50.verdict), (Metric::P50, GateVerdict::Regressed));
    let [low, high] = p50.interval.expect("an interval");
    assert!(
        (1.05..1.10).contains(&low.get()) && (1.10..1.15).contains(&high.get()),
        "{p50:?}"
    );
    assert!(
        caught.reasons[0].contains("publish.p50 is higher than the baseline: 5"),
        "{:?}",
        caught.reasons
    );

    // What is tolerated, and what nobody cares about, is no regression.
    for more in [
        &["--tolerance", "15%"][..],
        &["--floor", "20ms"],
        &["--tolerance", "publish=15%"],
    ] {
        let (tolerated, code) = report(&slower, more);
        assert_eq!(
            (tolerated.verdict, code),
            (GateVerdict::NotRegressed, Some(0)),
            "{more:?}"
        );
    }
    let (only, code) = report(&slower, &["--compare", "throughput", "--compare", "publish.error-rate"]);
    assert_eq!(
        (only.comparisons.len(), only.verdict, code),
        (2, GateVerdict::NotRegressed, Some(0))
    );
}

#[test]
fn what_cannot_be_decided_ends_as_the_pipeline_wants() {
    let short = folder(&[publish(50_000.0).seconds(1), publish(90_000.0).seconds(1).seed(2)]);
    let (undecided, code) = report(&short, &[]);
    assert_eq!((undecided.verdict, code), (GateVerdict::Inconclusive, Some(4)));
    assert!(
        undecided.reasons[0].contains("at least 10 s on each side are needed"),
        "{:?}",
        undecided.reasons
    );
    assert!(
        undecided.reasons[0].contains("about 9 seconds more on each side"),
        "{:?}",
        undecided.reasons
    );
    for (choice, code) in [("pass", 0), ("fail", 1)] {
        assert_eq!(report(&short, &["--inconclusive", choice]).1, Some(code));
    }
    let rare = |seed| publish(50_000.0).seed(seed).with(|run| run.calls[0].ok = 10);
    let (rare, code) = report(&folder(&[rare(1), rare(2)]), &[]);
    assert_eq!((rare.verdict, code), (GateVerdict::Inconclusive, Some(4)));
    let p99 = rare
        .comparisons
        .iter()
        .find(|one| one.metric == Metric::P99)
        .expect("a p99");
    assert_eq!(
        p99.note.as_deref(),
        Some("300 and 300 calls succeeded: a p99 needs 1000 on each side")
    );
}

#[test]
fn errors_count_by_themselves() {
    let failing = folder(&[publish(50_000.0), publish(50_000.0).seed(2).errors(5)]);
    let (caught, code) = report(&failing, &[]);
    assert_eq!((caught.verdict, code), (GateVerdict::Regressed, Some(1)));
    let verdicts: Vec<_> = caught.comparisons.iter().map(|one| (one.metric, one.verdict)).collect();
    assert!(
        verdicts.contains(&(Metric::ErrorRate, GateVerdict::Regressed)),
        "{verdicts:?}"
    );
    assert!(
        verdicts.contains(&(Metric::P50, GateVerdict::NotRegressed)),
        "{verdicts:?}"
    );
    let json = String::from_utf8(compare(&failing, &["--format", "json"]).stdout).expect("UTF-8");
    assert!(
        json.contains("\"ratio\": null") && !json.contains("NaN") && !json.contains("inf"),
        "{json}"
    );
}

#[test]
fn runs_of_different_kinds_are_refused_and_lesser_differences_are_named() {
    let changed = |change: fn(&mut Synthetic)| folder(&[publish(50_000.0), publish(50_000.0).seed(2).with(change)]);
    let refuses = |change: fn(&mut Synthetic), parts: &[&str]| refused(&compare(&changed(change), &[]), 2, parts);
    refuses(
        |run| run.info.scenario = "soak".to_owned(),
        &["scenario", "of a is camera-feed", "of b it is soak"],
    );
    refuses(
        |run| run.info.connecting.as_mut().expect("it says").timeout_s = 2.0,
        &["the time-out of a is 10 s, and of b it is 2 s", "made alike"],
    );
    refuses(
        |run| run.info.connecting.as_mut().expect("it says").keep_alive = false,
        &["use of connections", "one for each call"],
    );
    refuses(
        |run| run.info.connecting.as_mut().expect("it says").streams = 32,
        &["the number of calls at once on a connection of a is 1, and of b it is 32"],
    );
    refuses(
        |run| run.info.connecting.as_mut().expect("it says").proxy = true,
        &["way to the target", "direct", "through a proxy"],
    );
    refuses(
        |run| run.info.expected_arrivals = None,
        &["arrival process", "open", "closed"],
    );
    refuses(
        |run| run.calls[0].operation = "getTag",
        &[
            "getTag was called 6000 times by the candidate",
            "never by the other side",
        ],
    );
    let differing = changed(|run| {
        run.info.expected_arrivals = Some(9000.0);
        run.info.users = 99;
        run.info.version = "0.2.0".to_owned();
        run.info.machine.cpus += 2;
        run.info.shard = "1/2".to_owned();
    });
    let (compared, _) = report(&differing, &[]);
    let warnings = compared.warnings.join("\n");
    for part in [
        "planned arrival rates (per second) differ: 200 (baseline), 300 (candidate)",
        "numbers of virtual users differ: 250 (baseline), 99 (candidate)",
        "versions of proofload differ: 0.1.0 (baseline), 0.2.0 (candidate)",
        "machines of the generator differ",
        "shares of the load differ: 1/1 (baseline), 1/2 (candidate)",
        "one run a side",
    ] {
        assert!(warnings.contains(part), "{warnings} should say {part}");
    }
}

/// What is wrong with a run, the exit code, and a part of the sentence.
type Refusal = (fn(&mut Synthetic), i32, &'static str);

#[test]
fn runs_that_are_no_good_are_refused() {
    let with = |change: fn(&mut Synthetic)| folder(&[publish(50_000.0), publish(50_000.0).seed(2).with(change)]);
    let cases: [Refusal; 5] = [
        (
            |run| run.info.status = RunStatus::Running,
            3,
            "the run in b is incomplete",
        ),
        (
            |run| run.info.status = RunStatus::Incomplete,
            3,
            "the run in b is incomplete",
        ),
        (
            |run| run.verdict = LoadVerdict::Invalid,
            4,
            "is invalid and says nothing of its target (arrivals were sent late)",
        ),
        (|run| run.seconds = 0, 3, "the run in b is empty"),
        (
            |run| run.info.schema = "proofload.run/2".to_owned(),
            2,
            "proofload.run/2",
        ),
    ];
    for (change, code, part) in cases {
        refused(&compare(&with(change), &[]), code, &[part]);
    }
    let foreign = folder(&[publish(50_000.0)]);
    refused(&compare(&foreign, &[]), 2, &["b holds no record of a load run"]);
    fs::create_dir(foreign.path().join("b")).expect("a directory");
    fs::write(foreign.path().join("b/run.json"), "[1, 2]").expect("a file");
    refused(&compare(&foreign, &[]), 2, &["run.json"]);
    let cut = folder(&[publish(50_000.0), publish(50_000.0)]);
    let log = cut.path().join("b/latency.hlog");
    let text = fs::read_to_string(&log).expect("a log");
    fs::write(&log, &text[..text.len() / 2]).expect("a shorter log");
    refused(&compare(&cut, &[]), 3, &["holds less than run.json counted"]);
    let folder = folder(&[publish(50_000.0)]);
    refused(
        &gate(folder.path(), &["--baseline", "a", "--candidate", "./a"]),
        2,
        &["is named twice"],
    );
}

#[test]
fn a_copy_of_a_run_is_no_other_run() {
    let runs = folder(&[publish(50_000.0), publish(50_000.0).seed(2)]);
    let copy = runs.path().join("c");
    fs::create_dir(&copy).expect("a directory");
    for file in fs::read_dir(runs.path().join("a")).expect("a record").flatten() {
        fs::copy(file.path(), copy.join(file.file_name())).expect("a copy");
    }
    let told = ["c holds the same run as a", "each run counts once"];
    for args in [
        &["--baseline", "a", "--baseline", "c", "--candidate", "b"][..],
        &["--baseline", "a", "--candidate", "b", "--candidate", "c"],
    ] {
        refused(&gate(runs.path(), args), 2, &told);
    }
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let runs = folder(&[publish(50_000.0), publish(50_000.0).seed(2)]);
    refused(
        &compare(&runs, &["--compare", "getTag"]),
        3,
        &["nothing is left to compare", "publish"],
    );
    for args in [
        &["--tolerance", "5"][..],
        &["--tolerance", "p98x.p1=3%"],
        &["--confidence", "100%"],
        &["--error-floor", "-1%"],
        &["--accepted", "x.toml"],
    ] {
        assert_eq!(compare(&runs, args).status.code(), Some(2), "{args:?}");
    }
    refused(
        &compare(&runs, &["--warm-up", "1h"]),
        3,
        &["is empty: no call was measured after the warm-up"],
    );
    let full = compare(&runs, &["--out", "a"]);
    refused(&full, 2, &["the run directory a is not empty"]);
}

/// An operation that occurs once in a while must not keep a gate from an answer.
#[test]
fn an_operation_that_was_hardly_called_is_named_and_left_out() {
    let with_renewal = publish(50_000.0).seed(2).with(|run| {
        run.calls.push(Calls {
            operation: "renewToken",
            ok: 0,
            errors: 0,
            centre_us: 900.0,
        });
    });
    let (compared, code) = report(&folder(&[publish(50_000.0), with_renewal]), &[]);
    assert_eq!((compared.comparisons.len(), code), (5, Some(0)));
    assert!(
        compared
            .warnings
            .iter()
            .any(|one| one.starts_with("renewToken is not compared")),
        "{:?}",
        compared.warnings
    );
}

#[test]
fn several_runs_a_side_are_compared_together_and_their_differences_count() {
    let runs = [
        publish(48_000.0),
        publish(52_000.0).seed(2),
        publish(48_500.0).seed(3),
        publish(53_000.0).seed(4),
    ];
    let folder = folder(&runs);
    let args = ["--baseline", "a", "b", "--candidate", "c", "d", "--format", "json"];
    let output = gate(folder.path(), &args);
    let several: GateReport = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((several.baseline.runs.len(), several.candidate.runs.len()), (2, 2));
    // 8% between two runs of one build: nobody can say that a difference of 2% is none, or one.
    assert_eq!(several.verdict, GateVerdict::Inconclusive, "{several:#?}");
    assert!(
        several
            .reasons
            .iter()
            .any(|reason| reason.contains("runs more on each side")),
        "{:?}",
        several.reasons
    );
}

#[test]
fn every_format_and_file_tells_the_same() {
    let slower = folder(&[publish(50_000.0), publish(60_000.0).seed(2)]);
    let files = [
        "--report",
        "junit=g.xml",
        "--report",
        "markdown=g.md",
        "--report",
        "annotations=g.txt",
        "--report",
        "json=g.json",
        "--out",
        "kept",
    ];
    let output = compare(&slower, &files);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(
        text.ends_with("\nREGRESSED\n") && text.contains("publish.p50"),
        "{text}"
    );
    let read = |name: &str| fs::read_to_string(slower.path().join(name)).expect("a file");
    assert!(read("g.xml").contains("<failure"));
    assert!(read("g.md").starts_with("# Gate: regressed"));
    assert!(read("g.txt").starts_with("::error title=proofload gate%3A regressed::publish.p50 is higher"));
    assert_eq!(read("g.json"), read("kept/gate.json"));
    let again = compare(&slower, &["--format", "json"]);
    assert_eq!(
        String::from_utf8(again.stdout).expect("UTF-8"),
        read("g.json"),
        "the seed makes the same figures"
    );
}
