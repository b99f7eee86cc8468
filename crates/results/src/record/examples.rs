//! Records for tests.

use super::{Counters, HistogramTag, Machine, RUN_SCHEMA, RunInfo, RunStatus, Second};
use crate::load::Connecting;
use hdrhistogram::Histogram;

/// A run that began at `started_unix_ns`.
pub(super) fn run(started_unix_ns: u64) -> RunInfo {
    RunInfo {
        schema: RUN_SCHEMA.to_owned(),
        version: "0.1.0".to_owned(),
        status: RunStatus::Running,
        scenario: "camera-feed".to_owned(),
        target: "lab".to_owned(),
        base_url: "https://lab.example".to_owned(),
        started_at: "2026-11-22T06:00:00Z".to_owned(),
        started_unix_ns,
        ended_at: None,
        planned_s: 10.0,
        seed: 7,
        shard: "1/1".to_owned(),
        shard_from: None,
        scenario_digest: None,
        clock: None,
        users: 4,
        threads: 1,
        slos: Vec::new(),
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
        expected_arrivals: Some(40.0),
        requests: None,
        stages: Vec::new(),
        parts: Vec::new(),
        turns: None,
        lost: None,
        result: None,
    }
}

/// The tag of the latencies of publish.
pub(super) fn publish() -> HistogramTag {
    "publish.response.ok".parse().unwrap()
}

/// A second that began at `start_s`, in which `latencies_us` were measured.
pub(super) fn second(number: u64, start_s: f64, latencies_us: &[u64]) -> Second {
    let count = latencies_us.len() as u64;
    let mut second = Second::new(Counters {
        second: number,
        start_s,
        length_s: 1.0,
        due: count,
        sent: count,
        done: count,
        ..Counters::default()
    });
    if count > 0 {
        let statuses = [("200".to_owned(), count)];
        second.counters.statuses.insert("publish".to_owned(), statuses.into());
        second.add(publish(), &histogram(latencies_us));
    }
    second
}

/// A histogram of latencies.
pub(super) fn histogram(latencies_us: &[u64]) -> Histogram<u64> {
    let mut histogram = super::latency_histogram();
    for us in latencies_us {
        histogram.record(*us).unwrap();
    }
    histogram
}
