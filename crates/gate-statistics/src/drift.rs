//! Whether a machine drifted while it was measured.
//!
//! With one run a side nothing tells a drifting machine from a slower build, but a drift within a run can be seen. What
//! moved by so much within a run may have moved as much between the two.

use crate::cells::FEWEST_CELLS;
use crate::dependence::{count, dependence};
use crate::spread::student;

/// A trend is one when chance makes so steep a one in a run out of a hundred.
const ALPHA: f64 = 0.01;

/// Whether a series rises or falls over its length more than its own noise explains.
///
/// The slope of least squares is held against the long-run variance of what is left when the line is taken away: a trend
/// in it would pass for dependence of neighbours, and hide itself.
pub(crate) fn drifts(series: &[f64]) -> bool {
    let cells = count(series.len());
    if series.len() < FEWEST_CELLS {
        return false;
    }
    let mean = series.iter().sum::<f64>() / cells;
    let time = |cell: usize| count(cell) - (cells - 1.0) / 2.0;
    let squares = cells * (cells * cells - 1.0) / 12.0;
    let slope = series.iter().enumerate().map(|(cell, value)| time(cell) * value);
    let slope = slope.sum::<f64>() / squares;
    let left = series
        .iter()
        .enumerate()
        .map(|(cell, value)| value - mean - slope * time(cell));
    let left: Vec<f64> = left.collect();
    let variance = left.iter().map(|value| value * value).sum::<f64>() / (cells - 2.0);
    let dependence = dependence(&[left]);
    // Chance makes neighbours look opposed as often as alike; no machine is steadier than independent seconds.
    let long_run = variance * (dependence.within_blocks * dependence.beyond_blocks).max(1.0);
    let error = (long_run / squares).sqrt();
    slope.abs() > error * student(ALPHA / 2.0, (1.5 * cells / count(dependence.block)).max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::Xoshiro256PlusPlus;
    use rand::{RngExt, SeedableRng};

    /// So many cells of a noise of half-width 1, half of which the next cell keeps, on a line that rises by `rise` in all.
    fn series(cells: usize, rise: f64, seed: u64) -> Vec<f64> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut last = 0.0;
        let one = |cell: usize| {
            last = 0.5 * last + rng.random_range(-1.0..1.0);
            last + rise * count(cell) / count(cells)
        };
        (0..cells).map(one).collect()
    }

    fn share(cells: usize, rise: f64) -> f64 {
        let found = (0..400).filter(|seed| drifts(&series(cells, rise, *seed))).count();
        count(found) / 400.0
    }

    #[test]
    fn noise_is_seldom_taken_for_drift_and_drift_seldom_for_noise() {
        for cells in [30, 300] {
            let alarms = share(cells, 0.0);
            assert!(alarms <= 0.04, "{cells}: {alarms}");
        }
        assert!(share(30, 5.0) > 0.9, "{}", share(30, 5.0));
        assert!(share(300, -2.0) > 0.9, "{}", share(300, -2.0));
    }

    #[test]
    fn what_is_short_or_constant_does_not_drift() {
        for series in [vec![], vec![1.0, 2.0, 3.0], vec![5.0; 40]] {
            assert!(!drifts(&series), "{series:?}");
        }
    }
}
