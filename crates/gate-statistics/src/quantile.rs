//! Quantiles of response times, of resampled cells.

use crate::cells::Cell;
use crate::dependence::count;
use crate::grid;
use std::collections::BTreeSet;

/// The response times of an operation, ready for many quantiles of many resamples.
pub(crate) struct Distribution {
    /// The bins that hold something, ascending.
    bins: Vec<u16>,
    /// For each bin, for each cell: how many response times lie in this bin or below.
    cumulative: Vec<Vec<f64>>,
    /// For each cell: how many response times there are.
    totals: Vec<f64>,
}

impl Distribution {
    pub(crate) fn of<'a>(cells: impl Iterator<Item = &'a Cell> + Clone) -> Self {
        let bins: BTreeSet<u16> = cells.clone().flat_map(|cell| cell.bins().map(|(bin, _)| bin)).collect();
        let bins: Vec<u16> = bins.into_iter().collect();
        let totals: Vec<f64> = cells.clone().map(Cell::ok).collect();
        let mut cumulative = vec![vec![0.0; totals.len()]; bins.len()];
        for (index, cell) in cells.enumerate() {
            for (bin, calls) in cell.bins() {
                let row = bins.partition_point(|other| *other < bin);
                #[expect(clippy::cast_precision_loss, reason = "no run has 2^53 calls")]
                let made = calls as f64;
                cumulative[row][index] = made;
            }
        }
        for row in 1..cumulative.len() {
            let (below, here) = cumulative.split_at_mut(row);
            here[0]
                .iter_mut()
                .zip(&below[row - 1])
                .for_each(|(here, below)| *here += below);
        }
        Self {
            bins,
            cumulative,
            totals,
        }
    }

    /// The calls of all cells, each as often as its weight says.
    fn calls(&self, weights: &[f64]) -> f64 {
        dot(&self.totals, weights)
    }

    /// The logarithm of a quantile in microseconds, of cells that count as often as their weight says; none when there is
    /// no call in them.
    pub(crate) fn quantile(&self, quantile: f64, weights: &[f64]) -> Option<f64> {
        let wanted = quantile * self.calls(weights);
        let row = self.row(wanted, weights)?;
        let below = row
            .checked_sub(1)
            .map_or(0.0, |below| dot(&self.cumulative[below], weights));
        let here = dot(&self.cumulative[row], weights) - below;
        let share = if here > 0.0 { (wanted - below) / here } else { 0.5 };
        Some(grid::within(self.bins[row], share.clamp(0.0, 1.0)))
    }

    /// The first bin at whose upper end at least so many calls lie below.
    fn row(&self, wanted: f64, weights: &[f64]) -> Option<usize> {
        if wanted <= 0.0 {
            return None;
        }
        let row = self.cumulative.partition_point(|row| dot(row, weights) < wanted);
        Some(row.min(self.bins.len().checked_sub(1)?))
    }

    /// Over how many cells the calls on the rarer side of a quantile are spread: as many cells with the same number of
    /// them each would be as much (the inverse Simpson index). Two pauses in a run make a p99 of two observations,
    /// however many calls they caught.
    pub(crate) fn tail_cells(&self, quantile: f64) -> f64 {
        let mean = self.totals.iter().sum::<f64>() / count(self.totals.len().max(1));
        let pulls = self.pulls(quantile);
        let above = |(pull, total): (&f64, &f64)| (pull * mean + (1.0 - quantile) * total).max(0.0);
        let tails = pulls.iter().zip(&self.totals).map(above);
        let (sum, squares) = tails.fold((0.0, 0.0), |(sum, squares), tail| (sum + tail, squares + tail * tail));
        if squares > 0.0 { sum * sum / squares } else { 0.0 }
    }

    /// How much each cell pulls the quantile up: calls above it less those that should be, per mean cell. Their sum is 0.
    pub(crate) fn pulls(&self, quantile: f64) -> Vec<f64> {
        let weights = vec![1.0; self.totals.len()];
        let calls = self.calls(&weights);
        let wanted = quantile * calls;
        let Some(row) = self.row(wanted, &weights) else {
            return weights.iter().map(|_| 0.0).collect();
        };
        let mean = calls / count(self.totals.len());
        let below = row.checked_sub(1).map(|below| &self.cumulative[below]);
        let sum_below = below.map_or(0.0, |row| dot(row, &weights));
        let here = dot(&self.cumulative[row], &weights) - sum_below;
        let share = if here > 0.0 { (wanted - sum_below) / here } else { 0.5 };
        let pull = |cell: usize| {
            let below = below.map_or(0.0, |row| row[cell]);
            let under = below + share * (self.cumulative[row][cell] - below);
            (quantile * self.totals[cell] - under) / mean
        };
        (0..self.totals.len()).map(pull).collect()
    }
}

/// The sum of products; in four lanes, which compilers make one instruction of.
fn dot(figures: &[f64], weights: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let (figures, weights) = (figures.chunks_exact(4), weights.chunks_exact(4));
    let rest: f64 = figures
        .remainder()
        .iter()
        .zip(weights.remainder())
        .map(|(a, b)| a * b)
        .sum();
    for (figures, weights) in figures.zip(weights) {
        for lane in 0..4 {
            lanes[lane] += figures[lane] * weights[lane];
        }
    }
    lanes.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(response_us: impl IntoIterator<Item = u64>) -> Cell {
        let mut cell = Cell::new(1.0);
        response_us.into_iter().for_each(|us| cell.succeed(us, 1));
        cell
    }

    #[test]
    fn quantiles_lie_where_they_should() {
        let cells = [cell(1_000..6_000), cell(6_000..11_000)];
        let distribution = Distribution::of(cells.iter());
        for (quantile, us) in [(0.5, 6_000.0), (0.9, 10_000.0), (0.99, 10_900.0)] {
            let found = distribution.quantile(quantile, &[1.0, 1.0]).unwrap().exp();
            assert!((found / us - 1.0).abs() < 0.002, "{quantile}: {found}");
        }
        let second = distribution.quantile(0.5, &[0.0, 2.0]).unwrap().exp();
        assert!((second / 8_500.0 - 1.0).abs() < 0.002, "{second}");
    }

    #[test]
    fn without_calls_there_is_no_quantile() {
        let cells = [cell([]), cell([7])];
        let distribution = Distribution::of(cells.iter());
        assert_eq!(distribution.quantile(0.5, &[3.0, 0.0]), None);
        assert!(distribution.quantile(0.5, &[0.0, 1.0]).is_some());
        assert_eq!(Distribution::of([].iter()).quantile(0.5, &[]), None);
        assert_eq!(Distribution::of([cell([])].iter()).pulls(0.5), [0.0]);
    }

    #[test]
    fn a_tail_from_two_pauses_is_spread_over_two_cells() {
        let even = vec![cell((0..100).map(|call| 1_000 + 10 * call)); 12];
        assert!((Distribution::of(even.iter()).tail_cells(0.99) - 12.0).abs() < 0.5);
        let mut paused = vec![cell([1_000; 100]); 12];
        for late in [3, 7] {
            paused[late] = cell((0..100).map(|call| if call < 10 { 200_000 } else { 1_000 }));
        }
        let spread = Distribution::of(paused.iter()).tail_cells(0.99);
        assert!((1.9..2.6).contains(&spread), "{spread}");
        assert!(Distribution::of([cell([])].iter()).tail_cells(0.99) <= 0.0);
    }

    #[test]
    fn pulls_cancel_out_and_slow_cells_pull_up() {
        let cells = [cell(1_000..2_000), cell(1_500..3_500), cell([900; 4])];
        let pulls = Distribution::of(cells.iter()).pulls(0.9);
        assert!(pulls.iter().sum::<f64>().abs() < 1e-9, "{pulls:?}");
        assert!(pulls[1] > 0.0 && pulls[0] < 0.0 && pulls[2] < 0.0, "{pulls:?}");
    }
}
