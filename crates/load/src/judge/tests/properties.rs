//! What holds for every run: random ones, each with its seed.

use super::{Call, End, judged, run, seconds, stand_still, states};
use crate::judge::merged::merge;
use proofload_results::load::{LoadReport, LoadVerdict};
use proofload_results::record::{RecordReader, RecordWriter, Second};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::path::Path;

const RUNS: u64 = 120;
const MERGED_RUNS: u64 = 10;
const SHARDS: usize = 3;
/// Calls are made in so many seconds, so that there are histograms of few.
const SECONDS: u32 = 3;

/// Objectives that a worse run can only miss: one on slowness (`p99 > 1s`) is no such.
const OBJECTIVES: [&str; 10] = [
    "publish.p50 < 30ms",
    "publish.p99 < 250ms",
    "p90 < 100ms",
    "p99.9 < 1s",
    "publish.max < 400ms",
    "mean < 50ms",
    "listTags.min < 20ms",
    "errors < 1%",
    "publish.errors < 20%",
    "publish.rate >= 8/s",
];

/// A random run: what was due, sent, answered, failed, late and delayed.
struct Random {
    rng: Xoshiro256PlusPlus,
    calls: Vec<Call>,
    slos: Vec<&'static str>,
    still: Vec<(usize, f64)>,
    busy: f64,
}

impl Random {
    fn new(seed: u64) -> Self {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let share = |rng: &mut Xoshiro256PlusPlus| match rng.random_range(0..10) {
            0..7 => 0.0,
            7..9 => rng.random_range(0.0..0.03),
            _ => rng.random_range(0.0..1.0),
        };
        let shares: [f64; 8] = std::array::from_fn(|_| share(&mut rng));
        let calls = (0..rng.random_range(20..400)).map(|_| call(&mut rng, shares)).collect();
        let stated = rng.random_range(0..4);
        Self {
            slos: (0..stated)
                .map(|_| OBJECTIVES[rng.random_range(0..OBJECTIVES.len())])
                .collect(),
            still: if rng.random_bool(0.4) {
                vec![(rng.random_range(0..SECONDS as usize), rng.random_range(0.02..0.9))]
            } else {
                Vec::new()
            },
            busy: if rng.random_bool(0.2) { 0.99 } else { 0.3 },
            calls,
            rng,
        }
    }

    fn seconds(&self, calls: &[Call]) -> Vec<Second> {
        let mut seconds = seconds(calls);
        for second in &mut seconds {
            second.counters.busy = self.busy;
        }
        for (second, length_s) in &self.still {
            stand_still(&mut seconds, *second, *length_s);
        }
        seconds
    }

    fn report(&self, calls: &[Call]) -> LoadReport {
        judged(&self.seconds(calls), &self.slos).report
    }

    /// The same run, in which some calls fail, come later, or are never sent.
    fn worse(&mut self) -> Vec<Call> {
        let (kind, share) = (self.rng.random_range(0..4), self.rng.random_range(0.0..1.0));
        let mut calls = self.calls.clone();
        for call in calls.iter_mut().filter(|call| call.end == End::Answered) {
            if !self.rng.random_bool(share) {
                continue;
            }
            let how = if kind == 3 { self.rng.random_range(0..3) } else { kind };
            match how {
                0 => call.end = End::Failed,
                1 => call.end = End::Unsent,
                _ => call.response_us += self.rng.random_range(1..2_000_000),
            }
        }
        calls
    }
}

fn call(rng: &mut Xoshiro256PlusPlus, shares: [f64; 8]) -> Call {
    let [failed, excused, no_port, unsent, missed, late, delayed, waited] = shares;
    let ends = [
        (End::Failed, failed),
        (End::Excused, excused),
        (End::NoPort, no_port),
        (End::Unsent, unsent),
        (End::Missed, missed),
    ];
    let end = ends.into_iter().find(|(_, share)| rng.random_bool(*share / 2.0));
    let service_us = if rng.random_bool(0.05) {
        1_500_000
    } else {
        rng.random_range(100..90_000)
    };
    let wait_us = if rng.random_bool(0.1) {
        rng.random_range(0..900_000)
    } else {
        0
    };
    Call {
        second: rng.random_range(0..SECONDS),
        shard: rng.random_range(0..SHARDS),
        operation: if rng.random_bool(0.8) { "publish" } else { "listTags" },
        end: end.map_or(End::Answered, |(end, _)| end),
        response_us: service_us + wait_us,
        service_us,
        cost_us: if rng.random_bool(delayed) {
            rng.random_range(300..1_500_000)
        } else {
            0
        },
        lag_us: if rng.random_bool(late) {
            rng.random_range(500..40_000)
        } else {
            90
        },
        waited: rng.random_bool(waited),
    }
}

#[test]
fn nothing_that_gets_worse_turns_a_verdict_into_a_pass() {
    let (mut passed, mut others) = (0, 0);
    for seed in 0..RUNS {
        let mut run = Random::new(seed);
        let before = run.report(&run.calls);
        for round in 0..3 {
            let worse = run.worse();
            let after = run.report(&worse);
            let better = before.verdict != LoadVerdict::Pass && after.verdict == LoadVerdict::Pass;
            assert!(
                !better,
                "seed {seed}, round {round}: {:?} {:?} became {:?} {:?}",
                before.sentence, before.slos, after.sentence, after.slos
            );
        }
        if before.verdict == LoadVerdict::Pass {
            passed += 1;
        } else {
            others += 1;
        }
    }
    assert!(
        passed >= 3 && others >= 30,
        "{passed} passed, {others} did not: the runs are no sample"
    );
}

#[test]
fn a_pass_is_a_pass_of_everything_that_was_due() {
    for seed in 0..RUNS {
        let run = Random::new(seed);
        let report = run.report(&run.calls);
        if report.verdict != LoadVerdict::Pass {
            continue;
        }
        assert_eq!(report.arrivals.unsent, 0, "seed {seed}: {}", report.sentence);
        assert!(
            report.operations.iter().any(|row| row.ok > 0),
            "seed {seed}: {}",
            report.sentence
        );
        let held = states(&report).into_iter().all(|state| state.word() == "held");
        assert!(held, "seed {seed}: {:?}", report.slos);
    }
}

/// Writes a shard's record into a folder and opens it.
fn shard(random: &Random, folder: &Path, number: usize) -> RecordReader {
    let calls: Vec<Call> = random
        .calls
        .iter()
        .filter(|call| call.shard == number)
        .copied()
        .collect();
    let directory = folder.join(number.to_string());
    let mut info = run(&random.slos);
    info.shard = format!("{}/{SHARDS}", number + 1);
    let mut writer = RecordWriter::create(&directory, &info).unwrap();
    for second in random.seconds(&calls) {
        writer.write_second(&second).unwrap();
    }
    RecordReader::open(&directory).unwrap()
}

#[test]
fn all_shards_together_are_judged_as_the_whole() {
    for seed in 1000..1000 + MERGED_RUNS {
        let random = Random::new(seed);
        let whole = random.report(&random.calls);
        let folder = tempfile::tempdir().unwrap();
        let shards = (0..SHARDS).map(|number| shard(&random, folder.path(), number));
        let (merged, _) = merge(shards.collect(), &folder.path().join("merged")).unwrap();
        assert_eq!(
            merged.verdict, whole.verdict,
            "seed {seed}: {} / {}",
            merged.sentence, whole.sentence
        );
        assert_eq!(merged.slos, whole.slos, "seed {seed}");
        assert_eq!(merged.arrivals, whole.arrivals, "seed {seed}");
        let again = RecordReader::open(&folder.path().join("merged")).unwrap();
        let result = again.run.result.clone().unwrap();
        assert_eq!((result.verdict, &result.sentence), (merged.verdict, &merged.sentence));
        let judged = crate::judge::recorded::report_on(&again.run, again.totals().unwrap()).unwrap();
        assert_eq!(
            (judged.verdict, judged.slos),
            (merged.verdict, merged.slos),
            "seed {seed}: judged again from its record"
        );
    }
}
