//! What one side says of a metric.

use crate::dependence::count;
use crate::spread::Spread;

/// A metric's logarithm on one side.
#[derive(Debug, Clone)]
pub(crate) struct Estimate {
    pub(crate) value: f64,
    pub(crate) spread: Spread,
    pub(crate) block_s: f64,
    /// By how much it moved within a single run, from the first half to the second; 0 where chance explains that.
    pub(crate) drift: f64,
    /// The same of each run.
    pub(crate) runs: Vec<f64>,
}

impl Estimate {
    /// What runs of the same build differ by, beyond what their seconds explain: the variance that this adds to the
    /// difference of the sides, and with how many degrees of freedom it is known (0: it cannot be known).
    ///
    /// Both sides are taken together, as in a t test with equal variances: each has too few runs to tell alone, and drawing
    /// from two or three runs with replacement would show only half or two thirds of the variance.
    pub(crate) fn between_runs(candidate: &Self, baseline: &Self) -> (f64, f64) {
        let mut squares = 0.0;
        let mut degrees = 0.0;
        for side in [candidate, baseline] {
            let runs = count(side.runs.len());
            let mean = side.runs.iter().sum::<f64>() / runs;
            let sum: f64 = side.runs.iter().map(|run| (run - mean).powi(2)).sum();
            // What the seconds of a run explain of it.
            let explained = (runs - 1.0) * runs * side.spread.variance();
            squares += sum - explained;
            degrees += runs - 1.0;
        }
        if degrees < 1.0 {
            return (0.0, 0.0);
        }
        let between = (squares / degrees).max(0.0);
        let share = 1.0 / count(candidate.runs.len()) + 1.0 / count(baseline.runs.len());
        (between * share, degrees)
    }
}
