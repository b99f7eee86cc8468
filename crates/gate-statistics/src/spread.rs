//! How far an estimate may be off: its standard errors downwards and upwards, and how well they are known.

use crate::dependence::{Dependence, count};
use crate::resample::Resampler;
use rand::rngs::Xoshiro256PlusPlus;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// A record's histograms keep three significant digits: no logarithm is known better than this.
const RESOLUTION: f64 = 0.0005;
/// A bootstrap of which fewer resamples than this share have a value says nothing.
const ENOUGH: f64 = 0.9;

/// How far an estimate may be off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    /// Standard error downwards.
    pub(crate) down: f64,
    /// Standard error upwards.
    pub(crate) up: f64,
    /// Degrees of freedom with which the two are known.
    pub(crate) degrees: f64,
}

impl Spread {
    /// Resamples a statistic over runs of so many cells each.
    ///
    /// A block bootstrap of a short series shows too little variance: deviations are taken from a mean that was estimated
    /// from the same series (by 1 - block / length), and dependence reaches beyond the blocks. Both are
    /// corrected. The degrees of freedom, 1.5 x length / block, are those of the long-run variance that blocks estimate
    /// (Priestley 1981 for the triangular window); together they come within 4% of the fixed-b critical values of
    /// Kiefer and Vogelsang (2005).
    pub(crate) fn bootstrap(
        lengths: &[usize],
        dependence: Dependence,
        resamples: u64,
        rng: &mut Xoshiro256PlusPlus,
        statistic: impl Fn(&[f64]) -> Option<f64>,
    ) -> Option<Self> {
        let cells = count(lengths.iter().sum());
        let block = count(dependence.block);
        let mut cell_draws = Resampler::new(lengths.to_vec(), dependence.block);
        let values: Vec<f64> = (0..resamples).filter_map(|_| statistic(cell_draws.draw(rng))).collect();
        let found = count(values.len());
        #[expect(clippy::cast_precision_loss, reason = "a number of resamples")]
        let tried = resamples as f64;
        if found < ENOUGH * tried || found < 2.0 {
            return None;
        }
        let mean = values.iter().sum::<f64>() / found;
        let half = |side: f64| {
            let squares = values.iter().map(|value| (side * (value - mean)).max(0.0).powi(2));
            2.0 * squares.sum::<f64>() / found
        };
        let each = cells / count(lengths.len());
        let factor = dependence.beyond_blocks / (1.0 - (block / each).min(0.5));
        let deviation = |side| (half(side) * factor).sqrt().max(RESOLUTION);
        Some(Self {
            down: deviation(-1.0),
            up: deviation(1.0),
            degrees: (1.5 * cells / block).max(1.0),
        })
    }

    /// The spread of a difference of independent estimates (Zou and Donner's MOVER 2008, Welch's degrees of freedom).
    pub(crate) fn less(self, other: Self) -> Self {
        let (mine, others) = (self.variance(), other.variance());
        let sum = mine + others;
        Self {
            down: self.down.hypot(other.up),
            up: self.up.hypot(other.down),
            degrees: sum * sum / (mine * mine / self.degrees + others * others / other.degrees),
        }
    }

    /// With a variance added that is known with so many degrees of freedom (Satterthwaite 1946).
    pub(crate) fn plus(self, variance: f64, degrees: f64) -> Self {
        let own = self.variance();
        let sum = own + variance;
        Self {
            down: (self.down * self.down + variance).sqrt(),
            up: (self.up * self.up + variance).sqrt(),
            degrees: sum * sum / (own * own / self.degrees + variance * variance / degrees),
        }
    }

    /// Turned around: of the negative estimate.
    pub(crate) fn negative(self) -> Self {
        Self {
            down: self.up,
            up: self.down,
            ..self
        }
    }

    pub(crate) fn variance(self) -> f64 {
        f64::midpoint(self.down * self.down, self.up * self.up)
    }

    /// How many standard errors leave out `alpha` on one side.
    pub(crate) fn critical(self, alpha: f64) -> f64 {
        student(alpha, self.degrees)
    }

    /// The probability that an estimate lies so many standard errors too high.
    pub(crate) fn tail(self, errors: f64) -> f64 {
        // Beyond a million degrees of freedom Student's distribution is the normal one to any digit that matters.
        StudentsT::new(0.0, 1.0, self.degrees.min(1e6)).map_or(1.0, |student| student.sf(errors))
    }
}

/// How many standard errors leave out `alpha` on one side, known with so many degrees of freedom.
pub(crate) fn student(alpha: f64, degrees: f64) -> f64 {
    let distribution = StudentsT::new(0.0, 1.0, degrees.clamp(1.0, 1e6));
    distribution.map_or_else(|_| normal(alpha), |student| -student.inverse_cdf(alpha))
}

/// How many standard errors leave out `alpha` on one side.
fn normal(alpha: f64) -> f64 {
    -Normal::standard().inverse_cdf(alpha)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};

    const INDEPENDENT: Dependence = Dependence {
        block: 1,
        beyond_blocks: 1.0,
        within_blocks: 1.0,
    };

    #[test]
    fn a_mean_spreads_as_theory_says() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
        let figures: Vec<f64> = (0..400).map(|_| rng.random_range(0.0..1.0)).collect();
        let mean = |weights: &[f64]| {
            let sum: f64 = figures
                .iter()
                .zip(weights)
                .map(|(figure, weight)| figure * weight)
                .sum();
            Some(sum / 400.0)
        };
        let spread = Spread::bootstrap(&[400], INDEPENDENT, 4000, &mut rng, mean).unwrap();
        let expected = (1.0 / 12.0_f64 / 400.0).sqrt();
        assert!((spread.down / expected - 1.0).abs() < 0.1, "{spread:?}");
        assert!((spread.up / expected - 1.0).abs() < 0.1, "{spread:?}");
    }

    #[test]
    fn a_statistic_that_is_often_missing_has_no_spread() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
        let at_times = |weights: &[f64]| (weights[0] > 0.0).then_some(1.0);
        assert_eq!(Spread::bootstrap(&[12], INDEPENDENT, 100, &mut rng, at_times), None);
        let always = |_: &[f64]| Some(1.0);
        let spread = Spread::bootstrap(&[12], INDEPENDENT, 100, &mut rng, always).unwrap();
        assert_eq!((spread.down, spread.up), (RESOLUTION, RESOLUTION));
    }

    #[test]
    fn critical_values_come_near_fixed_b() {
        // Kiefer and Vogelsang (2005), table 1, Bartlett: (block / length, 95%, 97.5%, 99%).
        for (share, table) in [(0.1, [1.866, 2.261, 2.747]), (0.2, [2.092, 2.566, 3.173])] {
            for (alpha, expected) in [0.05, 0.025, 0.01].into_iter().zip(table) {
                let ours = student(alpha, 1.5 / share) / (1.0_f64 - share).sqrt();
                assert!(
                    (ours / expected - 1.0).abs() < 0.04,
                    "{share} {alpha}: {ours} {expected}"
                );
            }
        }
    }
}
