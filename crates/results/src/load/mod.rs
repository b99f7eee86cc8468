//! The result of a load run.

mod complaint;

pub use complaint::Complaint;

use crate::objective::Objective;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The schema name of [`LoadReport`]'s JSON.
pub const SCHEMA: &str = "proofload.load/1";

/// The result of a load run, as `--format json` prints it and `run.json` keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LoadReport {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// How it ended.
    pub verdict: LoadVerdict,
    /// Measured time in seconds.
    pub duration_s: f64,
    /// What became of the arrivals.
    pub arrivals: Arrivals,
    /// One row for each operation.
    pub operations: Vec<OperationRow>,
    /// Whether the generator itself can be trusted.
    pub generator: GeneratorRow,
    /// The SLOs, each with what was measured.
    #[serde(default)]
    pub slos: Vec<SloRow>,
    /// What a person should know beside the figures, one sentence each.
    #[serde(default)]
    pub findings: Vec<String>,
    /// Answers 401 to a token that should have been valid.
    #[serde(default)]
    pub unauthorised: u64,
    /// The scenario's name.
    #[serde(default)]
    pub scenario: String,
    /// The target's base URL.
    #[serde(default)]
    pub target: String,
    /// The seed of everything random.
    #[serde(default)]
    pub seed: u64,
}

/// An SLO and what was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SloRow {
    /// As it was stated, e.g. `publish.p99 < 250ms`.
    pub slo: String,
    /// What was measured, with its unit, e.g. `18.3ms`.
    pub measured: String,
    /// Whether it held.
    pub held: bool,
    /// The same as data; none in records that were written before they carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objective: Option<Objective>,
}

/// How a load run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LoadVerdict {
    /// Every SLO held, or none was stated.
    Pass,
    /// An SLO was missed.
    Fail,
    /// The generator was the bottleneck: the figures are doubtful.
    Invalid,
    /// Interrupted before its end.
    Incomplete,
}

/// What became of the arrivals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrivals {
    /// Due within the run.
    pub due: u64,
    /// Sent.
    pub sent: u64,
    /// Answered, failed or timed out.
    pub done: u64,
    /// Never sent.
    pub unsent: u64,
}

/// One operation of a load run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OperationRow {
    /// The `operationId`.
    pub name: String,
    /// Documented successes.
    pub ok: u64,
    /// Everything else.
    pub errors: u64,
    /// Answers by status; time-outs and transport errors under `timeout`, `connect`, `reset` and the like.
    pub statuses: BTreeMap<String, u64>,
    /// Why calls got no answer, in words, of twenty kinds at most.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reasons: BTreeMap<String, u64>,
    /// Calls that were sent once more on a new connection, because the server closed their idle one just then; counted once among
    /// the others, by how they ended.
    #[serde(default)]
    pub stale: u64,
    /// From due to the last body byte, in microseconds.
    pub response_us: Percentiles,
    /// From sent to the last body byte, in microseconds.
    pub service_us: Percentiles,
}

/// Percentiles of a latency histogram, in microseconds; all 0 when it is empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Percentiles {
    /// Median.
    pub p50: u64,
    /// 90th percentile.
    pub p90: u64,
    /// 95th percentile.
    pub p95: u64,
    /// 99th percentile.
    pub p99: u64,
    /// 99.9th percentile.
    pub p999: u64,
    /// Largest value.
    pub max: u64,
    /// Arithmetic mean.
    pub mean: f64,
}

/// Whether the generator itself can be trusted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GeneratorRow {
    /// From due to sent while a user was free, in microseconds.
    pub schedule_lag_us: Percentiles,
    /// CPU time of our own process, in seconds.
    pub cpu_s: f64,
    /// Largest resident memory of our own process, in bytes.
    pub max_rss_bytes: u64,
    /// Whether every limit was kept.
    pub healthy: bool,
    /// Why not, one sentence for each limit that was not kept.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// Virtual users.
    #[serde(default)]
    pub users: u64,
    /// Threads that ran them.
    #[serde(default)]
    pub threads: u64,
    /// Arrivals that had to wait for a free virtual user.
    #[serde(default)]
    pub waited_for_user: u64,
}

impl Percentiles {
    /// The percentiles of a histogram of microseconds.
    pub fn of(histogram: &hdrhistogram::Histogram<u64>) -> Self {
        if histogram.is_empty() {
            return Self::default();
        }
        Self {
            p50: histogram.value_at_quantile(0.5),
            p90: histogram.value_at_quantile(0.9),
            p95: histogram.value_at_quantile(0.95),
            p99: histogram.value_at_quantile(0.99),
            p999: histogram.value_at_quantile(0.999),
            max: histogram.max(),
            mean: rounded(histogram.mean()),
        }
    }
}

/// To thousandths: more says nothing, and what is written as JSON reads back as the same number.
pub fn rounded(figure: f64) -> f64 {
    (figure * 1e3).round() / 1e3
}
