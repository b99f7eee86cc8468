//! What happened in one second, as `counters.jsonl` keeps it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened in one second.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Counters {
    /// Which second, counted from the start of the run.
    pub second: u64,
    /// When it began, in seconds since the start of the run.
    pub start_s: f64,
    /// How long it was: 1 but for the last and for a generator that was late.
    pub length_s: f64,
    /// Arrivals that fell due.
    pub due: u64,
    /// Arrivals that were sent.
    pub sent: u64,
    /// Arrivals that were answered, failed or timed out.
    pub done: u64,
    /// Arrivals in flight at its end.
    pub in_flight: u64,
    /// Arrivals that were due but not sent at its end: every virtual user was busy.
    pub backlog: u64,
    /// By operation: answers by status, failures by name.
    pub statuses: BTreeMap<String, BTreeMap<String, u64>>,
    /// By operation: how many of these are errors.
    pub errors: BTreeMap<String, u64>,
    /// By operation: why calls got no answer, in words, of twenty kinds at most.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reasons: BTreeMap<String, BTreeMap<String, u64>>,
    /// By operation: calls that were sent once more, because the server closed their idle connection just then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stale: BTreeMap<String, u64>,
    /// Answers 401 to a token that should have been valid.
    pub unauthorised: u64,
    /// Arrivals that had to wait for a free virtual user.
    pub waited_for_user: u64,
    /// From due to sent while a user was free, in microseconds.
    pub lag_us: Lag,
    /// Share of the second in which the busiest thread of the generator was at work, 0 to 1.
    pub busy: f64,
    /// CPU time of the process in this second, in seconds.
    pub cpu_s: f64,
    /// Resident memory of the process at its end, in bytes.
    pub rss_bytes: u64,
}

/// The schedule lag of one second, in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lag {
    /// Median.
    pub p50: u64,
    /// 99th percentile.
    pub p99: u64,
    /// Largest value.
    pub max: u64,
}
