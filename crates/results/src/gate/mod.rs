//! The result of a gate: a baseline and a candidate compared.

mod file;
mod finite;
pub mod words;

pub use file::write;
pub use finite::Finite;

use crate::record::{Machine, RunStatus};
use crate::validate::{CaseResult, Summary};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The schema name of [`GateReport`]'s JSON.
pub const SCHEMA: &str = "proofload.gate/1";

/// The result of a gate, as `--format json` prints it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GateReport {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// Whether the comparison came to its end. Recorded runs always do; one of live deployments may be interrupted or killed,
    /// and then its verdict says nothing but that.
    #[serde(default = "complete")]
    pub status: RunStatus,
    /// The answer.
    pub verdict: GateVerdict,
    /// What the program ends with when the answer is that the data cannot tell.
    #[serde(default, skip_serializing_if = "Undecided::is_invalid")]
    pub inconclusive: Undecided,
    /// The program's version.
    pub version: String,
    /// Where the measurements came from.
    pub mode: Mode,
    /// The scenario that both sides ran.
    pub scenario: String,
    /// What the candidate was compared with.
    pub baseline: Side,
    /// What was judged.
    pub candidate: Side,
    /// How it was judged.
    pub settings: Settings,
    /// By operation, in the order of metrics.
    pub comparisons: Vec<Comparison>,
    /// Why the verdict is what it is, one sentence each, the weightiest first.
    pub reasons: Vec<String>,
    /// In what else the two sides differ, or what makes the figures doubtful, one sentence each.
    pub warnings: Vec<String>,
    /// How an interleaved comparison went; none for recorded runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequential: Option<Sequential>,
    /// Whether the candidate still answers as it did; none when nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conformance: Option<Conformance>,
}

/// The answer of a gate, and of each comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateVerdict {
    /// The candidate is worse by more than is tolerated; or it answers differently.
    Regressed,
    /// It is not.
    NotRegressed,
    /// The data at hand cannot tell.
    Inconclusive,
}

/// What an inconclusive gate ends with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Undecided {
    /// As what it is.
    #[default]
    Invalid,
    /// As if it had passed.
    Passes,
    /// As if it had failed.
    Fails,
}

impl Undecided {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands references over")]
    fn is_invalid(&self) -> bool {
        *self == Self::Invalid
    }
}

/// Where the measurements came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Run directories.
    Records,
    /// Two live deployments, loaded in turns.
    Interleaved,
}

/// One of the two sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Its runs; in an interleaved comparison one, which stands for all its blocks.
    pub runs: Vec<Run>,
    /// Measured time over all runs, in seconds.
    pub measured_s: Finite,
}

/// A run that was compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its directory; none when nothing was recorded.
    pub directory: Option<String>,
    /// The target's name.
    pub target: String,
    /// The target's base URL.
    pub base_url: String,
    /// The version of the program that made it.
    pub version: String,
    /// When its first arrival was due: RFC 3339, UTC.
    pub started_at: String,
    /// Measured time, in seconds.
    pub measured_s: Finite,
    /// Planned arrivals per second; none when users set the pace.
    pub rate: Option<Finite>,
    /// The seed of everything random.
    pub seed: u64,
    /// Virtual users.
    pub users: u64,
    /// Which share of the arrivals it took.
    pub shard: String,
    /// Where its generator ran.
    pub machine: Machine,
}

/// How it was judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// How much worse is tolerated, as a share of the baseline.
    pub tolerance: Finite,
    /// The same for single metrics (`p99`), or metrics of single operations (`publish.p99`).
    pub tolerances: Vec<Override>,
    /// Differences of response times below this matter to nobody, in microseconds.
    pub floor_us: Finite,
    /// Differences of error rates below this matter to nobody, as a share of the calls.
    pub error_floor: Finite,
    /// The confidence of the intervals, 0 to 1.
    pub confidence: Finite,
    /// Resamples of the bootstrap.
    pub resamples: u64,
    /// The seed of everything random.
    pub seed: u64,
}

/// A tolerance of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Override {
    /// `p99`, `publish.p99`, `publish`.
    pub what: String,
    /// As a share of the baseline.
    pub tolerance: Finite,
}

/// What is compared of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// Median of the response time of successful calls, in microseconds.
    P50,
    /// 90th percentile of it.
    P90,
    /// 99th percentile of it.
    P99,
    /// Failed calls as a share of all.
    ErrorRate,
    /// Successful calls per second.
    Throughput,
}

/// One metric of one operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The `operationId`.
    pub operation: String,
    /// What was compared.
    pub metric: Metric,
    /// The baseline's value, in the metric's unit: microseconds, share, calls per second. None when nothing was measured.
    pub baseline: Option<Finite>,
    /// The candidate's value.
    pub candidate: Option<Finite>,
    /// Candidate over baseline; none when the baseline is 0 or a side has no value.
    pub ratio: Option<Finite>,
    /// The ratio's interval. The end that decides on a regression is corrected for the number of comparisons (Holm), the
    /// other one is not: a gate that passes must pass them all.
    pub interval: Option<[Finite; 2]>,
    /// Candidate less baseline, in the metric's unit.
    pub difference: Option<Finite>,
    /// The difference's interval, as [`Self::interval`].
    pub difference_interval: Option<[Finite; 2]>,
    /// What the candidate must not exceed (of throughput: must not fall below), in the metric's unit.
    pub limit: Option<Finite>,
    /// The same as a ratio to the baseline; none when the baseline is 0.
    pub limit_ratio: Option<Finite>,
    /// The interval beyond the limit, within it, or across it.
    pub verdict: GateVerdict,
    /// Whether it counts in the verdict of the whole. False only of a p99 that the data cannot decide, that does not look
    /// worse than its limit, and that nobody named.
    #[serde(default = "counts")]
    pub judged: bool,
    /// The minimum detectable change: the value, in the metric's unit, that data like these would find to be a regression
    /// four times out of five.
    pub detectable: Option<Finite>,
    /// The same as a ratio to the baseline; none when the baseline is 0.
    pub detectable_ratio: Option<Finite>,
    /// How long the blocks of the bootstrap were, in seconds; none when nothing was resampled.
    pub block_s: Option<Finite>,
    /// What would settle an inconclusive one; none when nothing would, or nothing needs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<Needs>,
    /// A sentence where the figures do not speak for themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Earlier versions wrote nothing else.
fn complete() -> RunStatus {
    RunStatus::Complete
}

/// Records of earlier versions left nothing out.
fn counts() -> bool {
    true
}

/// What would settle a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum Needs {
    /// So many seconds more on each side.
    Seconds {
        /// How many.
        more: Finite,
    },
    /// So many runs more on each side.
    Runs {
        /// How many.
        more: u64,
    },
}

/// How an interleaved comparison went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sequential {
    /// The method that keeps the error rate over all looks.
    pub method: String,
    /// How long one block was, in seconds.
    pub block_s: Finite,
    /// Pairs of blocks that were measured.
    pub pairs: u64,
    /// Pairs that were planned at most.
    pub planned_pairs: u64,
    /// The looks that were taken.
    pub looks: Vec<Look>,
    /// From beginning to end, in seconds.
    pub elapsed_s: Finite,
}

/// One look at the data of an interleaved comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// After so many pairs.
    pub pairs: u64,
    /// The share of the error rate that it could spend.
    pub spent: Finite,
    /// What it said.
    pub verdict: GateVerdict,
}

/// Whether the candidate still answers as it did.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Conformance {
    /// Whether something differs that nobody accepted, or could not be tested.
    pub verdict: GateVerdict,
    /// The target's base URL.
    pub base_url: String,
    /// The directory of the snapshots.
    pub snapshot: String,
    /// How many cases ended how.
    pub summary: Summary,
    /// The cases that failed or could not be tested.
    pub deviations: Vec<CaseResult>,
}

impl Metric {
    /// Every metric, in the order of a report.
    pub const ALL: [Self; 5] = [Self::P50, Self::P90, Self::P99, Self::ErrorRate, Self::Throughput];

    /// The quantile of the response time, 0 to 1, if it is one.
    pub fn quantile(self) -> Option<f64> {
        match self {
            Self::P50 => Some(0.5),
            Self::P90 => Some(0.9),
            Self::P99 => Some(0.99),
            Self::ErrorRate | Self::Throughput => None,
        }
    }

    /// Whether more of it is worse.
    pub fn more_is_worse(self) -> bool {
        self != Self::Throughput
    }

    /// Its name, as in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::P50 => "p50",
            Self::P90 => "p90",
            Self::P99 => "p99",
            Self::ErrorRate => "error-rate",
            Self::Throughput => "throughput",
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for GateVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Regressed => "regressed",
            Self::NotRegressed => "not regressed",
            Self::Inconclusive => "inconclusive",
        })
    }
}
