//! Where the edge lies, given all steps: the rate at which an objective's share of calls beyond its limit becomes more
//! than is allowed.
//!
//! Each objective that was ever clearly missed has a posterior of its own; the edge is where the first of them breaks, or
//! where calls pile up. No step decides alone: a step at the edge of a random server misses its objective every other time.

use super::evidence::{Allowed, StepResult, number};
use super::probability::{normal, normalised};
use super::refused;
use super::replay::Edge;
use super::share::{in_play, soft};
use super::steady;

/// Points of the grid over rates.
const POINTS: usize = 240;
/// No step tells rates apart more finely than this...
const FINEST: f64 = 0.004;
/// ...nor a short one more finely than this divided by its seconds.
const SHORT: f64 = 0.03;
/// Rates at least this likely, compared with the likeliest, are likely: one standard deviation.
const LIKELY: f64 = 0.6;
/// How finely an objective that is no share of calls tells rates apart.
const FIRM: f64 = 0.015;

/// The probability that the edge lies above each of some rates.
#[derive(Debug, Clone)]
pub(super) struct Belief {
    ln_rates: Vec<f64>,
    above: Vec<f64>,
    /// By objective: the probability that it breaks first, were all in play; for the report.
    medians: Vec<Option<f64>>,
}

impl Belief {
    /// The belief after `steps`, somewhere between two rates; `allowed` is what each objective allows, and nothing is left
    /// to chance at a `sudden` edge. Where the calls, replayed, say where the edge of an objective lies, that counts.
    pub(super) fn of(
        steps: &[&StepResult],
        allowed: &[Allowed],
        between: (f64, f64),
        sudden: bool,
        edges: &[Option<Edge>],
    ) -> Self {
        let (low, high) = (between.0.ln(), between.1.ln());
        let ln_rates: Vec<f64> = (0..POINTS)
            .map(|point| low + (high - low) * (number(point as u64) + 0.5) / number(POINTS as u64))
            .collect();
        // Calls that are replayed also say when they pile up.
        let is_replayed = edges.iter().any(Option::is_some);
        let mut above = if is_replayed {
            vec![1.0; POINTS]
        } else {
            survival(&normalised(
                ln_rates.iter().map(|edge| queue(steps, *edge, sudden)).collect(),
            ))
        };
        let mut medians = Vec::new();
        let known = edges.iter().flatten().map(|edge| edge.ln_rate);
        let centre = known
            .reduce(f64::min)
            .unwrap_or_else(|| quantile(&ln_rates, &above, 0.5));
        for (objective, stated) in allowed.iter().enumerate() {
            let edge = edges.get(objective).copied().flatten();
            let by_refusals = || refused::edge(steps, objective, allowed, stated.share?, &ln_rates);
            let own = match (stated.share, edge) {
                (Some(_), Some(edge)) => normalised(ln_rates.iter().map(|rate| edge.likelihood(*rate)).collect()),
                (Some(share), None) if in_play(steps, objective, stated) => by_refusals().unwrap_or_else(|| {
                    // Once to find the neighbourhood, once with only the steps in it.
                    let rough = soft(steps, objective, share, stated, &ln_rates, centre, sudden);
                    let near = quantile(&ln_rates, &survival(&rough), 0.5);
                    soft(steps, objective, share, stated, &ln_rates, near, sudden)
                }),
                (None, _) if steps.iter().any(|step| step.held.get(objective) == Some(&false)) => {
                    normalised(ln_rates.iter().map(|edge| firm(steps, objective, *edge)).collect())
                }
                _ => {
                    medians.push(None);
                    continue;
                }
            };
            let own = survival(&own);
            let was_missed = stated.share.is_none() || in_play(steps, objective, stated);
            medians.push(was_missed.then(|| quantile(&ln_rates, &own, 0.5).exp()));
            for (above, own) in above.iter_mut().zip(&own) {
                *above *= own;
            }
        }
        Self {
            ln_rates,
            above,
            medians,
        }
    }

    /// The rate below which the edge lies with a probability.
    pub(super) fn quantile(&self, probability: f64) -> f64 {
        quantile(&self.ln_rates, &self.above, 1.0 - probability).exp()
    }

    /// How far apart the ends of the 95% interval are, as a ratio minus 1.
    pub(super) fn width(&self) -> f64 {
        self.quantile(0.975) / self.quantile(0.025) - 1.0
    }

    /// Twice the logarithm of how much less likely one edge for both is than one for each, over the same grid: the squared
    /// distance in standard errors, were both normal. A belief that only says "above" contradicts none that is.
    pub(super) fn contradicts(&self, other: &Self) -> f64 {
        let (own, others) = (self.relative(), other.relative());
        let both = own.iter().zip(&others).map(|(one, other)| one * other);
        -2.0 * both.fold(0.0, f64::max).max(1e-300).ln()
    }

    /// How far apart the nearest rates are, as a difference of logarithms, that each of two beliefs makes likely.
    pub(super) fn apart(&self, other: &Self) -> f64 {
        let likely = |belief: &Self| {
            let relative = belief.relative();
            let mut rates = belief
                .ln_rates
                .iter()
                .zip(relative)
                .filter(|(_, relative)| *relative > LIKELY)
                .map(|(ln_rate, _)| *ln_rate);
            let low = rates.next().unwrap_or_default();
            (low, rates.next_back().unwrap_or(low))
        };
        let (own, others) = (likely(self), likely(other));
        (own.0 - others.1).max(others.0 - own.1).max(0.0)
    }

    /// How likely each rate is as the edge, compared with the likeliest.
    fn relative(&self) -> Vec<f64> {
        let mut before = 1.0;
        let weights = self
            .above
            .iter()
            .map(|above| std::mem::replace(&mut before, *above) - above);
        let weights: Vec<f64> = weights.collect();
        // The first and the last also hold what lies beyond the grid.
        let most = weights.iter().skip(1).copied().fold(1e-300, f64::max);
        weights.iter().map(|weight| (weight / most).clamp(0.0, 1.0)).collect()
    }

    /// By objective: where its own edge is believed to lie; `None` when it was never clearly missed.
    pub(super) fn medians(&self) -> &[Option<f64>] {
        &self.medians
    }
}

/// What the piling up of calls says of the rate that a target keeps up with: no less than what it did while calls did
/// not pile up, no more than what it did while they did.
fn queue(steps: &[&StepResult], ln_edge: f64, sudden: bool) -> f64 {
    let weights = steps.iter().map(|step| {
        let growth = steady::growth(step);
        let count = number(step.moments.len() as u64).max(1.0);
        let ln_rate = step.plan.rate_per_s.ln();
        let ln_done = ln_rate + (1.0 - growth.share.max(0.0)).max(0.05).ln();
        // A server at random does a little more or less in a while than in the long run.
        let due: u64 = step.moments.iter().map(|moment| moment.due).sum();
        let chance = if sudden { 0.0 } else { 1.0 / number(due.max(1)).sqrt() };
        let error = growth.error.max(FINEST).max(chance);
        if growth.is_steady() {
            normal((ln_edge - ln_done) / error.max(SHORT / count)).max(1e-6)
        } else if count < 3.0 {
            (1.0 - normal((ln_edge - ln_rate) / FINEST.max(chance))).max(1e-6)
        } else {
            (1.0 - normal((ln_edge - ln_done) / error)).max(1e-6)
        }
    });
    weights.product()
}

/// What an objective that is no share of calls says of its edge: it held or it did not.
fn firm(steps: &[&StepResult], objective: usize, ln_edge: f64) -> f64 {
    let weights = steps.iter().map(|step| {
        let below = normal((ln_edge - step.plan.rate_per_s.ln()) / FIRM);
        let held = step.held.get(objective).copied().unwrap_or(true);
        if held { below } else { 1.0 - below }.max(1e-4)
    });
    weights.product()
}

/// The probability of lying above each point, from that of lying at each.
fn survival(weights: &[f64]) -> Vec<f64> {
    let mut left = 1.0;
    let above = weights.iter().map(|weight| {
        left -= weight;
        (left + weight / 2.0).clamp(0.0, 1.0)
    });
    above.collect()
}

/// Where a falling curve passes through a value.
fn quantile(ln_rates: &[f64], above: &[f64], value: f64) -> f64 {
    let first = above.iter().position(|above| *above < value);
    match first {
        None => ln_rates.last().copied().unwrap_or_default(),
        Some(0) => ln_rates[0],
        Some(at) => {
            let (high, low) = (above[at - 1], above[at]);
            let share = (high - value) / (high - low).max(1e-12);
            ln_rates[at - 1] + share * (ln_rates[at] - ln_rates[at - 1])
        }
    }
}
