//! The lines as they stand on the pipe.

use crate::record::{ClockState, Counters, RunInfo};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Every line begins so.
pub(super) const HEAD: &str = "{\"n\":";

/// That a shard is ready and waits for the instant at which all begin; said again every few seconds, so that whoever collects can
/// compare the clock of its machine with the own one at the time the line came in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wait {
    /// Which share of the arrivals it takes, e.g. `2/8`.
    pub shard: String,
    /// What the clock of its machine says now: RFC 3339 with nanoseconds, UTC.
    pub now: String,
    /// The same as Unix time in nanoseconds.
    pub now_unix_ns: u64,
    /// The digest of what it will run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario_digest: Option<String>,
    /// What the system says of that clock; none where it does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockState>,
}

/// Histograms by their tags, as [`super::super::hlog::encode`] writes them.
pub(super) type Encoded = BTreeMap<String, String>;

/// What a line holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Line {
    Wait(Wait),
    Run {
        run: Box<RunInfo>,
    },
    Latencies {
        latencies: Encoded,
    },
    Second {
        counters: Box<Counters>,
        latencies: Encoded,
    },
    End {
        lines: u64,
        seconds: u64,
        sha256: String,
        run: Box<RunInfo>,
    },
}

impl Line {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Wait(_) => "wait",
            Self::Run { .. } => "run",
            Self::Latencies { .. } => "latencies",
            Self::Second { .. } => "second",
            Self::End { .. } => "end",
        }
    }
}

/// A line with its number.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Numbered {
    pub(super) n: u64,
    #[serde(flatten)]
    pub(super) line: Line,
}
