//! `proofload report`: the record of a run tells what the run told, and other tools read it.

use crate::program::proofload;
use base64::Engine as _;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;
use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};
use proofload_load as load;
use proofload_results::load::{LoadReport, LoadVerdict};
use proofload_results::record::{RecordReader, RunStatus};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A short run on the embedded mock; what it printed.
fn recorded(folder: &Path, format: &str) -> String {
    let run = [
        "load",
        "--scenario",
        "camera-feed",
        "--rate",
        "50/s",
        "--duration",
        "2s",
    ];
    let output = proofload(folder, &[&run[..], &["--out", "run", "--format", format]].concat());
    assert!(RecordReader::open(&folder.join("run")).is_ok(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Stdout is the report and nothing else, no word of Goose among it, and the record gives the same report again.
#[test]
fn the_record_tells_what_the_run_told() {
    for format in ["console", "json"] {
        let folder = tempfile::tempdir().unwrap();
        let told = recorded(folder.path(), format);
        assert!(told.contains("camera-feed"), "{told}");
        let again = proofload(folder.path(), &["report", "run", "--format", format]);
        assert_eq!(again.status.code(), Some(0), "{again:?}");
        assert_eq!(String::from_utf8(again.stdout).unwrap(), told);
    }
}

#[test]
fn several_records_are_shown_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let told = recorded(folder.path(), "json");
    let twice = proofload(folder.path(), &["report", "run", "run", "--format", "json"]);
    assert_eq!(String::from_utf8(twice.stdout).unwrap(), told.repeat(2));
}

/// The figures of a run come from its seconds; what is made from the disk is what was made from memory.
#[test]
fn a_run_that_was_never_closed_has_the_figures_of_its_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let told: LoadReport = serde_json::from_str(&recorded(folder.path(), "json")).unwrap();
    let mut record = RecordReader::open(&folder.path().join("run")).unwrap();
    record.run.status = RunStatus::Running;
    record.run.result = None;
    let again = load::report_of(&record).unwrap();
    assert_eq!(again.verdict, LoadVerdict::Incomplete);
    let figures = |report: &LoadReport| {
        serde_json::json!([
            report.arrivals,
            report.operations,
            report.slos,
            report.generator,
            report.unauthorised
        ])
    };
    assert_eq!(figures(&again), figures(&told));
    assert!((again.duration_s - told.duration_s).abs() < 0.002);
}

/// Reads the log with the library's own reader: what any tool of the field sees.
#[test]
fn the_interval_log_is_a_standard_one() {
    let folder = tempfile::tempdir().unwrap();
    let told: LoadReport = serde_json::from_str(&recorded(folder.path(), "json")).unwrap();
    let log = fs::read(folder.path().join("run/latency.hlog")).unwrap();
    let (mut bases, mut end_s) = (Vec::new(), 0.0_f64);
    let mut sums: BTreeMap<String, Histogram<u64>> = BTreeMap::new();
    for entry in IntervalLogIterator::new(&log) {
        match entry.unwrap() {
            LogEntry::StartTime(time) | LogEntry::BaseTime(time) => bases.push(time),
            LogEntry::Interval(interval) => {
                let encoded = base64::engine::general_purpose::STANDARD.decode(interval.encoded_histogram());
                let histogram: Histogram<u64> = Deserializer::new().deserialize(&mut &encoded.unwrap()[..]).unwrap();
                assert_eq!(format!("{:.0}", interval.max()), histogram.max().to_string());
                end_s = end_s.max((interval.start_timestamp() + interval.duration()).as_secs_f64());
                let tag = interval.tag().unwrap().as_str().to_owned();
                let sum = sums.entry(tag).or_insert_with(|| Histogram::new_from(&histogram));
                sum.add(&histogram).unwrap();
            }
        }
    }
    assert_eq!(bases.len(), 2);
    assert_eq!(bases[0], bases[1]);
    let age = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .saturating_sub(bases[0]);
    assert!(age < Duration::from_secs(600), "the log began {age:?} ago");
    assert!(end_s > 1.5, "the log ends after {end_s} s");
    let publish = told.operations.iter().find(|row| row.name == "publish").unwrap();
    assert_eq!(sums["publish.response.ok"].len(), publish.ok);
    assert_eq!(
        sums["publish.service.ok"].value_at_quantile(0.99),
        publish.service_us.p99
    );
    assert_eq!(sums["publish.response.ok"].max(), publish.response_us.max);
}

#[test]
fn what_is_no_record_is_said_in_one_sentence_with_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    recorded(folder.path(), "json");
    let run = fs::read_to_string(folder.path().join("run/run.json")).unwrap();
    for name in ["empty", "foreign", "newer", "half"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let write = |path: &str, text: &str| fs::write(folder.path().join(path), text).unwrap();
    write("foreign/run.json", "{\"schema\": \"somebody.else/3\"}");
    write("newer/run.json", &run.replace("proofload.run/1", "proofload.run/2"));
    write("half/run.json", &run);
    write("file", "");
    write("run/latency.hlog", "");
    for (directory, code, words) in [
        ("nowhere", 2, "nowhere holds no run of proofload"),
        ("empty", 2, "there is none of run.json"),
        ("file", 2, "file holds no run of proofload"),
        ("foreign", 2, "somebody.else/3"),
        ("newer", 2, "proofload.run/2"),
        ("half", 3, "latency.hlog is missing"),
        ("run", 3, "latency.hlog holds less"),
    ] {
        let output = proofload(folder.path(), &["report", directory]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{directory}: {said}");
        assert!(said.contains(words) && said.lines().count() == 1, "{directory}: {said}");
        assert!(output.stdout.is_empty(), "{directory}");
    }
}
