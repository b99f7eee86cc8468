//! Where one objective's share of calls beyond its limit becomes more than is allowed.
//!
//! Near the edge the logarithm of that share grows about linearly with the logarithm of the rate (in a queue with
//! exponential service exactly so with the rate), so each objective has a logistic curve through its edge with an
//! unknown slope. A grid over edges and slopes holds the posterior; calls of a queue come in clusters, so the
//! likelihood is tempered by their overdispersion (quasi-likelihood, Wedderburn 1974).

use super::evidence::{Allowed, StepResult, number};
use super::probability::{normal, normalised};
use super::tail::{Tail, long_run};

/// Points of the grid over slopes.
const SLOPES: usize = 16;
/// The gentlest and the steepest slope: by how much the logit of the share grows with the logarithm of the rate. One
/// worker with exponential service at half its capacity has about 5; thirty workers near theirs have hundreds.
const SLOPE: (f64, f64) = (4.0, 1000.0);
/// The usual slope is so many times rate by limit...
const SLOPE_PER_CALL: f64 = 1.5;
/// ...give or take a factor whose logarithm has this standard deviation.
const SLOPE_SPREAD: f64 = 0.35;
/// A far gentler one is not unheard of: this is the logarithm of how much less likely it is than the usual.
const GENTLER: f64 = 4.5;
/// ...down to this part of it.
const GENTLEST: f64 = 0.12;
/// A sudden edge has at least this one.
const SUDDEN: f64 = 100.0;
/// A step in which calls piled up, or more than this share were beyond the limit, only says that it is above the edge: a
/// queue that grows has no share of its own.
const MOST: f64 = 0.4;
/// Beyond so many times the allowed share, more of it says no more.
const CLUSTER: f64 = 12.0;
/// A step further below the current belief than this says nothing on the slope at the edge.
const BELOW: f64 = 0.7;
/// What is believed of the overdispersion before anything is seen, and how many seconds that is worth.
const PRIOR_DISPERSION: (f64, f64) = (5.0, 10.0);
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

/// The posterior of one objective's edge over the grid.
pub(super) fn soft(
    steps: &[&StepResult],
    objective: usize,
    allowed: f64,
    stated: &Allowed,
    ln_rates: &[f64],
    centre: f64,
    sudden: bool,
) -> Vec<f64> {
    let limit_s = stated.limit_s;
    let dispersion = dispersion(steps, objective, stated, centre);
    let near: Vec<&StepResult> = steps
        .iter()
        .copied()
        .filter(|step| (step.plan.rate_per_s.ln() - centre).abs() <= NEAR && !is_far(step, objective, stated))
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
        .map(|slope| ln_slope_prior(*slope, limit_s, centre, sudden))
        .collect();
    let usual = usual_slope(limit_s, centre).unwrap_or(30.0).min(100.0);
    let data: Vec<Datum> = steps
        .iter()
        .filter_map(|step| Datum::of(step, objective, stated, centre, usual, tail, sudden))
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
/// A sudden edge is steep.
fn ln_slope_prior(slope: f64, limit_s: Option<f64>, ln_rate: f64, sudden: bool) -> f64 {
    if sudden {
        return -((SUDDEN / slope).ln().max(0.0) / SLOPE_SPREAD).powi(2) / 2.0;
    }
    let Some(usual) = usual_slope(limit_s, ln_rate) else {
        return 0.0;
    };
    let away = ((slope / usual).ln() / SLOPE_SPREAD).powi(2) / 2.0;
    // Where every connection waits for a worker of its own there are many short lines, each with far fewer calls.
    if (GENTLEST * usual..usual).contains(&slope) {
        -away.min(GENTLER)
    } else {
        -away
    }
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
        stated: &Allowed,
        centre: f64,
        usual_slope: f64,
        tail: Option<Tail>,
        sudden: bool,
    ) -> Option<Self> {
        let allowed = stated.share?;
        let ln_rate = step.plan.rate_per_s.ln();
        let mark = step.mark(objective);
        let calls = number(mark.calls);
        if is_far(step, objective, stated) {
            let settled = !sudden && number(step.moments.len() as u64) >= SETTLED_S;
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
        let worth = if sudden {
            1.0
        } else {
            1.0 / (1.0 + (SETTLES_S / seconds).powi(2))
        };
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
fn is_far(step: &StepResult, objective: usize, allowed: &Allowed) -> bool {
    let mark = step.mark(objective);
    let share = number(mark.beyond) / number(mark.calls.max(1));
    let most = MOST.max(2.0 * allowed.share.unwrap_or_default());
    clearly_beyond(step, objective, allowed) && (!step.is_steady() || share > most)
}

/// How much more the number of calls beyond the limit varies than that of independent calls would: its long-run
/// variance over seconds divided by the binomial one.
fn dispersion(steps: &[&StepResult], objective: usize, allowed: &Allowed, centre: f64) -> f64 {
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

/// Whether an objective was ever missed so clearly that it may be the one that limits.
pub(super) fn in_play(steps: &[&StepResult], objective: usize, allowed: &Allowed) -> bool {
    steps.iter().any(|step| clearly_beyond(step, objective, allowed))
}

/// Whether more calls were beyond the limit than chance explains. Late calls come in clusters; refusals do not.
pub(super) fn clearly_beyond(step: &StepResult, objective: usize, allowed: &Allowed) -> bool {
    let Some(share) = allowed.share else { return false };
    let mark = step.mark(objective);
    let expected = share * number(mark.calls);
    let dispersion = if allowed.limit_s.is_some() {
        PRIOR_DISPERSION.0
    } else {
        1.0
    };
    number(mark.beyond) > expected + 2.0 * (dispersion * expected).sqrt() + 1.0
}

fn logit(share: f64) -> f64 {
    (share / (1.0 - share)).ln()
}
