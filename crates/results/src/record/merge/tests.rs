use super::super::RecordWriter;
use super::super::examples::{histogram, publish, run, second};
use super::*;
use crate::examples::load::missed;
use crate::load::HTTP_2;
use crate::load::LoadReport;
use crate::load::{Arrivals, Connecting};
use crate::record::{HistogramTag, LatencyKind, RunInfo, RunStatus, Second, Standstill, Totals};
use std::path::PathBuf;
use tempfile::TempDir;

/// What is said when a run was changed like this.
type Change<'a> = (&'a str, &'a dyn Fn(&mut RunInfo));

const S: u64 = 1_000_000_000;
const START_NS: u64 = 1_700_000_000 * S;

/// Writes records into a folder and opens them.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn record(&self, name: &str, run: &RunInfo, seconds: &[Second]) -> RecordReader {
        let mut writer = RecordWriter::create(&self.path(name), run).unwrap();
        for second in seconds {
            writer.write_second(second).unwrap();
        }
        RecordReader::open(&self.path(name)).unwrap()
    }

    /// Merges, reads the merged record again, and gives its seconds.
    fn merge(&self, records: Vec<RecordReader>) -> (RunInfo, Vec<Second>) {
        let mut merged = merge_records(records, &self.path("merged")).unwrap();
        merged.recording.unwrap().close(&mut merged.run);
        let reader = RecordReader::open(&self.path("merged")).unwrap();
        let seconds: Result<Vec<Second>, _> = reader.seconds().unwrap().collect();
        (reader.run, seconds.unwrap())
    }
}

fn shard(shard: &str, started_unix_ns: u64) -> RunInfo {
    let mut run = run(started_unix_ns);
    run.status = RunStatus::Complete;
    run.shard = shard.to_owned();
    run
}

#[test]
fn histograms_add_without_loss_and_seconds_align_by_wall_clock() {
    let desk = Desk::new();
    let one = [
        second(0, 0.0, &[100, 200]),
        second(1, 1.0, &[300]),
        second(2, 2.0, &[5]),
    ];
    // Began 0.8 s later: its first second is the merged record's second one.
    let two = [second(0, 0.0, &[700]), second(1, 1.0, &[900, 901])];
    let records = vec![
        desk.record("two", &shard("2/2", START_NS + 8 * S / 10), &two),
        desk.record("one", &shard("1/2", START_NS), &one),
    ];
    let (run, seconds) = desk.merge(records);
    let latencies = |index: usize| seconds[index].histograms[&publish()].clone();
    assert_eq!(seconds.len(), 3);
    assert_eq!(latencies(0), histogram(&[100, 200]));
    assert_eq!(latencies(1), histogram(&[300, 700]));
    assert_eq!(latencies(2), histogram(&[5, 900, 901]));
    let counted: Vec<u64> = seconds.iter().map(|second| second.counters.done).collect();
    assert_eq!(counted, [2, 2, 3]);
    assert_eq!(seconds[2].counters.statuses["publish"]["200"], 3);
    assert!((seconds[2].counters.length_s - 1.0).abs() < 1e-9);
    assert_eq!(run.started_unix_ns, START_NS);
    assert_eq!((run.users, run.threads, run.shard.as_str()), (8, 2, "1/1"));
    assert_eq!(run.parts.len(), 2);
    assert_eq!(run.status, RunStatus::Complete);
}

#[test]
fn what_stands_at_the_end_of_a_second_is_added_over_machines_but_not_over_time() {
    let desk = Desk::new();
    let standing = |number, start_s, in_flight| {
        let mut second = second(number, start_s, &[10]);
        second.counters.in_flight = in_flight;
        second
    };
    // The second one was late: its interval lasted two seconds.
    let mut late = standing(0, 0.0, 3);
    late.counters.length_s = 1.9;
    let one = [standing(0, 0.0, 5), standing(1, 1.0, 6), standing(2, 2.0, 0)];
    let two = [late, standing(2, 1.9, 0)];
    let records = vec![
        desk.record("one", &shard("1/2", START_NS), &one),
        desk.record("two", &shard("2/2", START_NS), &two),
    ];
    let (_, seconds) = desk.merge(records);
    let in_flight: Vec<u64> = seconds.iter().map(|second| second.counters.in_flight).collect();
    assert_eq!(in_flight, [8, 9, 0]);
}

#[test]
fn a_merged_record_merges_again() {
    let desk = Desk::new();
    let part = |name: &str| {
        let run = shard(&format!("{name}/3"), START_NS);
        desk.record(name, &run, &[second(0, 0.0, &[name.parse::<u64>().unwrap() * 100])])
    };
    let merge = merge_records(vec![part("1"), part("3")], &desk.path("both")).unwrap();
    assert!(merge.lacking.concat().contains("missing: 2"), "{:?}", merge.lacking);
    assert_eq!(merge.run.shard, "1+3/3");
    merge.recording.unwrap().close(&mut merge.run.clone());
    let both = RecordReader::open(&desk.path("both")).unwrap();
    let again = merge_records(vec![part("2"), both.clone()], &desk.path("all")).unwrap();
    assert_eq!([again.lacking, again.notes].concat(), Vec::<String>::new());
    assert_eq!((again.run.shard.as_str(), again.run.parts.len()), ("1/1", 3));
    let all = again.totals.latencies("publish", LatencyKind::Response);
    assert_eq!(all, histogram(&[100, 200, 300]));
    let third = RecordReader::open(&desk.path("3")).unwrap();
    let error = merge_records(vec![both, third], &desk.path("twice"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("both took shard 3/3"), "{error}");
}

fn asked(run: &mut RunInfo) -> &mut Connecting {
    run.connecting.as_mut().unwrap()
}

/// A result whose answers came in this HTTP version.
fn answered(version: &str) -> LoadReport {
    let mut report = missed();
    // As many as the record of a run without a second has.
    (report.arrivals, report.operations) = (Arrivals::default(), Vec::new());
    if let Some(protocol) = &mut report.protocol {
        protocol.answers = [(version.to_owned(), 20)].into();
    }
    report
}

#[test]
fn what_the_generators_did_is_kept_and_moved_to_the_merged_clock() {
    let desk = Desk::new();
    let still = |longest_s, at_s| Standstill {
        longest_s,
        at_s,
        total_s: longest_s,
    };
    let (mut one, mut two) = (second(0, 0.0, &[10]), second(0, 0.0, &[20]));
    one.counters.excused.insert("publish".to_owned(), 1);
    one.counters.standstill = Some(still(0.02, 0.3));
    two.counters.standstill = Some(still(0.5, 0.1));
    two.counters.missed = 2;
    two.counters.connections = 3;
    two.counters.answers.insert("HTTP/1.1".to_owned(), 5);
    for kind in [LatencyKind::Delayed, LatencyKind::AtBest] {
        two.add(HistogramTag::succeeded("publish", kind), &histogram(&[20]));
    }
    let records = vec![
        desk.record("one", &shard("1/2", START_NS), &[one]),
        desk.record("two", &shard("2/2", START_NS + S / 4), &[two]),
    ];
    let (_, seconds) = desk.merge(records);
    let counters = &seconds[0].counters;
    assert_eq!(counters.standstill, Some(still(0.5, 0.35)));
    assert_eq!((counters.missed, counters.connections), (2, 3));
    assert_eq!((counters.excused["publish"], counters.answers["HTTP/1.1"]), (1, 5));
    let mut totals = Totals::default();
    totals.add(&seconds[0]);
    assert!(totals.was_delayed());
    assert_eq!(totals.responses_at_best("publish"), histogram(&[10, 20]));
}

#[test]
fn runs_that_are_not_one_load_are_refused() {
    let desk = Desk::new();
    let mut first = shard("1/2", START_NS);
    first.result = Some(answered("HTTP/1.1"));
    first.scenario_digest = Some("this".to_owned());
    let first = desk.record("first", &first, &[]);
    let change = |name: &str, change: &dyn Fn(&mut RunInfo)| {
        let mut run = shard("2/2", START_NS);
        change(&mut run);
        let other = desk.record(name, &run, &[]);
        let merge = merge_records(vec![first.clone(), other], &desk.path(&format!("{name}-merged")));
        merge.map(|merge| [merge.lacking, merge.notes].concat())
    };
    assert_eq!(change("same", &|_| {}).unwrap(), Vec::<String>::new());
    let refused: [Change; 16] = [
        ("the same scenario", &|run| run.scenario = "other".to_owned()),
        ("the same duration in seconds", &|run| run.planned_s = 11.0),
        ("the same number of planned arrivals", &|run| {
            run.expected_arrivals = None;
        }),
        ("the same content of the scenario", &|run| {
            run.scenario_digest = Some("other".to_owned());
        }),
        ("the same objectives", &|run| run.slos = vec!["errors < 1%".to_owned()]),
        ("the same seed", &|run| run.seed = 8),
        ("both took shard 1/2", &|run| run.shard = "1/2".to_owned()),
        ("the same number of shards", &|run| run.shard = "2/3".to_owned()),
        ("over when the other began", &|run| run.started_unix_ns += 10 * S),
        ("the same time-out, but \"10 s\" and \"2 s\"", &|run| {
            asked(run).timeout_s = 2.0;
        }),
        ("the same use of connections (keep-alive)", &|run| {
            asked(run).keep_alive = false;
        }),
        ("the same wish for HTTP/2", &|run| asked(run).http2 = true),
        ("the same number of calls at once on an HTTP/2 connection", &|run| {
            asked(run).streams = 32;
        }),
        (
            "the same way to the target, but \"direct\" and \"through a proxy\"",
            &|run| {
                asked(run).proxy = true;
            },
        ),
        ("the same transport, but \"https\" and \"http\"", &|run| {
            run.base_url = "http://lab.example".to_owned();
        }),
        ("the same HTTP version, but \"HTTP/1.1\" and \"HTTP/2\"", &|run| {
            run.result = Some(answered(HTTP_2));
        }),
    ];
    for (index, (words, changed)) in refused.into_iter().enumerate() {
        let error = change(&format!("refused{index}"), changed).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    let named: [Change; 5] = [
        // A record of an earlier version does not say how it connected; that is no difference.
        ("interrupted", &|run| {
            run.connecting = None;
            run.status = RunStatus::Incomplete;
        }),
        ("loaded https://other", &|run| run.base_url = "https://other".to_owned()),
        ("began 2.0 s after", &|run| run.started_unix_ns += 2 * S),
        ("never closed", &|run| run.status = RunStatus::Running),
        ("interrupted", &|run| run.status = RunStatus::Incomplete),
    ];
    for (index, (words, changed)) in named.into_iter().enumerate() {
        let notes = change(&format!("named{index}"), changed).unwrap();
        assert!(notes.len() == 1 && notes[0].contains(words), "{notes:?}");
    }
    assert!(matches!(
        merge_records(Vec::new(), &desk.path("nothing")),
        Err(MergeError::Nothing)
    ));
}
