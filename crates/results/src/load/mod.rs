//! The result of a load run.

mod addresses;
mod complaint;
mod drift;
mod due;
mod guarded;
mod phase;
mod protocol;

pub use addresses::{AddressCount, add_addresses, address_lines, unreached};
pub use complaint::Complaint;
pub use drift::DriftRow;
pub use due::{DuePercentiles, LINES_EXPLAINED, ResponseLine, quantile_of_due, tells_p999};
pub use guarded::{Breach, GuardCount, GuardKind, GuardPlan, GuardReport, Guarded, open_doors};
pub use phase::{NO_DNS, Phase, PhaseRow};
pub use protocol::{Connecting, HTTP_2, Protocol};

use crate::objective::Objective;
use crate::watched::{RanOut, WatchedReport};
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
    /// The verdict in one sentence, the same in every rendering; empty in records that were written before they carried it:
    /// see [`Self::headline`].
    #[serde(default)]
    pub sentence: String,
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
    /// How the calls were made; none in records that were written before they carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
    /// Whether the doors stayed shut; none where nobody looked, and in records that were written before they carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guards: Option<GuardReport>,
    /// What came of each of the target's addresses, where it has several.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub addresses: BTreeMap<String, AddressCount>,
    /// What was read off the machines under test; none where nothing was watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched: Option<WatchedReport>,
    /// What was at its limit together with an objective that was missed; none where none was, or nothing was watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ran_out: Option<RanOut>,
    /// What drifted, or did not, in runs of some minutes; empty in shorter ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drift: Vec<DriftRow>,
}

impl LoadReport {
    /// Whether a door was found open that must stay shut.
    pub fn is_breached(&self) -> bool {
        self.guards.as_ref().is_some_and(|guards| guards.guarded.is_breached())
    }

    /// The verdict in one sentence.
    pub fn headline(&self) -> &str {
        if !self.sentence.is_empty() {
            return &self.sentence;
        }
        match self.verdict {
            LoadVerdict::Pass => "Every stated objective held.",
            LoadVerdict::Fail => "An objective was missed, or the target stopped answering.",
            LoadVerdict::Invalid => "The generator was the bottleneck: the figures are doubtful.",
            LoadVerdict::Incomplete => "The run ended before its time.",
            LoadVerdict::Part => "This is a part of a load, which is judged when all parts are merged.",
        }
    }
}

/// An SLO and what was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SloRow {
    /// As it was stated, e.g. `publish.p99 < 250ms`.
    pub slo: String,
    /// What was measured, with its unit, e.g. `18.3ms`.
    pub measured: String,
    /// Whether it held, whatever the generator was doing meanwhile.
    pub held: bool,
    /// What would have been measured at best, had the generator not delayed calls itself. Only there when the objective is
    /// undecided: what was measured and this do not both hold it, nor both miss it. Or the rate that was offered, where it asks for
    /// more than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_best: Option<String>,
    /// The same as data; none in records that were written before they carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objective: Option<Objective>,
}

/// Whether an objective held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SloState {
    /// It did.
    Held,
    /// It did not, whatever the generator was doing.
    Missed,
    /// The generator may have decided it, or nothing of the kind was offered.
    Undecided,
}

impl SloRow {
    /// How [`Self::at_best`] begins where the objective asks for a rate that was never offered: no target could have held it.
    pub const OFFERED: &str = "no more than ";

    /// Whether it asks for a rate that was never offered.
    pub fn is_beyond_the_offer(&self) -> bool {
        let at_best = self.at_best.as_deref();
        at_best.is_some_and(|at_best| at_best.starts_with(Self::OFFERED))
    }

    /// Whether it held: the one place that decides it for every rendering.
    pub fn state(&self) -> SloState {
        match (&self.at_best, self.held) {
            (Some(_), _) => SloState::Undecided,
            (None, true) => SloState::Held,
            (None, false) => SloState::Missed,
        }
    }

    /// What was measured, and at best where that matters.
    pub fn figures(&self) -> String {
        match &self.at_best {
            Some(at_best) if self.is_beyond_the_offer() => format!("{}; {at_best}", self.measured),
            Some(at_best) => format!(
                "{}; without the generator's own delays perhaps {at_best}",
                self.measured
            ),
            None => self.measured.clone(),
        }
    }
}

impl SloState {
    /// `held`, `missed`, `undecided`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Missed => "missed",
            Self::Undecided => "undecided",
        }
    }
}

/// How a load run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LoadVerdict {
    /// Every SLO held, or none was stated.
    Pass,
    /// An SLO was missed.
    Fail,
    /// The generator, or its machine, may have decided it: the figures are doubtful.
    Invalid,
    /// Interrupted before its end.
    Incomplete,
    /// A shard of a load that ran to its end: a part is not the whole, and judges nothing.
    Part,
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
    /// Calls that were due and came to no end: never sent, or still out when the run was over.
    #[serde(default)]
    pub unended: u64,
    /// Answers by status; time-outs and transport errors under `timeout`, `connect`, `reset` and the like.
    pub statuses: BTreeMap<String, u64>,
    /// Why calls got no answer, in words, of twenty kinds at most.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reasons: BTreeMap<String, u64>,
    /// Calls that were sent once more on a new connection, because the server closed their idle one just then; counted once among
    /// the others, by how they ended.
    #[serde(default)]
    pub stale: u64,
    /// From due to the last body byte, of the calls that were answered or failed in the time that took, in microseconds.
    pub response_us: Percentiles,
    /// From sent to the last body byte, in microseconds.
    pub service_us: Percentiles,
    /// [`Self::response_us`] of the successes alone; none in records that were written before they carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success_us: Option<Percentiles>,
    /// From due to the last body byte over all calls that were due, as objectives are judged; none in records that were
    /// written before they carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_us: Option<DuePercentiles>,
    /// Where its time went; empty for calls over HTTP/2, and in records that were written before they carried it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<PhaseRow>,
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
    /// Whether all that it did wrong is counted call by call, so that an objective can be missed whatever it did; only there when
    /// so, and when a limit was not kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub counted: bool,
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
