//! The result of a capacity search.

mod file;

pub use file::{read, write};

use crate::load::{Percentiles, SloRow, tells_p999};
use crate::watched::{RanOut, WatchedReport};
use serde::{Deserialize, Serialize};

/// The schema name of [`CapacityReport`]'s JSON.
pub const SCHEMA: &str = "proofload.capacity/1";

/// The result of a capacity search, as `--format json` prints it and `capacity.json` keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CapacityReport {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// How it ended.
    pub verdict: CapacityVerdict,
    /// The answer as one sentence, for people.
    pub sentence: String,
    /// The highest arrival rate at which every objective held, per second. 0: not even the lowest rate held. Null: it
    /// cannot be said.
    pub sustained_per_s: Option<f64>,
    /// The true value is believed to lie between these, per second; null when there is no value.
    pub bracket_per_s: Option<[f64; 2]>,
    /// What broke first above that rate: an objective as it was stated, or `queue` when calls only piled up. Null when
    /// nothing broke.
    pub limited_by: Option<String>,
    /// Where it broke.
    pub broke_at: Option<Broke>,
    /// Whether a run of its own at that rate agreed with the answer.
    pub confirmed: bool,
    /// The rate that was asked for, and whether the target carries it.
    pub need: Option<Need>,
    /// The same in cameras; null when the scenario publishes nothing.
    pub cameras: Option<Cameras>,
    /// Latency at shares of the sustained rate, in ascending order; empty when there is no rate.
    pub latency: Vec<LatencyAt>,
    /// The objectives as they were stated.
    pub slos: Vec<String>,
    /// What was measured, in the order it was measured.
    pub steps: Vec<StepRow>,
    /// The Universal Scalability Law fitted to the steps: it says where the knee is, and is never the answer.
    pub usl: Usl,
    /// Why the verdict is invalid or incomplete, one sentence each.
    pub reasons: Vec<String>,
    /// What a person should know beside the figures, one sentence each.
    pub findings: Vec<String>,
    /// How the answer was worked out, for whoever checks it, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub method: Vec<String>,
    /// The scenario's name.
    pub scenario: String,
    /// The only journey that was searched on; null for all of them.
    pub journey: Option<String>,
    /// The target's base URL.
    pub target: String,
    /// The seed of everything random.
    pub seed: u64,
    /// When it began, RFC 3339.
    pub started_at: String,
    /// When it ended, RFC 3339.
    pub ended_at: String,
    /// How long it took, in seconds.
    pub duration_s: f64,
    /// The program's version.
    pub version: String,
    /// What was at its limit where it broke; none where nothing broke or nothing was watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ran_out: Option<RanOut>,
    /// What came of holding the answer for long; none where it was not held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<HeldRow>,
    /// How the target changed while it was measured; none where it was not seen to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<ChangeRow>,
    /// Over how many connections calls went when the answer was confirmed; none where it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<u64>,
}

/// What came of holding the answer for long.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HeldRow {
    /// The rate that was held, per second.
    pub rate_per_s: f64,
    /// For how long from the begin every objective held, in seconds.
    pub for_s: f64,
    /// Whether that was all the time it was to be held.
    pub whole: bool,
    /// The rate that it carried after that, per second; null where that was not measured.
    pub then_per_s: Option<f64>,
}

/// How a target changed while it was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChangeRow {
    /// The rate at which calls were compared, per second.
    pub rate_per_s: f64,
    /// How long a call took at first, in seconds (geometric mean).
    pub before_s: f64,
    /// How long it took later, in seconds; null where the rate did not hold any more.
    pub after_s: Option<f64>,
    /// The step that showed it, counted from 1.
    pub since_step: u64,
    /// The highest rate that broke in between, per second; null where none did.
    pub broke_per_s: Option<f64>,
    /// Whether it became quicker; slower otherwise.
    pub quicker: bool,
}

/// How a capacity search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CapacityVerdict {
    /// A rate was found, and it is no less than what is needed.
    Pass,
    /// The target carries less than what is needed, or nothing at all.
    Fail,
    /// It cannot be said: the generator gave out first, or the target's capacity moved while it was measured.
    Invalid,
    /// Interrupted, or the target died: what was found until then.
    Incomplete,
}

/// Where an objective broke.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Broke {
    /// The lowest rate at which it was measured to break, per second.
    pub rate_per_s: f64,
    /// What was measured there, with its unit.
    pub measured: String,
}

/// What is needed of the target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Need {
    /// Arrivals per second.
    pub rate_per_s: f64,
    /// As it was stated: `150/s`, `40 cameras`; none in records that were written before they carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<String>,
    /// Whether the sustained rate is no less; null when there is none.
    pub met: Option<bool>,
    /// Sustained rate divided by need, minus 1: 0.22 is 22% to spare, -0.1 is 10% too little. Null when there is no rate.
    pub headroom: Option<f64>,
}

/// A rate in cameras.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cameras {
    /// Frames that each of them publishes per second.
    pub fps: f64,
    /// How many the sustained rate carries; null when there is no rate.
    pub count: Option<u64>,
    /// What their pictures take of the network towards the target, in megabits per second, as JSON carries them; none where that is
    /// not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub megabits_per_s: Option<f64>,
    /// What their pictures come to in a day, in gigabytes; none where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gigabytes_per_day: Option<f64>,
}

impl Cameras {
    /// What each of them sends: `1 frame/s`, `2.5 frames/s`.
    pub fn each(self) -> String {
        let plural = if (self.fps - 1.0).abs() < f64::EPSILON { "" } else { "s" };
        format!("{} frame{plural}/s", self.fps)
    }
}

/// Latency at a share of the sustained rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LatencyAt {
    /// Share of the sustained rate: 0.5, 0.8, 1.
    pub share: f64,
    /// The rate at which it was measured, per second.
    pub rate_per_s: f64,
    /// Calls that it was measured on; none in records that were written before they carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls: Option<u64>,
    /// From due to the last body byte over all calls, in microseconds.
    pub response_us: Percentiles,
}

impl LatencyAt {
    /// Whether there were calls enough for a 99.9th percentile.
    pub fn tells_p999(&self) -> bool {
        self.calls.is_none_or(tells_p999)
    }
}

/// One step of the search: one load run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRow {
    /// Counted from 1.
    pub number: u64,
    /// What it was for.
    pub purpose: Purpose,
    /// How it ended.
    pub verdict: StepVerdict,
    /// Arrivals that fell due, per second.
    pub rate_per_s: f64,
    /// Arrivals that were answered with success, per second.
    pub achieved_per_s: f64,
    /// How long it went before anything counted, in seconds.
    pub warm_up_s: f64,
    /// How long it was measured, in seconds.
    pub measured_s: f64,
    /// Calls that ended meanwhile.
    pub calls: u64,
    /// Of these, how many failed.
    pub errors: u64,
    /// From due to the last body byte over all calls, in microseconds.
    pub response_us: Percentiles,
    /// From sent to the last body byte over all calls, in microseconds.
    pub service_us: Percentiles,
    /// Arrivals under way on average: due and not done.
    pub in_flight: f64,
    /// Whether the target kept up: calls did not pile up.
    pub steady: bool,
    /// The objectives, each with what was measured.
    pub slos: Vec<SloRow>,
    /// Why it ended as it did, one sentence each; empty when every objective held.
    pub reasons: Vec<String>,
    /// Why it says nothing of its rate: the target paused in it, later steps say otherwise, or the target was slower then. Absent
    /// where it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<String>,
    /// When it began, in seconds since the search began.
    pub start_s: f64,
    /// Its run directory, seen from that of the search; null when nothing was recorded.
    pub record: Option<String>,
    /// What was read off the machines under test in it; none where nothing was watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched: Option<WatchedReport>,
}

impl StepRow {
    /// Whether there were calls enough for a 99.9th percentile.
    pub fn tells_p999(&self) -> bool {
        tells_p999(self.calls)
    }

    /// Whether it says anything of the target at its rate: that it held, or that it broke.
    pub fn counts(&self) -> bool {
        self.set_aside.is_none() && !matches!(self.verdict, StepVerdict::Invalid | StepVerdict::Incomplete)
    }
}

/// What a step is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Up or down by a factor until something breaks or holds.
    Ramp,
    /// Between a rate that held and one that broke.
    Bisect,
    /// Near the edge, to tell it from chance.
    Edge,
    /// At the answer.
    Confirm,
    /// Below the answer, for the latency there.
    Latency,
    /// At a rate that was measured before: whether the target works as it did.
    Return,
    /// At the answer, for long: whether the target carries it for good.
    Hold,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepVerdict {
    /// Every objective held, and calls did not pile up.
    Held,
    /// An objective was missed, or calls piled up.
    Broke,
    /// Given up early, because calls only piled up or failed.
    Hopeless,
    /// The generator was the bottleneck: it counts for nothing.
    Invalid,
    /// Interrupted, or the target died.
    Incomplete,
}

/// The Universal Scalability Law, X(N) = gamma N / (1 + alpha (N - 1) + beta N (N - 1)) (Gunther 2007), fitted to
/// throughput over concurrency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Usl {
    /// The fit; null when the steps do not determine one.
    pub fit: Option<UslFit>,
    /// Why there is none; null when there is one.
    pub why_not: Option<String>,
    /// How the fit and its intervals were made.
    pub method: String,
}

/// A fitted Universal Scalability Law.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct UslFit {
    /// Throughput of one call at a time, per second.
    pub gamma: Estimate,
    /// Contention: the share of the work that is done one after the other.
    pub alpha: Estimate,
    /// Coherency: what calls cost each other; above 0, throughput falls again beyond a peak.
    pub beta: Estimate,
    /// Concurrency at which throughput stops growing: sqrt((1 - alpha) / beta); null when beta is not above 0 for certain.
    pub knee_in_flight: Option<Estimate>,
    /// Throughput there, per second; null likewise.
    pub knee_per_s: Option<Estimate>,
    /// Steps it was fitted to.
    pub points: u64,
    /// Share of the throughput's variance that it explains, 0 to 1.
    pub r_squared: f64,
}

/// An estimate with its 95% confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}
