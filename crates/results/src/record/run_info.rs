//! What ran, where, when and how it ended: `run.json`.

use crate::load::{Connecting, GuardPlan, LoadReport};
use serde::{Deserialize, Serialize};

/// The schema name of `run.json`.
pub const RUN_SCHEMA: &str = "proofload.run/1";

/// What ran, where, when and how it ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunInfo {
    /// Always [`RUN_SCHEMA`].
    pub schema: String,
    /// The program's version.
    pub version: String,
    /// Whether the run came to its end.
    pub status: RunStatus,
    /// The scenario's name, with what was changed in it for this run.
    pub scenario: String,
    /// The target's name.
    pub target: String,
    /// The target's base URL.
    pub base_url: String,
    /// When the first arrival was due: RFC 3339, UTC.
    pub started_at: String,
    /// The same as Unix time in nanoseconds.
    pub started_unix_ns: u64,
    /// When the record was closed: RFC 3339, UTC.
    pub ended_at: Option<String>,
    /// How long arrivals were to fall due, in seconds.
    pub planned_s: f64,
    /// The seed of everything random.
    pub seed: u64,
    /// Which share of the arrivals this run took, e.g. `1/1`.
    pub shard: String,
    /// Where that was read from; none where it was stated, and of the whole load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard_from: Option<String>,
    /// SHA-256 of what is sent and in which manner: journeys with all their steps, pictures, values, guards, the arrival process. How
    /// much of it, for how long, over which connections and held to what stands beside it. None in records that were written
    /// before they carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario_digest: Option<String>,
    /// Virtual users.
    pub users: u64,
    /// Threads that ran them.
    pub threads: u64,
    /// The SLOs as they were stated.
    pub slos: Vec<String>,
    /// Where the generator ran.
    pub machine: Machine,
    /// What its system says of its clock; none where it does not tell, and of many machines together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockState>,
    /// How connections were made; none in records that were written before they carried it. What came of it stands in the
    /// result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connecting: Option<Connecting>,
    /// What was to be guarded; none where nothing was, and in records that were written before they carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guards: Option<GuardPlan>,
    /// Arrivals expected over the whole run, on all machines; none when users set the pace.
    #[serde(default)]
    pub expected_arrivals: Option<f64>,
    /// The run was to end with so many calls, on all machines; none where only time ended it, and in records that were written
    /// before they carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<u64>,
    /// How the rate was planned to change, in order; none where it stays the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<StageSpan>,
    /// The runs that this record was merged from; none when it is the record of one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// How it took turns with another run; none when it was made by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turns: Option<Turns>,
    /// Why a part of the record is missing, though the run went on; none when all that was measured is on disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<String>,
    /// The result, once there is one.
    pub result: Option<LoadReport>,
}

impl RunInfo {
    /// Whether it is a part of a load that several machines made, and not the whole.
    pub fn is_part(&self) -> bool {
        self.shard != "1/1"
    }

    /// What a person should know of a record that was lost in part while its run went on; `None` of every other.
    pub fn finding_on_loss(&self) -> Option<String> {
        let why = self.lost.as_deref()?;
        Some(format!(
            "a part of the record was lost while the run went on ({why}): the figures are those of the whole run, and the seconds on disk are not"
        ))
    }

    /// What was asked for of connections, in words; nothing of records that do not say.
    pub fn asked(&self, what: impl Fn(&Connecting) -> String) -> String {
        self.connecting.as_ref().map_or_else(String::new, what)
    }

    /// The HTTP version of most answers; nothing of records that do not say, and of runs without an answer.
    pub fn http_version(&self) -> String {
        let protocol = self.result.as_ref().and_then(|result| result.protocol.as_ref());
        protocol
            .and_then(|protocol| protocol.version())
            .unwrap_or_default()
            .to_owned()
    }
}

/// Whether a run came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunStatus {
    /// Under way, or killed.
    Running,
    /// It came to its end.
    Complete,
    /// It was interrupted.
    Incomplete,
}

/// A stage of a run as it was planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageSpan {
    /// When it begins, in seconds since the start of the run.
    pub start_s: f64,
    /// How long it lasts, in seconds.
    pub length_s: f64,
    /// What happens in it, as in `ramp to 400/s`.
    pub what: String,
}

/// How the two sides of an interleaved comparison took turns. In the record of a side its blocks stand one behind the other,
/// as if they had been one run; what the other side did meanwhile is left out. The n-th block of one side and the n-th of
/// the other make a pair: they had the same arrivals, one right after the other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Turns {
    /// Which of the two this is.
    pub side: TurnsSide,
    /// How long a block is, in seconds.
    pub block_s: f64,
}

/// One of the two sides of an interleaved comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TurnsSide {
    /// What the candidate is compared with.
    Baseline,
    /// What is judged.
    Candidate,
}

/// A run that became part of a merged record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Which share of the arrivals it took.
    pub shard: String,
    /// Whether it came to its end.
    pub status: RunStatus,
    /// When its first arrival was due: RFC 3339, UTC.
    pub started_at: String,
    /// The target's base URL.
    pub base_url: String,
    /// The seed of everything random.
    pub seed: u64,
    /// Virtual users.
    pub users: u64,
    /// Where its generator ran.
    pub machine: Machine,
    /// What its system says of its clock; none where it does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockState>,
    /// Why it did not come to its end, in a sentence; none where it did, or was asked to end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<String>,
}

/// What a system says of its clock.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClockState {
    /// Whether something keeps it to the right time.
    pub synchronised: bool,
    /// By how much it may be wrong, as the system estimates, in milliseconds.
    pub error_ms: f64,
}

/// Where a generator ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// `linux`, `windows`, `macos`.
    pub os: String,
    /// `x86_64`, `aarch64`.
    pub arch: String,
    /// Processors it may use.
    pub cpus: u64,
}

impl Machine {
    /// This machine.
    pub fn here() -> Self {
        Self {
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            cpus: std::thread::available_parallelism().map_or(1, |cpus| cpus.get() as u64),
        }
    }
}
