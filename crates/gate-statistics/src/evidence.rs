//! What the measurements say of one metric of one operation, before anybody judges it.

use crate::estimate::Estimate;
use crate::proportion::{self, Proportion};
use crate::spread::{Spread, student};
use proofload_results::gate::{Metric, Needs};

/// What the measurements say of one metric of one operation.
#[derive(Debug, Clone)]
pub struct Evidence {
    pub(crate) operation: String,
    pub(crate) metric: Metric,
    /// In the metric's unit.
    pub(crate) baseline: Option<f64>,
    pub(crate) candidate: Option<f64>,
    pub(crate) effect: Result<Effect, Lack>,
    /// Measured time of the shorter side, in seconds.
    pub(crate) measured_s: f64,
    /// Runs of the side that has fewer.
    pub(crate) runs: usize,
}

impl Evidence {
    /// What it is about.
    pub fn metric(&self) -> Metric {
        self.metric
    }
}

/// Why nothing can be said.
#[derive(Debug, Clone)]
pub(crate) struct Lack {
    pub(crate) note: String,
    pub(crate) needs: Option<Needs>,
}

/// How much worse the candidate is, upwards is worse.
#[derive(Debug, Clone)]
pub(crate) enum Effect {
    /// The logarithm of the ratio (of throughput: of its inverse).
    Log(Shift),
    /// The difference of two shares.
    Difference {
        candidate: Proportion,
        baseline: Proportion,
    },
}

/// A difference of logarithms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shift {
    pub(crate) size: f64,
    pub(crate) spread: Spread,
    /// The part of the variance that longer runs do not make smaller, but more runs do.
    pub(crate) between_runs: f64,
    /// By how much the two runs may differ because the machine drifted.
    pub(crate) drift: f64,
    /// By how much it moved within the baseline's run and the candidate's, as a logarithm.
    pub(crate) moved: [f64; 2],
    /// The length of a block of the bootstrap, in seconds.
    pub(crate) block_s: f64,
}

impl Shift {
    /// Of two sides that were measured on their own.
    pub(crate) fn between(candidate: &Estimate, baseline: &Estimate) -> Self {
        let own = candidate.spread.less(baseline.spread);
        let (variance, degrees) = Estimate::between_runs(candidate, baseline);
        Self {
            size: candidate.value - baseline.value,
            spread: if degrees > 0.0 {
                own.plus(variance, degrees)
            } else {
                own
            },
            between_runs: variance,
            drift: candidate.drift.abs() + baseline.drift.abs(),
            moved: [baseline.drift, candidate.drift],
            block_s: candidate.block_s.max(baseline.block_s),
        }
    }

    /// Turned around: where less is worse.
    pub(crate) fn negative(self) -> Self {
        Self {
            size: -self.size,
            spread: self.spread.negative(),
            ..self
        }
    }
}

impl Effect {
    pub(crate) fn size(&self) -> f64 {
        match self {
            Self::Log(shift) => shift.size,
            Self::Difference { candidate, baseline } => candidate.share - baseline.share,
        }
    }

    /// The end below which the effect lies with probability `alpha` at most.
    pub(crate) fn lower(&self, alpha: f64) -> f64 {
        match self {
            Self::Log(shift) => shift.size - shift.spread.critical(alpha) * shift.spread.down - shift.drift,
            Self::Difference { candidate, baseline } => proportion::lower(*candidate, *baseline, alpha),
        }
    }

    /// The end above which it does.
    pub(crate) fn upper(&self, alpha: f64) -> f64 {
        match self {
            Self::Log(shift) => shift.size + shift.spread.critical(alpha) * shift.spread.up + shift.drift,
            Self::Difference { candidate, baseline } => proportion::upper(*candidate, *baseline, alpha),
        }
    }

    /// The probability of seeing so much, were the effect no larger than `limit`.
    pub(crate) fn p_value(&self, limit: f64) -> f64 {
        match self {
            Self::Log(shift) => shift
                .spread
                .tail((shift.size - shift.drift - limit) / shift.spread.down),
            // The smallest alpha at which the lower end exceeds the limit; the end rises with alpha.
            Self::Difference { .. } => {
                let (mut low, mut high) = (-30.0_f64, 0.5_f64.ln());
                for _ in 0..40 {
                    let middle = f64::midpoint(low, high);
                    if self.lower(middle.exp()) > limit {
                        high = middle;
                    } else {
                        low = middle;
                    }
                }
                if self.lower(0.5) > limit { high.exp() } else { 1.0 }
            }
        }
    }

    /// The standard error downwards; of a difference of shares, were both as large as `share` at least.
    fn error(&self, share: f64) -> f64 {
        match self {
            Self::Log(shift) => shift.spread.down,
            Self::Difference { candidate, baseline } => {
                let variance = |side: &Proportion| {
                    let share = side.share.max(share).min(0.5);
                    share * (1.0 - share) / side.effective_calls
                };
                (variance(candidate) + variance(baseline)).sqrt()
            }
        }
    }

    fn degrees(&self) -> f64 {
        match self {
            Self::Log(shift) => shift.spread.degrees,
            Self::Difference { candidate, baseline } => candidate.degrees.min(baseline.degrees),
        }
    }

    /// The effect that data like these would find four times out of five: the limit, and as many standard errors as the
    /// test demands and the power takes.
    pub(crate) fn detectable(&self, limit: f64, alpha: f64) -> f64 {
        let drift = match self {
            Self::Log(shift) => shift.drift,
            Self::Difference { .. } => 0.0,
        };
        limit + drift + self.demanded(alpha) * self.error(limit.abs())
    }

    fn demanded(&self, alpha: f64) -> f64 {
        student(alpha, self.degrees()) + student(1.0 - POWER, self.degrees())
    }

    /// What would settle it, if the effect is what it seems: errors shrink with the root of time.
    pub(crate) fn needs(&self, limit: f64, alpha: f64, measured_s: f64, runs: usize) -> Option<Needs> {
        let distance = (self.size() - limit).abs();
        let wanted = (distance / self.demanded(alpha)).powi(2);
        let between = match self {
            Self::Log(shift) => shift.between_runs,
            Self::Difference { .. } => 0.0,
        };
        let has = self.error(limit.abs()).powi(2);
        let few = u32::try_from(runs.max(1)).unwrap_or(u32::MAX);
        if let Self::Log(shift) = self
            && shift.drift > 0.0
        {
            // Longer runs would drift farther; three a side say how far.
            return Some(Needs::Runs { more: 2 });
        }
        if between > 0.5 * has {
            let more = (f64::from(few) * (has / wanted - 1.0)).ceil().max(1.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 1000")]
            return (more <= 1000.0).then_some(Needs::Runs { more: more as u64 });
        }
        let more = measured_s * (has / wanted - 1.0);
        let more = crate::finite(more.max(measured_s / 10.0));
        more.filter(|more| more.get() <= LONGEST_S)
            .map(|more| Needs::Seconds { more })
    }
}

/// The power of a detectable effect, and of what would settle a comparison.
const POWER: f64 = 0.8;
/// Nobody measures for longer than a day.
const LONGEST_S: f64 = 86_400.0;
