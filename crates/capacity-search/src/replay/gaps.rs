//! The gaps between arrivals.

use super::sample::Sample;
use crate::evidence::{Ending, StepResult, number};
use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;

/// Gaps that vary less than this, as a share of their mean, are meant to be even.
const EVEN: f64 = 0.3;

/// An arrival is one call when there are as many calls as arrivals, but for this share...
const ONE_CALL: f64 = 0.02;
/// ...and so many standard errors of arrivals at random.
const ERRORS: f64 = 3.0;

/// The gaps between arrivals, as shares of their mean; none when they are even.
#[derive(Debug, Clone)]
pub(super) struct Gaps(Vec<f64>);

impl Gaps {
    /// Those of some steps; in those that were given up, arrivals may have waited to be sent. `None` where an arrival is more
    /// than one call: then a rate of calls is no rate of arrivals.
    pub(super) fn of(steps: &[&StepResult]) -> Option<Self> {
        let whole = steps.iter().filter(|step| step.ending == Ending::Whole);
        let gaps = whole.flat_map(|step| {
            let pairs = step.calls.windows(2);
            pairs.map(|pair| number(pair[1].at_ns - pair[0].at_ns) / 1e9 * step.plan.rate_per_s)
        });
        let mut gaps: Vec<f64> = gaps.collect();
        let sample = Sample::of(gaps.iter().copied());
        let chance = ERRORS / sample.count.max(1.0).sqrt();
        if (sample.mean() - 1.0).abs() > ONE_CALL + chance {
            return None;
        }
        if sample.deviation() < EVEN * sample.mean() {
            gaps.clear();
        }
        for gap in &mut gaps {
            *gap /= sample.mean();
        }
        Some(Self(gaps))
    }

    /// One of them.
    pub(super) fn draw(&self, rng: &mut Xoshiro256PlusPlus) -> f64 {
        if self.0.is_empty() {
            1.0
        } else {
            self.0[rng.random_range(0..self.0.len())]
        }
    }
}
