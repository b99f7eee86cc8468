//! Recorded runs whose truth is known, written as a load run writes them.

use hdrhistogram::Histogram;
use proofload_results::load::{Connecting, GeneratorRow, LoadReport, LoadVerdict, Percentiles, SCHEMA};
use proofload_results::record::{
    Counters, HistogramTag, Machine, RUN_SCHEMA, RecordWriter, RunInfo, RunStatus, Second, Totals, latency_histogram,
};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::path::Path;

/// An operation of a synthetic run.
#[derive(Clone, Copy)]
pub(crate) struct Calls {
    pub(crate) operation: &'static str,
    /// In every second.
    pub(crate) ok: u64,
    /// In every second.
    pub(crate) errors: u64,
    /// Response times lie within 20% of this, evenly.
    pub(crate) centre_us: f64,
}

/// A run as it should be, unless somebody changes it.
#[derive(Clone)]
pub(crate) struct Synthetic {
    pub(crate) calls: Vec<Calls>,
    pub(crate) seconds: u64,
    pub(crate) seed: u64,
    pub(crate) info: RunInfo,
    pub(crate) verdict: LoadVerdict,
}

pub(crate) fn publish(centre_us: f64) -> Synthetic {
    let calls = Calls {
        operation: "publish",
        ok: 200,
        errors: 0,
        centre_us,
    };
    Synthetic {
        calls: vec![calls],
        seconds: 30,
        seed: 1,
        info: info(),
        verdict: LoadVerdict::Pass,
    }
}

fn info() -> RunInfo {
    RunInfo {
        schema: RUN_SCHEMA.to_owned(),
        version: "0.1.0".to_owned(),
        status: RunStatus::Complete,
        scenario: "camera-feed".to_owned(),
        target: "lab".to_owned(),
        base_url: "https://lab.example".to_owned(),
        started_at: "2026-11-22T06:00:00Z".to_owned(),
        started_unix_ns: 1_795_327_200_000_000_000,
        ended_at: Some("2026-11-22T06:00:30Z".to_owned()),
        planned_s: 30.0,
        seed: 7,
        shard: "1/1".to_owned(),
        shard_from: None,
        scenario_digest: None,
        clock: None,
        users: 250,
        threads: 1,
        slos: Vec::new(),
        requests: None,
        stages: Vec::new(),
        machine: Machine::here(),
        guards: None,
        connecting: Some(Connecting {
            http2: false,
            streams: 1,
            keep_alive: true,
            timeout_s: 10.0,
            tls: true,
            proxy: false,
        }),
        expected_arrivals: Some(6000.0),
        parts: Vec::new(),
        turns: None,
        lost: None,
        result: None,
    }
}

impl Synthetic {
    pub(crate) fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    pub(crate) fn errors(mut self, errors: u64) -> Self {
        self.calls[0].errors = errors;
        self
    }

    pub(crate) fn seconds(mut self, seconds: u64) -> Self {
        self.seconds = seconds;
        #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
        let planned_s = seconds as f64;
        self.info.planned_s = planned_s;
        self.info.expected_arrivals = Some(planned_s * 200.0);
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Writes the record, and closes it unless it is to be one that was killed.
    pub(crate) fn write(&self, directory: &Path) {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(self.seed);
        let mut writer = RecordWriter::create(directory, &self.info).expect("a new record");
        let mut totals = Totals::default();
        for number in 0..self.seconds {
            let second = self.second(number, &mut rng);
            writer.write_second(&second).expect("a second");
            totals.add(&second);
        }
        let mut info = self.info.clone();
        if info.status != RunStatus::Running {
            info.result = Some(self.result(&totals));
        }
        writer.write_run(&info).expect("run.json");
    }

    fn second(&self, number: u64, rng: &mut Xoshiro256PlusPlus) -> Second {
        let count: u64 = self.calls.iter().map(|calls| calls.ok + calls.errors).sum();
        #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
        let start_s = number as f64;
        let mut second = Second::new(Counters {
            second: number,
            start_s,
            length_s: 1.0,
            due: count,
            sent: count,
            done: count,
            ..Counters::default()
        });
        for calls in &self.calls {
            let statuses = [("200", calls.ok), ("500", calls.errors)];
            let statuses = statuses.into_iter().filter(|(_, count)| *count > 0);
            let statuses = statuses.map(|(status, count)| (status.to_owned(), count)).collect();
            let counters = &mut second.counters;
            counters.statuses.insert(calls.operation.to_owned(), statuses);
            if calls.errors > 0 {
                counters.errors.insert(calls.operation.to_owned(), calls.errors);
            }
            for (outcome, count) in [("ok", calls.ok), ("error", calls.errors)] {
                let tag: HistogramTag = format!("{}.response.{outcome}", calls.operation)
                    .parse()
                    .expect("a tag");
                second.add(tag, &latencies(calls.centre_us, count, rng));
            }
        }
        second
    }

    fn result(&self, totals: &Totals) -> LoadReport {
        LoadReport {
            schema: SCHEMA.to_owned(),
            verdict: self.verdict,
            sentence: "The run says nothing of the target: arrivals were sent late.".to_owned(),
            duration_s: totals.duration_s,
            arrivals: totals.arrivals,
            operations: totals.operations(),
            generator: GeneratorRow {
                schedule_lag_us: Percentiles::default(),
                cpu_s: 1.0,
                max_rss_bytes: 1,
                healthy: self.verdict != LoadVerdict::Invalid,
                counted: false,
                reasons: vec!["arrivals were sent late".to_owned()],
                users: 250,
                threads: 1,
                waited_for_user: 0,
            },
            slos: Vec::new(),
            findings: Vec::new(),
            unauthorised: 0,
            scenario: self.info.scenario.clone(),
            target: self.info.base_url.clone(),
            seed: self.info.seed,
            protocol: None,
            guards: None,
            addresses: std::collections::BTreeMap::new(),
            watched: None,
            ran_out: None,
            drift: Vec::new(),
        }
    }
}

fn latencies(centre_us: f64, count: u64, rng: &mut Xoshiro256PlusPlus) -> Histogram<u64> {
    let mut histogram = latency_histogram();
    for _ in 0..count {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a response time")]
        let us = (centre_us * rng.random_range(0.9..1.1)) as u64;
        histogram.record(us).expect("within bounds");
    }
    histogram
}
