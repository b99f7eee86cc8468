//! Whether a run would have gone on like this.

use serde::{Deserialize, Serialize};

/// A figure that drifted over a run, or did not as far as can be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftRow {
    /// What it is of: `response time, p50`, or a series of a machine.
    pub what: String,
    /// Its unit: `us`, `share`, or that of the series.
    pub unit: String,
    /// How much it changed an hour.
    pub per_hour: f64,
    /// The 95% interval of that.
    pub interval_per_hour: [f64; 2],
    /// What it was at the beginning and at the end, by the line through all of it.
    pub from_to: [f64; 2],
    /// Whether it drifts: beyond chance, by enough to matter, and still in the second half.
    pub drifts: bool,
    /// In one sentence.
    pub sentence: String,
}
