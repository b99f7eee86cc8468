//! Whether a machine drifted while it was measured.
//!
//! With one run a side nothing tells a drifting machine from a slower build, but a drift within a run can be seen. What
//! moved by so much within a run may have moved as much between the two.

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
    if series.len() < crate::FEWEST_CELLS {
        return false;
    }
    let mean = series.iter().sum::<f64>() / cells;
    let time = |cell: usize| count(cell) - (cells - 1.0) / 2.0;
    let squares = cells * (cells * cells - 1.0) / 12.0;
    let slope = series.iter().enumerate().map(|(cell, value)| time(cell) * value);
    let slope = slope.sum::<f64>() / squares;
    let left = series.iter().enumerate().map(|(cell, value)| value - mean - slope * time(cell));
    let left: Vec<f64> = left.collect();
    let variance = left.iter().map(|value| value * value).sum::<f64>() / (cells - 2.0);
    let dependence = dependence(&[left]);
    // Chance makes neighbours look opposed as often as alike; no machine is steadier than independent seconds.
    let long_run = variance * (dependence.within_blocks * dependence.beyond_blocks).max(1.0);
    let error = (long_run / squares).sqrt();
    slope.abs() > error * student(ALPHA / 2.0, (1.5 * cells / count(dependence.block)).max(1.0))
}
