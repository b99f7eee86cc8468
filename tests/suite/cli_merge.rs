//! Many machines: their shares together are the whole schedule, they begin together, and one record is made of theirs.

use crate::program::program;
use chrono::{DateTime, Utc};
use proofload_deployment::units::Shard;
use proofload_load::{Arrivals, Process, Schedule};
use proofload_results::load::{LoadReport, LoadVerdict};
use proofload_results::record::{LatencyKind, RecordReader, RecordWriter, Totals};
use proofload_test_support::Mock;
use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, SystemTime};

const SEED: u64 = 7;
const RATE: &str = "60/s";
const LASTS: Duration = Duration::from_secs(2);
const SCENARIO: &str = r#"
description = "Publishing at random."
duration = "2s"
users = 40
[arrivals]
process = "poisson"
rate = "60/s"
[[journeys]]
name = "camera"
steps = [{ operation = "publish" }]
"#;

fn proofload(folder: &Path, args: &[&str]) -> Output {
    let mut command = program();
    command.args(args).env("PROOFLOAD_PASSWORD", "admin-pass");
    command.current_dir(folder).output().unwrap()
}

fn load(folder: &Path, mock: &Mock, more: &[&str]) -> Output {
    fs::write(folder.join("random.toml"), SCENARIO).unwrap();
    let url = mock.http_url();
    let args = [
        "load",
        "--scenario",
        "random.toml",
        "--username",
        "admin",
        "--url",
        url.as_str(),
    ];
    proofload(folder, &[&args[..], more].concat())
}

/// Runs one share and lets it seem to have begun when the first one did: a busy machine starts programs apart.
fn shard(folder: &Path, mock: &Mock, shard: &str, began_with: Option<&RecordReader>) -> RecordReader {
    let out = shard.replace('/', "of");
    let seed = SEED.to_string();
    let output = load(folder, mock, &["--shard", shard, "--seed", &seed, "--out", &out]);
    let mut record = RecordReader::open(&folder.join(&out)).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    if let Some(first) = began_with {
        record.run.started_unix_ns = first.run.started_unix_ns;
        let text = serde_json::to_string(&record.run).unwrap();
        fs::write(folder.join(&out).join("run.json"), text).unwrap();
    }
    record
}

#[test]
fn shares_of_one_schedule_become_one_record() {
    let folder = tempfile::tempdir().unwrap();
    let mock = Mock::on_premise();
    let first = shard(folder.path(), &mock, "1/2", None);
    let second = shard(folder.path(), &mock, "2/2", Some(&first));
    assert_eq!(first.run.users + second.run.users, 40);

    let args = ["merge", "1of2", "2of2", "--out", "whole", "--format", "json"];
    let output = proofload(folder.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let merged: LoadReport = serde_json::from_slice(&output.stdout).expect("stdout is JSON and nothing else");
    let schedule = Schedule::constant(RATE.parse().unwrap(), LASTS);
    let whole = Arrivals::new(schedule, Process::Poisson { seed: SEED }, Shard::ALL).count() as u64;
    assert_eq!((merged.arrivals.sent, merged.arrivals.done), (whole, whole));

    // Nothing is lost: each bucket holds what the two held.
    let latencies = |record: &RecordReader| record.totals().unwrap().latencies("publish", LatencyKind::Response);
    let mut sum = latencies(&first);
    sum.add(latencies(&second)).unwrap();
    let record = RecordReader::open(&folder.path().join("whole")).unwrap();
    assert_eq!(latencies(&record), sum);
    assert_eq!(record.run.shard, "1/1");
    assert!(
        merged.findings.iter().all(|finding| !finding.contains("missing")),
        "{merged:?}"
    );
    let again = proofload(folder.path(), &["report", "whole", "--format", "json"]);
    assert_eq!(again.stdout, output.stdout, "the merged record is a record");
}

#[test]
fn what_does_not_go_together_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mock = Mock::on_premise();
    shard(folder.path(), &mock, "1/2", None);
    for (args, code, words) in [
        (&["1of2", "1of2", "--out", "m"][..], 2, "both took shard 1/2"),
        (&["1of2", "nowhere", "--out", "m"], 2, "nowhere holds no record"),
        (&["1of2", "--out", "1of2"], 2, "is not empty"),
        (&["1of2"], 2, "--out"),
    ] {
        let output = proofload(folder.path(), &[&["merge"], args].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        assert!(said.contains(words), "{args:?}: {said}");
        assert!(!folder.path().join("m").exists(), "{args:?}: nothing was written");
    }
    let alone = proofload(folder.path(), &["merge", "1of2", "--out", "m"]);
    assert!(String::from_utf8(alone.stdout).unwrap().contains("missing: 2"));
}

/// A generator that was the bottleneck does not disappear in the sum.
#[test]
fn one_unhealthy_generator_makes_the_whole_invalid() {
    let folder = tempfile::tempdir().unwrap();
    let mock = Mock::on_premise();
    let mut record = shard(folder.path(), &mock, "1/1", None);
    let mut writer = RecordWriter::create(&folder.path().join("sick"), &record.run).unwrap();
    let mut totals = Totals::default();
    for second in record.seconds().unwrap() {
        let second = second.unwrap();
        totals.add(&second);
        writer.write_second(&second).unwrap();
    }
    let generator = &mut record.run.result.as_mut().unwrap().generator;
    generator.healthy = false;
    generator.reasons = vec!["it was asleep".to_owned()];
    writer.write_run(&record.run).unwrap();
    let sick = RecordReader::open(&folder.path().join("sick")).unwrap();
    let (report, _) = proofload_load::merge(vec![sick], &folder.path().join("merged")).unwrap();
    assert_eq!(report.verdict, LoadVerdict::Invalid);
    assert!(
        report
            .generator
            .reasons
            .contains(&"shard 1/1: it was asleep".to_owned())
    );
    assert_eq!(report.arrivals.done, totals.arrivals.done);
}

#[test]
fn shards_and_instants_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mock = Mock::on_premise();
    for (args, words) in [
        (&["--shard", "0/8"][..], "not a shard"),
        (&["--shard", "9/8", "--seed", "1"], "not a shard"),
        (&["--shard", "2/8"], "--shard needs --seed"),
        (
            &["--shard", "2/50", "--seed", "1"],
            "too few for 1 journeys on 50 machines",
        ),
        (&["--start-at", "tomorrow"], "--start-at"),
        (&["--start-at", "2020-01-01T00:00:00Z"], "the instant is past"),
        (&["--start-at", "2999-01-01T00:00:00+02:00"], "more than a day away"),
    ] {
        let output = load(folder.path(), &mock, args);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(words), "{args:?}: {said}");
    }
}

#[test]
fn a_run_starts_at_its_instant() {
    let folder = tempfile::tempdir().unwrap();
    let mock = Mock::on_premise();
    // A machine that is too busy to be ready in time says so; then there is more time.
    for seconds in [4, 8, 16, 32, 64] {
        let at = humantime::format_rfc3339_seconds(SystemTime::now() + Duration::from_secs(seconds)).to_string();
        let out = format!("in-{seconds}");
        let output = load(
            folder.path(),
            &mock,
            &["--duration", "1s", "--start-at", &at, "--out", &out],
        );
        let said = String::from_utf8(output.stderr).unwrap();
        if said.contains("ready only after") {
            assert_eq!(output.status.code(), Some(2), "{said}");
            continue;
        }
        let record = RecordReader::open(&folder.path().join(&out)).unwrap_or_else(|error| panic!("{error}: {said}"));
        let wanted = humantime::parse_rfc3339(&at).unwrap();
        let started = SystemTime::UNIX_EPOCH + Duration::from_nanos(record.run.started_unix_ns);
        let apart = started.duration_since(wanted).unwrap_or_else(|error| error.duration());
        assert!(apart < Duration::from_secs(1), "{apart:?} apart");
        return;
    }
    panic!("the users were never ready in time");
}

/// What a process prints goes into this file.
fn into(path: &Path) -> Stdio {
    Stdio::from(fs::File::create(path).expect("a file"))
}

/// As an engine starts them that numbers its tasks: they wait for each other at a file, and what they print is all that is left.
#[test]
fn tasks_of_an_engine_begin_together_and_their_streams_become_one_record() {
    let folder = tempfile::tempdir().unwrap();
    let mock = Mock::on_premise();
    let url = mock.http_url();
    fs::write(folder.path().join("random.toml"), SCENARIO).unwrap();
    let files = ["one.jsonl", "two.jsonl"].map(|name| folder.path().join(name));
    let tasks = [0, 1].map(|task| {
        let mut command = program();
        command
            .args([
                "load",
                "--scenario",
                "random.toml",
                "--username",
                "admin",
                "--seed",
                "7",
            ])
            .args(["--url", url.as_str(), "--slo", "publish.rate >= 50/s"])
            .args([
                "--shard",
                "auto",
                "--start-at",
                "@start",
                "--start-within",
                "60s",
                "--out",
                "-",
            ])
            .env("PROOFLOAD_PASSWORD", "admin-pass")
            .env("SLURM_PROCID", task.to_string())
            .env("SLURM_NTASKS", "2")
            .current_dir(folder.path())
            .stdout(into(&files[task]))
            .stderr(into(&files[task].with_extension("log")));
        command.spawn().expect("the program runs")
    });
    let waits = |path: &Path| fs::read_to_string(path).is_ok_and(|text| text.contains("\"kind\":\"wait\""));
    while !files.iter().all(|path| waits(path)) {
        std::thread::sleep(Duration::from_millis(20)); // looked for again, not waited for
    }
    let at = DateTime::<Utc>::from(SystemTime::now() + Duration::from_secs(2));
    fs::write(folder.path().join("start"), at.to_rfc3339()).unwrap();
    for mut task in tasks {
        // A part judges nothing, though neither makes fifty a second.
        assert_eq!(task.wait().unwrap().code(), Some(0));
    }
    let said = fs::read_to_string(files[1].with_extension("log")).unwrap();
    assert!(said.contains("shard 2/2, from SLURM_PROCID and SLURM_NTASKS"), "{said}");

    let output = proofload(
        folder.path(),
        &["merge", "one.jsonl", "two.jsonl", "--out", "whole", "--format", "json"],
    );
    let merged: LoadReport = serde_json::from_slice(&output.stdout).expect("stdout is JSON and nothing else");
    let schedule = Schedule::constant(RATE.parse().unwrap(), LASTS);
    let whole = Arrivals::new(schedule, Process::Poisson { seed: SEED }, Shard::ALL).count() as u64;
    assert_eq!((merged.arrivals.due, merged.arrivals.done), (whole, whole));
    let record = RecordReader::open(&folder.path().join("whole")).unwrap();
    let began = u64::try_from(at.timestamp_nanos_opt().unwrap()).unwrap();
    assert!(
        record.run.started_unix_ns.abs_diff(began) < 1_000_000_000,
        "{:?}",
        record.run
    );
    let live = proofload(
        folder.path(),
        &[
            "merge",
            "--live",
            "one.jsonl",
            "two.jsonl",
            "--out",
            "live",
            "--format",
            "json",
        ],
    );
    assert_eq!(live.stdout, output.stdout, "followed or read, it is the same");

    let mut report = program();
    report
        .args(["report", "-", "--format", "markdown"])
        .stdin(fs::File::open(&files[0]).unwrap());
    let report = report.output().unwrap();
    assert_eq!(report.status.code(), Some(0));
    assert!(String::from_utf8(report.stdout).unwrap().contains("# Load: PART"));

    // As kill -9 leaves it.
    let text = fs::read_to_string(&files[1]).unwrap();
    let killed: String = text.split_inclusive('\n').take(3).collect();
    fs::write(&files[1], killed + "{\"n\":3,").unwrap();
    let output = proofload(folder.path(), &["merge", "one.jsonl", "two.jsonl", "--out", "killed"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(4), "{said}");
    let sentence = "the record of shard 2 ends after 1 s (its stream ends without a last line, after 3 lines); 50% of the load is missing from then on";
    assert!(said.contains(sentence), "{said}");
}

#[test]
fn an_engine_that_says_nothing_sensible_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (variables, words) in [
        (&[][..], "none of JOB_COMPLETION_INDEX"),
        (&[("SLURM_PROCID", "4"), ("SLURM_NTASKS", "4")], "the last of them is 3"),
        (&[("JOB_COMPLETION_INDEX", "1")], "PROOFLOAD_SHARDS is not"),
    ] {
        let mut command = program();
        command
            .args(["load", "--shard", "auto", "--seed", "7"])
            .envs(variables.iter().copied());
        let output = command.current_dir(folder.path()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words), "{said}");
    }
    for (args, words) in [
        (&["--start-at", "@"][..], "behind the @ stands the name of a file"),
        (&["--start-within", "5s"], "--start-at"),
        (&["--out", "-", "--format", "json"], "--report FORMAT=FILE"),
    ] {
        let output = proofload(folder.path(), &[&["load"], args].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words), "{said}");
    }
}
