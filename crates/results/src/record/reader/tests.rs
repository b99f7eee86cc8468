use super::super::RecordWriter;
use super::super::examples::{publish, run, second};
use super::*;
use std::fs;
use std::io::Write as _;

/// The starts of real seconds, which lie on no grid: what is near the half of a thousandth must find its second too.
const STARTS_S: [f64; 4] = [0.0, 1.000_499_9, 2.000_500_1, 3.049_999_9];

fn record(directory: &Path) -> RecordWriter {
    let mut writer = RecordWriter::create(directory, &run(1_000_000_000)).unwrap();
    for (number, start_s) in (0..).zip(STARTS_S) {
        writer
            .write_second(&second(number, start_s, &[100 + number, 200]))
            .unwrap();
    }
    writer
}

fn read(directory: &Path) -> Result<Vec<Second>, RecordError> {
    RecordReader::open(directory)?.seconds()?.collect()
}

#[test]
fn every_second_has_its_own_latencies() {
    let directory = tempfile::tempdir().unwrap();
    record(directory.path());
    let seconds = read(directory.path()).unwrap();
    assert_eq!(seconds.len(), STARTS_S.len());
    for ((number, start_s), read) in (0..).zip(STARTS_S).zip(&seconds) {
        let written = second(number, start_s, &[100 + number, 200]);
        assert_eq!(read.counters, written.counters);
        assert_eq!(read.histograms, written.histograms);
    }
}

#[test]
fn a_second_without_calls_is_a_second() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = RecordWriter::create(directory.path(), &run(0)).unwrap();
    for (number, start_s, latencies) in [(0, 0.0, &[5][..]), (1, 1.0, &[]), (2, 2.0, &[7])] {
        writer.write_second(&second(number, start_s, latencies)).unwrap();
    }
    let counts = |second: &Second| second.histograms.get(&publish()).map(hdrhistogram::Histogram::max);
    let seconds = read(directory.path()).unwrap();
    assert_eq!(seconds.iter().map(counts).collect::<Vec<_>>(), [Some(5), None, Some(7)]);
}

/// Wherever a kill cuts the two files, what was whole before the cut is read.
#[test]
fn a_kill_loses_no_more_than_the_second_that_was_written() {
    let whole = tempfile::tempdir().unwrap();
    record(whole.path());
    for (file, step) in [(COUNTERS, 7), (LATENCY, 11)] {
        let bytes = fs::read(whole.path().join(file)).unwrap();
        for cut in (0..bytes.len()).step_by(step) {
            let directory = tempfile::tempdir().unwrap();
            for name in [RUN, COUNTERS, LATENCY] {
                fs::copy(whole.path().join(name), directory.path().join(name)).unwrap();
            }
            fs::write(directory.path().join(file), &bytes[..cut]).unwrap();
            let lines = bytes[..cut].split(|byte| *byte == b'\n').count() - 1;
            let seconds = read(directory.path()).unwrap();
            if file == COUNTERS {
                assert_eq!(seconds.len(), lines, "cut at {cut}");
                assert!(seconds.iter().all(|second| !second.histograms.is_empty()));
            } else {
                let with_latencies = seconds.iter().filter(|second| !second.histograms.is_empty());
                assert_eq!(with_latencies.count(), lines.saturating_sub(5), "cut at {cut}");
            }
        }
    }
}

/// The latencies are written before the counters: a kill between the two leaves an orphan, which is no second.
#[test]
fn latencies_without_their_counters_are_no_second() {
    let directory = tempfile::tempdir().unwrap();
    record(directory.path());
    let path = directory.path().join(COUNTERS);
    let text = fs::read_to_string(&path).unwrap();
    let last = text.trim_end().rfind('\n').unwrap() + 1;
    fs::write(&path, &text[..last]).unwrap();
    let seconds = read(directory.path()).unwrap();
    assert_eq!(seconds.len(), STARTS_S.len() - 1);
    assert!(seconds.iter().all(|second| second.histograms[&publish()].len() == 2));
}

#[test]
fn what_is_no_record_is_said_in_one_sentence() {
    let directory = tempfile::tempdir().unwrap();
    let sentence = |text: Option<&str>| {
        if let Some(text) = text {
            fs::write(directory.path().join(RUN), text).unwrap();
        }
        RecordReader::open(directory.path()).unwrap_err().to_string()
    };
    assert!(sentence(None).contains("no run.json in it"));
    assert!(sentence(Some("<html>")).contains("is not a record"));
    assert!(sentence(Some(r#"{"schema":"proofload.validate/1"}"#)).contains("proofload.validate/1"));
    let newer = sentence(Some(r#"{"schema":"proofload.run/2","version":"9.0\u001b[31m"}"#));
    assert!(
        newer.contains("proofload.run/2") && newer.contains(r"9.0\u{1b}[31m"),
        "{newer}"
    );
    let run = serde_json::to_string(&run(0)).unwrap();
    assert!(sentence(Some(&run)).contains("latency.hlog is missing"));
    let nowhere = directory.path().join("nowhere");
    assert!(
        RecordReader::open(&nowhere)
            .unwrap_err()
            .to_string()
            .contains("nowhere holds no record")
    );
}

#[test]
fn a_line_that_is_none_names_itself() {
    let directory = tempfile::tempdir().unwrap();
    record(directory.path());
    let path = directory.path().join(COUNTERS);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("\"start_s\":0.0", "\"start_s\":-1e300", 1)).unwrap();
    let error = read(directory.path()).unwrap_err().to_string();
    assert!(error.contains("line 1: its times are absurd"), "{error}");
    fs::write(&path, text).unwrap();
    let mut counters = fs::OpenOptions::new()
        .append(true)
        .open(directory.path().join(COUNTERS))
        .unwrap();
    counters.write_all(b"\xff\n").unwrap();
    let error = read(directory.path()).unwrap_err().to_string();
    assert!(error.contains("counters.jsonl, line 5"), "{error}");
}

#[test]
fn a_closed_record_that_was_cut_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    let writer = record(directory.path());
    let mut run = run(0);
    let reader = RecordReader::open(directory.path()).unwrap();
    let totals = reader.totals().unwrap();
    run.status = RunStatus::Complete;
    run.result = Some(crate::load::LoadReport {
        schema: crate::load::SCHEMA.to_owned(),
        verdict: crate::load::LoadVerdict::Pass,
        sentence: String::new(),
        duration_s: totals.duration_s,
        arrivals: totals.arrivals,
        operations: totals.operations(),
        generator: serde_json::from_value(serde_json::json!({
            "schedule_lag_us": totals.lag(), "cpu_s": 0.0, "max_rss_bytes": 0, "healthy": true
        }))
        .unwrap(),
        slos: Vec::new(),
        findings: Vec::new(),
        unauthorised: 0,
        scenario: run.scenario.clone(),
        target: run.target.clone(),
        seed: run.seed,
        protocol: None,
        guards: None,
        addresses: std::collections::BTreeMap::new(),
        watched: None,
        ran_out: None,
        drift: Vec::new(),
    });
    writer.write_run(&run).unwrap();
    RecordReader::open(directory.path()).unwrap().totals().unwrap();
    for file in [LATENCY, COUNTERS] {
        let path = directory.path().join(file);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 3]).unwrap();
        let error = RecordReader::open(directory.path())
            .unwrap()
            .totals()
            .unwrap_err()
            .to_string();
        assert!(error.contains(file) && error.contains("holds less"), "{error}");
        fs::write(&path, bytes).unwrap();
    }
}

#[test]
fn a_record_that_was_lost_in_part_is_read_as_far_as_it_goes() {
    let directory = tempfile::tempdir().unwrap();
    let writer = record(directory.path());
    let mut lost = run(1_000_000_000);
    lost.status = RunStatus::Incomplete;
    lost.lost = Some("cannot write latency.hlog: No space left on device".to_owned());
    writer.write_run(&lost).unwrap();
    let read = RecordReader::open(directory.path()).unwrap();
    assert_eq!(read.run.lost, lost.lost);
    assert!(
        read.run
            .finding_on_loss()
            .is_some_and(|finding| finding.contains("No space left"))
    );
    for file in [LATENCY, COUNTERS] {
        fs::remove_file(directory.path().join(file)).unwrap();
        let read = RecordReader::open(directory.path()).unwrap();
        assert!(read.totals().is_ok(), "{file}");
    }
    assert_eq!(read_again(&lost, directory.path()), 0);
    lost.lost = None;
    writer.write_run(&lost).unwrap();
    assert!(matches!(
        RecordReader::open(directory.path()),
        Err(RecordError::Missing(_))
    ));
}

/// How many seconds there are of a run that is known, whatever became of its directory.
fn read_again(run: &RunInfo, directory: &Path) -> usize {
    RecordReader::of(&directory.join("gone"), run.clone())
        .seconds()
        .unwrap()
        .count()
}
