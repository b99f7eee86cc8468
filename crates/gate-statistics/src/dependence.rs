//! How far the seconds of a run depend on each other, and how long blocks must be to keep that.

/// At least so many cells make a block: a pause that falls on the border of two seconds stays whole.
const SHORTEST: usize = 2;

/// The dependence of a series on its own past.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Dependence {
    /// The length of a block, in cells.
    pub(crate) block: usize,
    /// By how much the long-run variance exceeds what blocks of that length show, as a factor of at least 1.
    pub(crate) beyond_blocks: f64,
    /// The long-run variance that blocks of that length show, over the variance of a single cell.
    pub(crate) within_blocks: f64,
}

/// The dependence of several series that are independent of each other, such as the same figure in several runs.
///
/// The block length is Politis and White's (2004, corrected 2009) for the circular block bootstrap: flat-top weights
/// over the autocovariances up to twice the lag from which on none is significant. What reaches beyond the
/// blocks is extrapolated from the correlation of neighbours, corrected for its bias in short series (Kendall 1954)
/// (see [`beyond`]).
pub(crate) fn dependence(series: &[Vec<f64>]) -> Dependence {
    let cells: usize = series.iter().map(Vec::len).sum();
    let longest = series.iter().map(Vec::len).max().unwrap_or(0);
    let variance = autocovariance(series, 0);
    let shortest = SHORTEST.min(longest).max(1);
    if longest < 4 || variance <= 0.0 {
        return Dependence {
            block: shortest,
            beyond_blocks: 1.0,
            within_blocks: 1.0,
        };
    }
    let correlation = |lag: usize| autocovariance(series, lag) / variance;
    let block = politis_white(correlation, cells, longest).max(shortest);
    let first = unbiased(correlation(1), cells, series.len());
    Dependence {
        block,
        beyond_blocks: beyond(first, block),
        within_blocks: bartlett(correlation, block),
    }
}

/// The mean product of deviations from the mean so many cells apart.
fn autocovariance(series: &[Vec<f64>], lag: usize) -> f64 {
    let mut sum = 0.0;
    let mut cells = 0.0;
    for one in series {
        let mean = one.iter().sum::<f64>() / count(one.len());
        let pairs = one.iter().zip(one.iter().skip(lag));
        sum += pairs.map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
        cells += count(one.len());
    }
    sum / cells
}

fn politis_white(correlation: impl Fn(usize) -> f64, cells: usize, longest: usize) -> usize {
    let n = count(cells);
    let significant = 2.0 * (n.log10() / n).sqrt();
    let in_a_row = n.log10().sqrt().ceil().max(5.0);
    let last = longest / 2;
    let (mut quiet, mut reach) = (0.0, 0);
    for lag in 1..=last {
        if correlation(lag).abs() < significant {
            quiet += 1.0;
        } else {
            (quiet, reach) = (0.0, lag);
        }
        if quiet >= in_a_row {
            break;
        }
    }
    let bandwidth = (2 * reach.max(1)).min(last);
    let (mut spectrum, mut slope) = (1.0, 0.0);
    for lag in 1..=bandwidth {
        let weight = (2.0 * (1.0 - count(lag) / count(bandwidth))).min(1.0);
        spectrum += 2.0 * weight * correlation(lag);
        slope += 2.0 * weight * count(lag) * correlation(lag);
    }
    let optimum = (2.0 * slope * slope / (4.0 / 3.0 * spectrum * spectrum)).cbrt() * n.cbrt();
    // Blocks of more than a sixth of the series leave too few of them to say how they vary.
    let most = (longest / 6).max(1);
    if optimum.is_finite() {
        round(optimum.min(count(most)))
    } else {
        most
    }
}

/// The correlation of neighbours, corrected for the bias that the estimated mean brings.
fn unbiased(correlation: f64, cells: usize, series: usize) -> f64 {
    let length = count(cells) / count(series.max(1));
    if length <= 8.0 {
        return correlation.clamp(0.0, 0.9);
    }
    ((correlation * length + 1.0) / (length - 4.0)).clamp(0.0, 0.9)
}

/// What neighbouring cells have in common fades no faster than by this factor from cell to cell.
const FADING: f64 = 0.5;

/// The long-run variance of cells whose neighbours correlate so much, over what blocks show of it.
///
/// In an autoregression of the first order the correlation of neighbours is also how much is left from cell to cell. Here the
/// calls within a cell add noise of their own, which makes the correlation smaller but the rest of it fade no faster.
fn beyond(correlation: f64, block: usize) -> f64 {
    let fading = correlation.max(FADING);
    let whole = 1.0 + 2.0 * correlation / (1.0 - fading);
    let mut left = correlation;
    let mut shown = 1.0;
    for lag in 1..block {
        shown += 2.0 * (1.0 - count(lag) / count(block)) * left;
        left *= fading;
    }
    (whole / shown).max(1.0)
}

fn bartlett(correlation: impl Fn(usize) -> f64, block: usize) -> f64 {
    let shown = (1..block).map(|lag| 2.0 * (1.0 - count(lag) / count(block)) * correlation(lag));
    (1.0 + shown.sum::<f64>()).max(0.0)
}

#[expect(clippy::cast_precision_loss, reason = "a number of cells")]
pub(crate) fn count(cells: usize) -> f64 {
    cells as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded by the number of cells"
)]
fn round(cells: f64) -> usize {
    cells.max(1.0).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::Xoshiro256PlusPlus;
    use rand::{RngExt, SeedableRng};

    fn autoregression(coefficient: f64, cells: usize) -> Vec<f64> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
        let mut last = 0.0;
        let noise = (0..cells).map(|_| rng.random_range(-1.0..1.0));
        noise
            .map(|noise| {
                last = coefficient * last + noise;
                last
            })
            .collect()
    }

    #[test]
    fn blocks_grow_with_dependence() {
        let of = |coefficient| dependence(&[autoregression(coefficient, 2000)]);
        let (independent, some, much) = (of(0.0), of(0.5), of(0.9));
        assert!(independent.block <= 4, "{independent:?}");
        assert!(
            some.block > independent.block && much.block > 2 * some.block,
            "{some:?} {much:?}"
        );
        // What blocks show and what lies beyond make the long-run variance, (1 + c) / (1 - c).
        let long_run = some.within_blocks * some.beyond_blocks;
        assert!((2.4..3.6).contains(&long_run), "{long_run}");
    }

    #[test]
    fn a_constant_series_and_a_short_one_have_a_dependence_too() {
        for series in [vec![], vec![1.0], vec![1.0; 3], vec![5.0; 50]] {
            let dependence = dependence(std::slice::from_ref(&series));
            assert!(
                dependence.block >= 1 && dependence.block <= series.len().max(1),
                "{dependence:?}"
            );
            assert!((dependence.beyond_blocks - 1.0).abs() < 1e-9);
        }
    }
}
