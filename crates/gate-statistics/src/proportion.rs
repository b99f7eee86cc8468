//! Error rates: shares of calls, near zero most of the time.

use crate::cells::{Cell, Series};
use crate::dependence::{count, dependence};
use crate::spread::student;

/// Failed calls as a share of all calls of one side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Proportion {
    /// The share.
    pub(crate) share: f64,
    /// As many independent calls would say as much: failures come in bursts.
    pub(crate) effective_calls: f64,
    /// Degrees of freedom with which that is known.
    pub(crate) degrees: f64,
}

impl Proportion {
    /// Of all calls of several runs; none when there was no call.
    pub(crate) fn of(runs: &[Series]) -> Option<Self> {
        let cells = || runs.iter().flat_map(Series::cells);
        let errors: f64 = cells().map(Cell::errors).sum();
        let made: f64 = cells().map(calls_of).sum();
        let share = (made > 0.0).then(|| errors / made)?;
        let binomial = share * (1.0 - share);
        let seconds = count(cells().count());
        if binomial <= 0.0 {
            return Some(Self {
                share,
                effective_calls: made,
                degrees: 1e6,
            });
        }
        let excess = |cell: &Cell| cell.errors() - share * calls_of(cell);
        let series: Vec<Vec<f64>> = runs
            .iter()
            .map(|run| run.cells().iter().map(excess).collect())
            .collect();
        let dependence = dependence(&series);
        let variance = cells().map(|cell| excess(cell).powi(2)).sum::<f64>();
        let long_run = variance * dependence.within_blocks * dependence.beyond_blocks;
        let within = long_run / (made * binomial);
        let effect = within.max(between(runs, share) / binomial).max(1.0);
        let mut degrees = 1.5 * seconds / count(dependence.block);
        if effect > 1.0 {
            // How much bursts vary is known from the bursts that there were, however many seconds were quiet.
            degrees = degrees.min(seconds_with_errors(runs));
        }
        Some(Self {
            share,
            effective_calls: made / effect,
            degrees: degrees.max(1.0),
        })
    }

    /// Wilson's score interval (1927), each end leaving out `alpha`. Exact at a share of 0, where others have no width.
    fn bounds(self, alpha: f64) -> (f64, f64) {
        let z2 = student(alpha, self.degrees).powi(2);
        let n = self.effective_calls;
        let centre = self.share + z2 / (2.0 * n);
        let half = (z2 * (self.share * (1.0 - self.share) / n + z2 / (4.0 * n * n))).sqrt();
        let whole = 1.0 + z2 / n;
        (((centre - half) / whole).max(0.0), ((centre + half) / whole).min(1.0))
    }
}

fn calls_of(cell: &Cell) -> f64 {
    cell.ok() + cell.errors()
}

/// Over how many seconds the errors are spread: as many with the same number of errors each would be as much.
fn seconds_with_errors(runs: &[Series]) -> f64 {
    let errors = runs.iter().flat_map(Series::cells).map(Cell::errors);
    let (sum, squares) = errors.fold((0.0, 0.0), |(sum, squares), errors| {
        (sum + errors, squares + errors * errors)
    });
    if squares > 0.0 { sum * sum / squares } else { 0.0 }
}

/// How much the shares of whole runs vary, per call; 0 for a single run.
fn between(runs: &[Series], share: f64) -> f64 {
    if runs.len() < 2 {
        return 0.0;
    }
    let squares = runs.iter().map(|run| {
        let errors: f64 = run.cells().iter().map(Cell::errors).sum();
        let calls: f64 = run.cells().iter().map(calls_of).sum();
        if calls > 0.0 {
            (errors - share * calls).powi(2) / calls
        } else {
            0.0
        }
    });
    squares.sum::<f64>() / count(runs.len() - 1)
}

/// The lower end of the difference of two proportions that leaves out `alpha` (Newcombe 1998, method 10: each side's
/// score interval, put together as independent errors are).
pub(crate) fn lower(candidate: Proportion, baseline: Proportion, alpha: f64) -> f64 {
    let (low, _) = candidate.bounds(alpha);
    let (_, high) = baseline.bounds(alpha);
    candidate.share - baseline.share - (candidate.share - low).hypot(high - baseline.share)
}

/// The upper end, likewise.
pub(crate) fn upper(candidate: Proportion, baseline: Proportion, alpha: f64) -> f64 {
    -lower(baseline, candidate, alpha)
}

/// The ends of the ratio that leave out `alpha_lower` and `alpha_upper`, the same way on the logarithm; none when a share is 0.
pub(crate) fn ratio_bounds(
    candidate: Proportion,
    baseline: Proportion,
    alpha_lower: f64,
    alpha_upper: f64,
) -> Option<[f64; 2]> {
    let log = |share: f64| (share > 0.0).then(|| share.ln());
    let ratio = log(candidate.share)? - log(baseline.share)?;
    let end = |sign: f64, alpha: f64| {
        let (mine, others) = (candidate.bounds(alpha), baseline.bounds(alpha));
        let (mine, others) = if sign < 0.0 {
            (mine.0, others.1)
        } else {
            (mine.1, others.0)
        };
        let far = (log(mine)? - log(candidate.share)?).hypot(log(others)? - log(baseline.share)?);
        Some((ratio + sign * far).exp())
    };
    Some([end(-1.0, alpha_lower)?, end(1.0, alpha_upper)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(seconds: impl IntoIterator<Item = (u64, u64)>) -> Series {
        let mut series = Series::default();
        for (ok, errors) in seconds {
            let mut cell = Cell::new(1.0);
            cell.succeed(1000, ok);
            cell.fail(errors);
            series.push(&cell);
        }
        series
    }

    #[test]
    fn without_errors_the_rule_of_three_holds() {
        let none = Proportion::of(&[series([(100, 0); 30])]).unwrap();
        assert!(none.share <= 0.0);
        let high = upper(none, none, 0.05);
        assert!((0.5..1.5).contains(&(high / (3.0 / 3000.0))), "{high}");
        assert!(lower(none, none, 0.05) >= -high - 1e-12);
        assert_eq!(ratio_bounds(none, none, 0.05, 0.05), None);
    }

    #[test]
    fn a_burst_says_less_than_scattered_errors() {
        let none = Proportion::of(&[series([(200, 0); 30])]).unwrap();
        let scattered = Proportion::of(&[series([(199, 1), (197, 3)].into_iter().cycle().take(30))]).unwrap();
        let burst = (0..30).map(|second| if second == 11 { (140, 60) } else { (200, 0) });
        let burst = Proportion::of(&[series(burst)]).unwrap();
        assert!((scattered.share - burst.share).abs() < 1e-9);
        assert!(
            lower(scattered, none, 0.025) > 0.004,
            "{}",
            lower(scattered, none, 0.025)
        );
        assert!(lower(burst, none, 0.025) < 0.002, "{}", lower(burst, none, 0.025));
    }

    #[test]
    fn all_and_nothing_are_proportions_too() {
        let all = Proportion::of(&[series([(0, 10); 20])]).unwrap();
        let none = Proportion::of(&[series([(10, 0); 20])]).unwrap();
        assert!(lower(all, none, 1e-6) > 0.5 && upper(all, none, 1e-6) <= 1.0);
        assert_eq!(Proportion::of(&[series([(0, 0); 20])]), None);
        assert_eq!(Proportion::of(&[]), None);
        let [low, high] = ratio_bounds(all, all, 0.025, 0.025).unwrap();
        assert!(low < 1.0 && high > 1.0 && high.is_finite());
    }
}
