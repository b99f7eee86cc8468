use super::super::examples::{run, second};
use super::*;
use crate::record::{CollectError, Collector, Heard, RunInfo, RunStatus, Second};
use std::fmt::Write as _;

/// The lines of a stream of so many seconds.
fn lines(run: &RunInfo, seconds: u64) -> Vec<String> {
    let mut out = Vec::new();
    let mut writer = StreamWriter::new(&mut out);
    writer
        .wait(&Wait {
            shard: run.shard.clone(),
            now: "2026-11-22T05:59:59.000000000Z".to_owned(),
            now_unix_ns: 1,
            scenario_digest: None,
            clock: None,
        })
        .unwrap();
    writer.run(run).unwrap();
    for number in 0..seconds {
        #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
        let start_s = number as f64;
        writer.second(&second(number, start_s, &[100 + number, 200])).unwrap();
    }
    let mut ended = run.clone();
    ended.status = RunStatus::Complete;
    writer.end(&ended).unwrap();
    String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
}

fn read(lines: &[String]) -> Result<Vec<Second>, StreamError> {
    let (mut reader, mut seconds) = (StreamReader::new(), Vec::new());
    for line in lines {
        if let Some(Event::Second(second)) = reader.push(line)? {
            seconds.push(second.unpack()?);
        }
    }
    reader.close().map(|()| seconds)
}

#[test]
fn a_stream_reads_as_it_was_written() {
    let seconds = read(&lines(&run(0), 3)).unwrap();
    for (number, read) in (0..).zip(&seconds) {
        let written = second(number, read.counters.start_s, &[100 + number, 200]);
        assert_eq!(
            (&read.counters, &read.histograms),
            (&written.counters, &written.histograms)
        );
    }
    assert_eq!(seconds.len(), 3);
}

#[test]
fn lines_of_others_are_skipped_and_an_endless_one_is_refused() {
    let mut all = lines(&run(0), 2);
    for (at, foreign) in [
        (0, "metrics at http://0.0.0.0:9464/metrics"),
        (2, ""),
        (4, "{\"m\":1}"),
        (7, "bye"),
    ] {
        all.insert(at, foreign.to_owned());
    }
    assert_eq!(read(&all).unwrap().len(), 2);
    let mut endless = "{\"n\":0,\"kind\":\"".to_owned();
    for _ in 0..MOST_LINE_BYTES / 8 {
        let _ = write!(endless, "endless.");
    }
    assert_eq!(read(&[endless]).unwrap_err(), StreamError::TooLong(0));
}

/// What happens to the lines of a stream on the way.
type Change<'a> = &'a dyn Fn(&mut Vec<String>);

#[test]
fn what_happened_to_a_stream_on_the_way_is_named() {
    let whole = lines(&run(0), 3);
    let changed = |change: Change| {
        let mut lines = whole.clone();
        change(&mut lines);
        read(&lines).unwrap_err().to_string()
    };
    let cases: [(Change, &str); 10] = [
        (
            &|lines| _ = lines.remove(3),
            "line 3 of its stream is missing: 4 follows 2",
        ),
        (
            &|lines| lines.insert(3, lines[2].clone()),
            "line 2 of its stream came twice",
        ),
        (
            &|lines| lines.insert(4, lines[1].clone()),
            "line 1 of its stream is out of order",
        ),
        (&|lines| _ = lines.pop(), "ends without a last line, after 5 lines"),
        (&|lines| lines.truncate(0), "it holds no record"),
        (&|lines| lines[3].truncate(40), "line 3 of its stream is damaged"),
        (
            &|lines| lines[3] = lines[3].replace("\"due\":2", "\"due\":3"),
            "was changed on the way",
        ),
        (
            &|lines| lines[3] = lines[3].replace("1.0", "-1.0"),
            "its times are absurd",
        ),
        (
            &|lines| lines[5] = lines[5].replace("\"seconds\":3", "\"seconds\":4"),
            "it has 4 seconds, and 3 came",
        ),
        (
            &|lines| lines.push("{\"n\":6,\"kind\":\"end\"}".to_owned()),
            "line 6 of its stream is damaged",
        ),
    ];
    for (change, words) in cases {
        let said = changed(change);
        assert!(said.contains(words), "{said:?}, not {words:?}");
    }
    let newer = whole[1].replace(crate::record::RUN_SCHEMA, "proofload.run/9");
    assert!(
        read(&[whole[0].clone(), newer])
            .unwrap_err()
            .to_string()
            .contains("proofload.run/9")
    );
}

/// A container's log is written in pieces of 16 KiB: between two of them may stand what another stream said.
#[test]
fn many_histograms_are_spread_over_lines_that_fit_a_pipe() {
    let mut wide = second(0, 0.0, &[]);
    let latencies: Vec<u64> = (0..500).map(|index| 100 + index * index * 37).collect();
    for operation in 0..40 {
        let tag = format!("operation{operation}.response.ok").parse().unwrap();
        wide.add(tag, &super::super::examples::histogram(&latencies));
    }
    let mut out = Vec::new();
    let mut writer = StreamWriter::new(&mut out);
    writer.run(&run(0)).unwrap();
    writer.second(&wide).unwrap();
    writer.end(&run(0)).unwrap();
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    assert!(lines.len() > 4 && lines.iter().all(|line| line.len() < PIPE_LINE_BYTES));
    assert_eq!(read(&lines).unwrap()[0].histograms, wide.histograms);
}

fn shard(name: &str) -> RunInfo {
    let mut run = run(1_700_000_000_000_000_000);
    run.shard = name.to_owned();
    run
}

fn collector(names: &[&str]) -> Collector {
    Collector::new(names.iter().map(|name| (*name).to_owned()), None)
}

#[test]
fn streams_come_together_whatever_the_order_of_their_lines() {
    let streams = [lines(&shard("1/2"), 3), lines(&shard("2/2"), 3)];
    let mut collected = collector(&["one", "two"]);
    // One is ahead by its whole length: what it said waits.
    for line in &streams[0] {
        collected.push(0, line).unwrap();
    }
    assert!((collected.totals().elapsed_s, collected.totals().going) == (0.0, 1));
    assert_eq!(collected.slowest(), Some(1));
    for line in &streams[1][..4] {
        collected.push(1, line).unwrap();
    }
    let live = collected.totals();
    assert_eq!((live.shards, live.going, live.lost, live.calls), (2, 2, 0, 4));
    assert!((live.rate_per_s - 4.0).abs() < 1e-9 && live.p99_us == 200, "{live:?}");
    for line in &streams[1][4..] {
        collected.push(1, line).unwrap();
    }
    let merged = collected.finish().unwrap();
    assert_eq!((merged.totals.arrivals.done, merged.run.shard.as_str()), (12, "1/1"));
    assert_eq!((merged.lacking.len(), merged.run.status), (0, RunStatus::Complete));
}

#[test]
fn a_shard_that_was_lost_is_named_with_its_share() {
    let names = ["shard 1", "shard 2", "shard 3", "shard 4"];
    let mut collected = collector(&names);
    for source in 0..3 {
        let lines = lines(&shard(&format!("{}/4", source + 1)), 3);
        let said = if source == 0 { &lines[..] } else { &lines[..4] };
        for line in said {
            collected.push(source, line).unwrap();
        }
    }
    collected.lose(1, "OOMKilled on node n4");
    collected.lose(3, "0/1 nodes are available: 1 Insufficient cpu");
    let live = collected.totals();
    assert_eq!((live.going, live.lost), (2, 2));
    let merged = collected.finish().unwrap();
    assert_eq!(merged.run.status, RunStatus::Incomplete);
    assert_eq!(
        merged.lacking,
        [
            "shard 2 was lost after 2 s (OOMKilled on node n4); 25% of the load was not sent from then on",
            "the record of shard 3 ends after 2 s (its stream ends without a last line, after 4 lines); 25% of the load is missing from then on",
            "shard 4 never began (0/1 nodes are available: 1 Insufficient cpu)",
            "of 4 shards, these are missing: 4; the load was smaller than planned",
        ]
    );
    assert_eq!(merged.run.parts.iter().filter(|part| part.lost.is_some()).count(), 2);
}

#[test]
fn a_stream_that_is_damaged_leaves_the_others_and_what_came_before() {
    let streams = [lines(&shard("1/2"), 3), lines(&shard("2/2"), 3)];
    let mut collected = collector(&["one", "two"]);
    for line in &streams[0] {
        collected.push(0, line).unwrap();
    }
    for line in &streams[1][..3] {
        collected.push(1, line).unwrap();
    }
    let error = collected.push(1, &streams[1][4]).unwrap_err();
    assert!(
        matches!(error, CollectError::Stream(StreamError::Missing { .. })),
        "{error}"
    );
    // What comes after it is not believed.
    assert_eq!(collected.push(1, &streams[1][3]).unwrap(), Heard::Nothing);
    let merged = collected.finish().unwrap();
    assert_eq!(merged.totals.arrivals.done, 8);
    assert!(
        merged.lacking[0].contains("ends after 1 s (line 3 of its stream is missing"),
        "{:?}",
        merged.lacking
    );
}

#[test]
fn another_load_is_refused_as_soon_as_it_begins() {
    let mut collected = collector(&["one", "two"]);
    let mut other = shard("2/2");
    other.scenario_digest = Some("b".to_owned());
    let mut first = shard("1/2");
    first.scenario_digest = Some("a".to_owned());
    for (source, run) in [(0, first), (1, other)] {
        let lines = lines(&run, 0);
        collected.push(source, &lines[0]).unwrap();
        let heard = collected.push(source, &lines[1]);
        assert_eq!(heard.is_ok(), source == 0, "{heard:?}");
    }
    let nobody = collector(&["one"]).finish().unwrap_err().to_string();
    assert!(
        nobody.contains("not one of the runs began: one never began"),
        "{nobody}"
    );
}
