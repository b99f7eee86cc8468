//! What was read off the machines under test in a run, summed up.

use super::series::SeriesName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was read off the machines under test.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WatchedReport {
    /// The endpoints, in the order in which they were named.
    pub sources: Vec<SourceRow>,
    /// Every series, in the order of [`super::KINDS`].
    pub series: Vec<SeriesRow>,
    /// Why lines of `target.jsonl` are missing, if they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<String>,
}

/// One endpoint.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceRow {
    /// What it is called.
    pub name: String,
    /// Where it is; nothing secret.
    #[serde(default)]
    pub url: String,
    /// How often it was looked at.
    pub looks: u64,
    /// How often nothing was to be had.
    pub gaps: u64,
    /// Why not, in words, each with how often; of ten kinds at most.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gap_reasons: BTreeMap<String, u64>,
    /// How long an answer took on average, in milliseconds.
    pub took_ms: f64,
}

/// One series of one endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesRow {
    /// The endpoint's name.
    pub source: String,
    /// Which series.
    pub series: SeriesName,
    /// What people call it.
    pub title: String,
    /// Its unit: `share`, `bytes`, `bytes/s`, `1/s`, `cores`, `celsius`, `watts`, `seconds`, `count`, or empty.
    pub unit: String,
    /// In how many looks it was seen.
    pub count: u64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Smallest figure.
    pub min: f64,
    /// Largest figure.
    pub max: f64,
    /// How much there is of it; none where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// In which share of the looks it was near its limit, 0 to 1; none where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_share: Option<f64>,
    /// Its mean while it was near its limit; none where it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_mean: Option<f64>,
}

/// What was at its limit together with a miss, and what grew with the queue: never a cause, only what was seen at the same time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RanOut {
    /// In one sentence or a few.
    pub sentence: String,
    /// The series that were at their limits, the surest first.
    #[serde(default)]
    pub at_limit: Vec<Spent>,
    /// Processors' time that came to a halt while ever more calls waited, below any limit that is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stood: Vec<Spent>,
    /// The series that grew with the calls under way and were at no limit.
    #[serde(default)]
    pub grew: Vec<Spent>,
}

/// A series that was at its limit, came to a halt, or grew with the queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// The endpoint's name.
    pub source: String,
    /// Which series.
    pub series: SeriesName,
    /// The figure, and its limit where there is one, in words: `CPU of all cores 97%`.
    pub words: String,
    /// The figure.
    pub figure: f64,
    /// Its limit, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
}
