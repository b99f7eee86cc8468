//! One baseline: whose it is, and of what run.

use chrono::{DateTime, Utc};
use proofload_results::record::{Machine, RunInfo};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The schema name of `baseline.json`.
pub const BASELINE_SCHEMA: &str = "proofload.baseline/1";

/// What `baseline.json` says: whose baseline it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Always [`BASELINE_SCHEMA`].
    pub schema: String,
    /// The branch it stands for.
    pub branch: String,
    /// The scenario that was run.
    pub scenario: String,
    /// The commit that was run, if somebody said.
    pub commit: Option<String>,
    /// When it was kept: RFC 3339, UTC.
    pub kept_at: String,
}

/// A baseline in a store.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Baseline {
    /// The branch it stands for.
    pub branch: String,
    /// The scenario that was run.
    pub scenario: String,
    /// The commit that was run, if somebody said.
    pub commit: Option<String>,
    /// When the run began.
    pub started_at: DateTime<Utc>,
    /// The target's base URL.
    pub base_url: String,
    /// The program's version that made the run.
    pub version: String,
    /// Where the generator ran.
    pub machine: Machine,
    /// Its run directory.
    pub path: PathBuf,
}

impl Baseline {
    /// A baseline of a run; none when the run does not say when it began.
    pub(super) fn of(label: Label, run: &RunInfo, path: PathBuf) -> Option<Self> {
        let started_at = DateTime::parse_from_rfc3339(&run.started_at).ok()?;
        Some(Self {
            branch: label.branch,
            scenario: label.scenario,
            commit: label.commit,
            started_at: started_at.with_timezone(&Utc),
            base_url: run.base_url.clone(),
            version: run.version.clone(),
            machine: run.machine.clone(),
            path,
        })
    }
}
