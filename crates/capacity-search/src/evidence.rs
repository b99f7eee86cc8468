//! What the search knows of a step: numbers only, whether they come from a load run or from a simulation.

use proofload_results::capacity::Purpose;

/// Parts of an objective's limit by which response times are told apart...
pub const RUNGS_PER_LIMIT: f64 = 16.0;
/// ...and how many of them, up to twice the limit: what takes longer still says no more.
pub const RUNGS: usize = 32;

/// What a step is to do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepPlan {
    /// What it is for.
    pub purpose: Purpose,
    /// Arrivals per second.
    pub rate_per_s: f64,
    /// How long it goes before anything counts, in seconds.
    pub warm_up_s: f64,
    /// How long it is measured, in seconds.
    pub measured_s: f64,
}

/// One second of a step.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Moment {
    /// How long it was, in seconds.
    pub length_s: f64,
    /// Arrivals that fell due.
    pub due: u64,
    /// Arrivals that were due and not done, at its end.
    pub under_way: u64,
    /// By objective: how the calls that ended did.
    pub marks: Vec<Mark>,
}

/// How the calls of one second did by one objective.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mark {
    /// Calls that it speaks of.
    pub calls: u64,
    /// Of these, how many were beyond its limit.
    pub beyond: u64,
    /// Of these, how many took longer than 1, 2, 3... parts of the limit ([`RUNGS_PER_LIMIT`]); nothing where the limit is
    /// no response time.
    pub over: [u64; RUNGS],
}

impl Mark {
    /// Adds another second's.
    pub fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.beyond += other.beyond;
        for (sum, over) in self.over.iter_mut().zip(&other.over) {
            *sum += over;
        }
    }
}

/// One call of a step, as its server saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// When it was sent, in nanoseconds since the step's begin.
    pub at_ns: u64,
    /// From then to the last byte of its answer, in nanoseconds.
    pub took_ns: u64,
}

/// What an objective allows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Allowed {
    /// The share of calls that may be beyond its limit; `None` where it is no such share (a mean, a maximum).
    pub share: Option<f64>,
    /// The response time that is its limit, in seconds; `None` for errors.
    pub limit_s: Option<f64>,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// At its planned end.
    Whole,
    /// Given up: calls only piled up or failed.
    Hopeless,
    /// The generator was the bottleneck.
    GeneratorGaveOut,
    /// The target answered nothing any more.
    TargetDied,
    /// By a signal.
    Interrupted,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct StepResult {
    /// What it was to do.
    pub plan: StepPlan,
    /// How it ended.
    pub ending: Ending,
    /// The seconds that count.
    pub moments: Vec<Moment>,
    /// Arrivals under way when the first of them began.
    pub under_way_before: u64,
    /// Every call of the whole step, warm-up included, in the order of being sent; empty where they are too many, or not all
    /// of one kind, or some got no answer.
    pub calls: Vec<Call>,
    /// By objective: whether it held.
    pub held: Vec<bool>,
    /// The median response time, in seconds.
    pub median_s: f64,
    /// Since the search began, in seconds: everything counts, the cool-down after the step too.
    pub elapsed_s: f64,
}

impl StepResult {
    /// How the calls of the whole step did by an objective.
    pub fn mark(&self, objective: usize) -> Mark {
        let mut sum = Mark::default();
        for mark in self.moments.iter().filter_map(|moment| moment.marks.get(objective)) {
            sum.add(mark);
        }
        sum
    }

    /// Whether it says anything about the target.
    pub fn counts(&self) -> bool {
        matches!(self.ending, Ending::Whole | Ending::Hopeless)
    }
}

/// A count as a number to calculate with.
pub(super) fn number(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "2^53 calls are never reached")]
    let number = count as f64;
    number
}
