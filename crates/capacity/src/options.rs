//! What a person can choose about a search, and what comes of it.

use proofload_capacity_search::End;
use proofload_deployment::halt::Interruption;
use proofload_deployment::units::{Need, Rate};
use proofload_load as load;
use proofload_results::capacity::CapacityReport;
use proofload_results::load::Complaint;
use std::path::PathBuf;
use std::time::Duration;

/// Where a search begins unless told otherwise, in arrivals per second.
pub const START_PER_S: f64 = 20.0;
/// How long a short step is measured unless told otherwise.
pub const STEP: Duration = Duration::from_secs(2);
/// How long a certificate's answer is held unless told otherwise: throttling shows within minutes.
pub const HOLD: Duration = Duration::from_secs(300);

/// How a search is made.
#[derive(Debug, Clone)]
pub struct CapacityOptions {
    /// How every step is made; its record and users are the search's business unless users are stated.
    pub load: load::LoadOptions,
    /// The run directory; `None` for no record.
    pub out: Option<PathBuf>,
    /// What is needed.
    pub need: Option<Need>,
    /// Frames that each camera publishes per second.
    pub fps: f64,
    /// The only journey to search on; `None` for all.
    pub journey: Option<String>,
    /// Where the ramp begins.
    pub start: Rate,
    /// No rate above this is tried.
    pub most: Rate,
    /// How long a short step is measured.
    pub step: Duration,
    /// How long the whole search may take, but for holding the answer.
    pub max_time: Duration,
    /// How long a confirmed answer is held in the end; zero for not at all.
    pub hold: Duration,
}

/// What came of a search.
#[derive(Debug, Clone)]
pub struct CapacityOutcome {
    /// The result.
    pub report: CapacityReport,
    /// How it ended.
    pub end: End,
    /// The signal that ended it, if one did.
    pub interrupted: Option<Interruption>,
    /// Whether an answer was found whose bracket is wide.
    pub bracket_is_wide: bool,
    /// Why the generator gave out, where that ended the search.
    pub complaints: Vec<Complaint>,
    /// Why a part of the record was lost, if it was.
    pub lost: Option<String>,
}
