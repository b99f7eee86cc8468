//! From cells to evidence.

use crate::cells::{Cell, FEWEST_CELLS, Series};
use crate::dependence::{Dependence, count, dependence};
use crate::drift::drifts;
use crate::estimate::Estimate;
use crate::evidence::{Effect, Evidence, Lack, Shift};
use crate::proportion::Proportion;
use crate::quantile::Distribution;
use crate::settings::Settings;
use crate::spread::Spread;
use proofload_results::gate::{Metric, Needs};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;

/// A quantile needs so many calls on its rarer side, or it is one call's whim.
const TAIL_CALLS: f64 = 10.0;

/// The calls beyond a quantile must come from so many cells, or it is the whim of a few pauses.
const TAIL_CELLS: f64 = 5.0;

/// How the two sides were measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Design {
    /// Each on its own.
    Apart,
    /// In turns: a cell of one side belongs with the same cell of the other. Each side is one series of as many cells.
    Pairs,
}

/// What two sides say of every metric of an operation.
pub fn measure(
    operation: &str,
    baseline: &[Series],
    candidate: &[Series],
    design: Design,
    settings: &Settings,
) -> Vec<Evidence> {
    let sides = [Measured::of(baseline), Measured::of(candidate)];
    let evidence = |metric: Metric| {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed(settings.seed, operation, metric));
        let [baseline, candidate] = [0, 1].map(|side| sides[side].value(metric));
        Evidence {
            operation: operation.to_owned(),
            metric,
            baseline,
            candidate,
            effect: effect(metric, &sides, design, settings.resamples, &mut rng),
            measured_s: sides[0].length_s.min(sides[1].length_s),
            runs: sides[0].runs.len().min(sides[1].runs.len()),
        }
    };
    Metric::ALL.into_iter().map(evidence).collect()
}

/// Every comparison draws from a stream of its own, so that leaving out one changes no other.
fn seed(seed: u64, operation: &str, metric: Metric) -> u64 {
    let name = operation.bytes().chain(metric.name().bytes());
    // FNV-1a: any mix will do, as long as it is the same everywhere.
    name.fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// One side, ready to be asked.
struct Measured<'a> {
    runs: &'a [Series],
    distribution: Distribution,
    cells: usize,
    ok: f64,
    calls: f64,
    length_s: f64,
    offered_s: f64,
}

impl<'a> Measured<'a> {
    fn of(runs: &'a [Series]) -> Self {
        let cells = || runs.iter().flat_map(Series::cells);
        let ok = cells().map(Cell::ok).sum();
        let errors: f64 = cells().map(Cell::errors).sum();
        Self {
            runs,
            distribution: Distribution::of(cells()),
            cells: cells().count(),
            ok,
            calls: ok + errors,
            length_s: runs.iter().map(Series::length_s).sum(),
            offered_s: cells().map(Cell::offered_s).sum(),
        }
    }

    fn all(&self) -> Vec<f64> {
        vec![1.0; self.cells]
    }

    fn lengths(&self) -> Vec<usize> {
        self.runs.iter().map(|run| run.cells().len()).collect()
    }

    /// In the metric's unit.
    fn value(&self, metric: Metric) -> Option<f64> {
        match metric.quantile() {
            Some(_) => self.log(metric, &self.all()).map(f64::exp),
            None if metric == Metric::ErrorRate => (self.calls > 0.0).then(|| (self.calls - self.ok) / self.calls),
            None => (self.offered_s > 0.0).then(|| self.ok / self.offered_s),
        }
    }

    /// The logarithm, of cells that count as often as their weight says.
    fn log(&self, metric: Metric, weights: &[f64]) -> Option<f64> {
        if let Some(quantile) = metric.quantile() {
            return self.distribution.quantile(quantile, weights);
        }
        let (mut ok, mut offered_s) = (0.0, 0.0);
        for (cell, weight) in self.runs.iter().flat_map(Series::cells).zip(weights) {
            ok += weight * cell.ok();
            offered_s += weight * cell.offered_s();
        }
        (ok > 0.0 && offered_s > 0.0).then(|| (ok / offered_s).ln())
    }

    /// How much each cell pulls the metric up, run by run.
    fn pulls(&self, metric: Metric) -> Vec<Vec<f64>> {
        let pulls = if let Some(quantile) = metric.quantile() {
            self.distribution.pulls(quantile)
        } else {
            let rate = self.ok / self.offered_s;
            let mean = self.ok / count(self.cells);
            let cells = self.runs.iter().flat_map(Series::cells);
            cells.map(|cell| (cell.ok() - rate * cell.offered_s()) / mean).collect()
        };
        let mut rest = pulls.as_slice();
        let mut by_run = Vec::new();
        for length in self.lengths() {
            let (run, others) = rest.split_at(length);
            by_run.push(run.to_vec());
            rest = others;
        }
        by_run
    }

    /// By how much it moved within a single run. Of several runs the differences between them say all.
    fn drift(&self, metric: Metric, pulls: &[Vec<f64>]) -> f64 {
        let [pulls] = pulls else { return 0.0 };
        if !drifts(pulls) {
            return 0.0;
        }
        let half = self.cells / 2;
        let log = |second: bool| {
            let weights: Vec<f64> = (0..self.cells)
                .map(|cell| f64::from((cell >= half) == second))
                .collect();
            self.log(metric, &weights)
        };
        log(true).zip(log(false)).map_or(0.0, |(second, first)| second - first)
    }

    fn block_s(&self, dependence: Dependence) -> f64 {
        count(dependence.block) * self.length_s / count(self.cells)
    }

    fn estimate(&self, metric: Metric, resamples: u64, rng: &mut Xoshiro256PlusPlus) -> Option<Estimate> {
        let pulls = self.pulls(metric);
        let dependence = dependence(&pulls);
        let log = |weights: &[f64]| self.log(metric, weights);
        let mut from = 0;
        let runs = self.lengths().into_iter().filter_map(|length| {
            let mut weights = vec![0.0; self.cells];
            weights[from..from + length].fill(1.0);
            from += length;
            log(&weights)
        });
        Some(Estimate {
            value: log(&self.all())?,
            drift: self.drift(metric, &pulls),
            runs: runs.collect(),
            spread: Spread::bootstrap(&self.lengths(), dependence, resamples, rng, log)?,
            block_s: self.block_s(dependence),
        })
    }
}

fn effect(
    metric: Metric,
    sides: &[Measured; 2],
    design: Design,
    resamples: u64,
    rng: &mut Xoshiro256PlusPlus,
) -> Result<Effect, Lack> {
    enough(metric, sides)?;
    let [baseline, candidate] = sides;
    if metric == Metric::ErrorRate {
        let shares = (Proportion::of(candidate.runs), Proportion::of(baseline.runs));
        let (Some(candidate), Some(baseline)) = shares else {
            return Err(Lack::of("no call was made"));
        };
        return Ok(Effect::Difference { candidate, baseline });
    }
    let shift = match design {
        Design::Apart => {
            let candidate = candidate.estimate(metric, resamples, rng);
            let baseline = baseline.estimate(metric, resamples, rng);
            candidate
                .zip(baseline)
                .map(|(candidate, baseline)| Shift::between(&candidate, &baseline))
        }
        Design::Pairs => paired(metric, baseline, candidate, resamples, rng),
    };
    let shift =
        shift.ok_or_else(|| Lack::of("too few seconds hold a call that succeeded to say how much they vary"))?;
    Ok(Effect::Log(if metric.more_is_worse() {
        shift
    } else {
        shift.negative()
    }))
}

/// Pairs are drawn whole: what slowed a pair down slowed both of it.
fn paired(
    metric: Metric,
    baseline: &Measured,
    candidate: &Measured,
    resamples: u64,
    rng: &mut Xoshiro256PlusPlus,
) -> Option<Shift> {
    let pulls = |side: &Measured| side.pulls(metric).concat();
    let differences = pulls(candidate)
        .iter()
        .zip(pulls(baseline))
        .map(|(a, b)| a - b)
        .collect();
    let dependence = dependence(&[differences]);
    let shift = |weights: &[f64]| Some(candidate.log(metric, weights)? - baseline.log(metric, weights)?);
    Some(Shift {
        size: shift(&baseline.all())?,
        spread: Spread::bootstrap(&[baseline.cells], dependence, resamples, rng, shift)?,
        between_runs: 0.0,
        drift: 0.0,
        moved: [0.0; 2],
        block_s: baseline.block_s(dependence),
    })
}

/// Whether there is enough to go by.
fn enough(metric: Metric, sides: &[Measured; 2]) -> Result<(), Lack> {
    let cells = sides[0].cells.min(sides[1].cells);
    let measured_s = sides[0].length_s.min(sides[1].length_s);
    if cells < FEWEST_CELLS {
        return Err(Lack {
            note: format!(
                "{:.0} and {:.0} s were measured: at least {FEWEST_CELLS} s on each side are needed",
                sides[0].length_s, sides[1].length_s
            ),
            needs: seconds(count(FEWEST_CELLS) - measured_s),
        });
    }
    let Some(quantile) = metric.quantile() else {
        return Ok(());
    };
    let needed = (TAIL_CALLS / (1.0 - quantile).min(quantile)).round();
    let has = sides[0].ok.min(sides[1].ok);
    if has < needed {
        return Err(Lack {
            note: format!(
                "{} and {} calls succeeded: a {metric} needs {needed} on each side",
                sides[0].ok, sides[1].ok
            ),
            needs: seconds(measured_s * (needed / has - 1.0)),
        });
    }
    let tails = [0, 1].map(|side: usize| sides[side].distribution.tail_cells(quantile));
    let fewer = tails[0].min(tails[1]);
    if fewer < TAIL_CELLS {
        return Err(Lack {
            note: format!(
                "the calls beyond the {metric} fell into about {:.0} and {:.0} seconds or blocks: they need {TAIL_CELLS} on each side",
                tails[0], tails[1]
            ),
            needs: seconds(measured_s * (TAIL_CELLS / fewer.max(0.5) - 1.0)),
        });
    }
    Ok(())
}

fn seconds(more: f64) -> Option<Needs> {
    crate::finite(more.max(1.0)).map(|more| Needs::Seconds { more })
}

impl Lack {
    fn of(note: &str) -> Self {
        Self {
            note: note.to_owned(),
            needs: None,
        }
    }
}
