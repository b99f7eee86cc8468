//! Where the edge lies, given all steps: the rate at which an objective's share of calls beyond its limit becomes more
//! than is allowed.
//!
//! Near the edge the logarithm of that share grows about linearly with the logarithm of the rate (in a queue with
//! exponential service exactly so with the rate), so each objective has a logistic curve through its edge with an
//! unknown slope. A grid over edges and slopes holds the posterior; calls of a queue come in clusters, so the
//! likelihood is tempered by their overdispersion (quasi-likelihood, Wedderburn 1974). No step decides alone: a step at
//! the edge of a random server misses its objective every other time.

use super::evidence::{Allowed, StepResult, number};
use super::steady;
use super::tail::{Tail, long_run};

/// Points of the grid over rates.
const POINTS: usize = 240;
/// Points of the grid over slopes.
const SLOPES: usize = 16;
/// The gentlest and the steepest slope: by how much the logit of the share grows with the logarithm of the rate. One
/// worker with exponential service at half its capacity has about 5; thirty workers near theirs have hundreds.
const SLOPE: (f64, f64) = (4.0, 1000.0);
/// The usual slope is so many times rate by limit...
const SLOPE_PER_CALL: f64 = 1.5;
/// ...give or take a factor whose logarithm has this standard deviation.
const SLOPE_SPREAD: f64 = 0.35;
/// A step in which calls piled up, or more than this share were beyond the limit, only says that it is above the edge: a
/// queue that grows has no share of its own.
const MOST: f64 = 0.4;
/// Beyond so many times the allowed share, more of it says no more.
const CLUSTER: f64 = 12.0;
/// A step further below the current belief than this says nothing on the slope at the edge.
const BELOW: f64 = 0.7;
/// What is believed of the overdispersion before anything is seen, and how many seconds that is worth.
const PRIOR_DISPERSION: (f64, f64) = (5.0, 10.0);
/// No step tells rates apart more finely than this...
const FINEST: f64 = 0.004;
/// ...nor a short one more finely than this divided by its seconds.
const SHORT: f64 = 0.03;
/// Steps this near to the edge, in logarithms of rates, say together how its tail is.
const NEAR: f64 = 0.15;
/// The logit is linear in the logarithm of the rate but for this share of its change.
const BENT: f64 = 0.15;
/// A step begins with an empty queue: what is not settled yet looks as if the rate were lower by this divided by its
/// seconds...
const YOUNG: f64 = 0.1;
/// ...and a count of late calls is worth little in so many seconds.
const SETTLES_S: f64 = 6.0;
/// Where calls piled up for so many seconds nearly all would be late in the end: then the logit is at least half the way from
/// the allowed share to one half.
const SETTLED_S: f64 = 4.0;
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
    /// to chance at a `sharp` edge.
    pub(super) fn of(steps: &[&StepResult], allowed: &[Allowed], between: (f64, f64), sharp: bool) -> Self {
        let (low, high) = (between.0.ln(), between.1.ln());
        let ln_rates: Vec<f64> = (0..POINTS)
            .map(|point| low + (high - low) * (number(point as u64) + 0.5) / number(POINTS as u64))
            .collect();
        let queue = normalised(ln_rates.iter().map(|edge| queue(steps, *edge, sharp)).collect());
        let mut above = survival(&queue);
        let mut medians = Vec::new();
        // Once to find the neighbourhood, once with only the steps in it.
        let centre = quantile(&ln_rates, &above, 0.5);
        for (objective, allowed) in allowed.iter().enumerate() {
            let own = match allowed.share {
                Some(share) if in_play(steps, objective, share) => {
                    let rough = soft(steps, objective, share, allowed, &ln_rates, centre, sharp);
                    let near = quantile(&ln_rates, &survival(&rough), 0.5);
                    soft(steps, objective, share, allowed, &ln_rates, near, sharp)
                }
                None if steps.iter().any(|step| step.held.get(objective) == Some(&false)) => {
                    normalised(ln_rates.iter().map(|edge| firm(steps, objective, *edge)).collect())
                }
                _ => {
                    medians.push(None);
                    continue;
                }
            };
            let own = survival(&own);
            medians.push(Some(quantile(&ln_rates, &own, 0.5).exp()));
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
        let weights = self.above.iter().map(|above| std::mem::replace(&mut before, *above) - above);
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
fn queue(steps: &[&StepResult], ln_edge: f64, sharp: bool) -> f64 {
    let weights = steps.iter().map(|step| {
        let growth = steady::growth(step);
        let count = number(step.moments.len() as u64).max(1.0);
        let ln_rate = step.plan.rate_per_s.ln();
        let ln_done = ln_rate + (1.0 - growth.share.max(0.0)).max(0.05).ln();
        // A server at random does a little more or less in a while than in the long run.
        let due: u64 = step.moments.iter().map(|moment| moment.due).sum();
        let chance = if sharp { 0.0 } else { 1.0 / number(due.max(1)).sqrt() };
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

/// Whether an objective was ever missed so clearly that it may be the one that limits.
fn in_play(steps: &[&StepResult], objective: usize, allowed: f64) -> bool {
    steps.iter().any(|step| clearly_beyond(step, objective, allowed))
}

/// Whether more calls were beyond the limit than chance explains.
pub(super) fn clearly_beyond(step: &StepResult, objective: usize, allowed: f64) -> bool {
    let mark = step.mark(objective);
    let expected = allowed * number(mark.calls);
    number(mark.beyond) > expected + 2.0 * (PRIOR_DISPERSION.0 * expected).sqrt() + 1.0
}

/// The posterior of one objective's edge over the grid.
fn soft(
    steps: &[&StepResult],
    objective: usize,
    allowed: f64,
    stated: &Allowed,
    ln_rates: &[f64],
    centre: f64,
    sharp: bool,
) -> Vec<f64> {
    let limit_s = stated.limit_s;
    let dispersion = dispersion(steps, objective, allowed, centre);
    let near: Vec<&StepResult> = steps
        .iter()
        .copied()
        .filter(|step| (step.plan.rate_per_s.ln() - centre).abs() <= NEAR && !is_far(step, objective, allowed))
        .collect();
    let tail = Tail::of(&near, objective, stated, dispersion);
    let slopes: Vec<f64> = (0..SLOPES)
        .map(|point| {
            let share = number(point as u64) / number(SLOPES as u64 - 1);
            SLOPE.0 * (SLOPE.1 / SLOPE.0).powf(share)
        })
        .collect();
    let ln_prior: Vec<f64> = slopes
        .iter()
        .map(|slope| ln_slope_prior(*slope, limit_s, centre))
        .collect();
    let usual = usual_slope(limit_s, centre).unwrap_or(30.0).min(100.0);
    let data: Vec<Datum> = steps
        .iter()
        .filter_map(|step| Datum::of(step, objective, allowed, centre, usual, tail, sharp))
        .collect();
    let ln_weight = |edge: f64, slope: f64| {
        let each = data
            .iter()
            .map(|datum| datum.ln_likelihood(allowed, edge, slope, dispersion));
        each.sum::<f64>()
    };
    let ln_weights: Vec<Vec<f64>> = ln_rates
        .iter()
        .map(|edge| {
            slopes
                .iter()
                .zip(&ln_prior)
                .map(|(slope, prior)| prior + ln_weight(*edge, *slope))
                .collect()
        })
        .collect();
    let most = ln_weights.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let sums = ln_weights
        .iter()
        .map(|row| row.iter().map(|weight| (weight - most).exp()).sum());
    normalised(sums.collect())
}

/// What is believed of a slope before anything is seen. In a queue whose arrivals and services vary moderately, the
/// probability of waiting longer than a limit falls by a factor of e about once or twice for every call that arrives
/// within the limit (Kingman's exponential tail), so the slope is around rate times limit; of errors nothing is known.
fn ln_slope_prior(slope: f64, limit_s: Option<f64>, ln_rate: f64) -> f64 {
    let Some(usual) = usual_slope(limit_s, ln_rate) else {
        return 0.0;
    };
    -((slope / usual).ln() / SLOPE_SPREAD).powi(2) / 2.0
}

fn usual_slope(limit_s: Option<f64>, ln_rate: f64) -> Option<f64> {
    limit_s.map(|limit_s| (SLOPE_PER_CALL * ln_rate.exp() * limit_s).clamp(SLOPE.0, SLOPE.1))
}

/// What a step says of an edge, without the parts that do not depend on it.
enum Datum {
    /// It was above the edge, and its logit at least this much above the allowed one.
    Above { ln_rate: f64, at_least: f64 },
    /// So many of its calls were beyond the limit.
    Counted { ln_rate: f64, calls: f64, beyond: f64 },
    /// Its tail says that the share beyond the limit has this logit, with this variance.
    Estimated { ln_rate: f64, logit: f64, variance: f64 },
}

impl Datum {
    fn of(
        step: &StepResult,
        objective: usize,
        allowed: f64,
        centre: f64,
        usual_slope: f64,
        tail: Option<Tail>,
        sharp: bool,
    ) -> Option<Self> {
        let ln_rate = step.plan.rate_per_s.ln();
        let mark = step.mark(objective);
        let calls = number(mark.calls);
        if is_far(step, objective, allowed) {
            let settled = !sharp && number(step.moments.len() as u64) >= SETTLED_S;
            return Some(Self::Above {
                ln_rate,
                at_least: if settled { -logit(allowed).min(0.0) / 2.0 } else { 0.0 },
            });
        }
        if calls < 1.0 || ln_rate < centre + BELOW.ln() {
            return None;
        }
        let seconds = number(step.moments.len() as u64).max(1.0);
        if let Some(tail) = tail
            && let Some(ln_share) = tail.estimate(&mark)
        {
            return Some(Self::Estimated {
                ln_rate,
                logit: logit(ln_share.exp().min(0.9)),
                variance: tail.variance / calls + (usual_slope * YOUNG / seconds).powi(2),
            });
        }
        let worth = if sharp { 1.0 } else { 1.0 / (1.0 + (SETTLES_S / seconds).powi(2)) };
        // One long congestion must not outweigh everything else.
        let beyond = number(mark.beyond).min((CLUSTER * allowed * calls).max(CLUSTER));
        Some(Self::Counted {
            ln_rate,
            calls: calls * worth,
            beyond: beyond * worth,
        })
    }

    fn ln_likelihood(&self, allowed: f64, edge: f64, slope: f64, dispersion: f64) -> f64 {
        match *self {
            Self::Above { ln_rate, at_least } => (1.0 - normal((edge - ln_rate) * slope + at_least)).max(1e-6).ln(),
            Self::Counted { ln_rate, calls, beyond } => {
                let share = 1.0 / (1.0 + (-(logit(allowed) + slope * (ln_rate - edge)).clamp(-40.0, 40.0)).exp());
                (beyond * share.max(1e-15).ln() + (calls - beyond) * (1.0 - share).max(1e-15).ln()) / dispersion
            }
            Self::Estimated {
                ln_rate,
                logit: seen,
                variance,
            } => {
                let away = slope * (ln_rate - edge);
                let variance = variance + (BENT * away).powi(2);
                -((seen - logit(allowed) - away).powi(2) / variance + variance.ln()) / 2.0
            }
        }
    }
}

/// Whether a step was so far above the edge that its share is no steady state's.
fn is_far(step: &StepResult, objective: usize, allowed: f64) -> bool {
    let mark = step.mark(objective);
    let share = number(mark.beyond) / number(mark.calls.max(1));
    clearly_beyond(step, objective, allowed) && (!step.is_steady() || share > MOST.max(2.0 * allowed))
}

/// How much more the number of calls beyond the limit varies than that of independent calls would: its long-run
/// variance over seconds divided by the binomial one.
fn dispersion(steps: &[&StepResult], objective: usize, allowed: f64, centre: f64) -> f64 {
    let (mut series, mut expected) = (Vec::new(), 0.0);
    for step in steps {
        let ln_rate = step.plan.rate_per_s.ln();
        let mark = step.mark(objective);
        let share = number(mark.beyond) / number(mark.calls.max(1));
        if (ln_rate - centre).abs() > 0.2 || is_far(step, objective, allowed) || mark.beyond == 0 {
            continue;
        }
        let marks = step.moments.iter().filter_map(|moment| moment.marks.get(objective));
        let rests: Vec<f64> = marks
            .map(|mark| number(mark.beyond) - share * number(mark.calls))
            .collect();
        series.push(rests);
        expected += number(mark.calls) * share * (1.0 - share);
    }
    let seconds = number(series.iter().map(Vec::len).sum::<usize>() as u64);
    let seen = if expected > 0.0 {
        long_run(&series) / expected
    } else {
        PRIOR_DISPERSION.0
    };
    let (prior, worth) = PRIOR_DISPERSION;
    ((seen * seconds + prior * worth) / (seconds + worth)).max(1.0)
}

fn logit(share: f64) -> f64 {
    (share / (1.0 - share)).ln()
}

/// The standard normal distribution function, by the logistic approximation of Bowling et al. (2009); its error stays
/// below 0.02%.
fn normal(z: f64) -> f64 {
    let z = z.clamp(-12.0, 12.0);
    1.0 / (1.0 + (-0.070_56 * z.powi(3) - 1.5976 * z).exp())
}

fn normalised(mut weights: Vec<f64>) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    let even = 1.0 / number(weights.len() as u64);
    for weight in &mut weights {
        *weight = if sum > 0.0 { *weight / sum } else { even };
    }
    weights
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
