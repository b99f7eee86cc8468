//! Objectives that a target breaks by refusing calls: a limit on the rate, on connections, on anything that is counted. What it
//! takes it serves as before, so that no queue, no percentile and no slope says where that ends. The share it refuses does: of
//! calls at a rate r a target that takes c refuses 1 - c / r.
//!
//! That is only where it is likeliest. A target that fails all calls once there are too many refuses far more, and what lies
//! below the rate at which it did is open again. Steps near it decide.

use super::evidence::{Allowed, Mark, Moment, StepResult, number};
use super::probability::{normal, normalised};

/// Refusals are what breaks an objective where they are this share of what was beyond its limit.
const MOSTLY: f64 = 0.8;
/// Where this part of what may be fails already at rates that hold, it is no such limit.
const BACKGROUND: f64 = 0.5;
/// What is nearer to the lowest rate that broke than this share of it is its edge.
const NEAR: f64 = 0.9;
/// How finely a step tells whether a rate is beyond the limit, as a logarithm...
const FINEST: f64 = 0.006;
/// ...and how finely the share that is refused says where the limit is.
const SAID: f64 = 0.012;
/// What speaks for any other limit below a rate that broke, beside what speaks for the one that it says.
const ELSEWHERE: f64 = 0.15;
/// A pause touches no more seconds than these.
const LONGEST_PAUSE: usize = 4;
/// Only where less than this share is refused, what is taken counts against shorter steps.
const MOSTLY_TAKEN: f64 = 0.4;
/// A step that says otherwise may be wrong this often; where bursts are let through, far more often.
const WRONG: (f64, f64) = (1e-3, 0.3);

/// The posterior of an objective's edge over a grid of rates, where refusals are what breaks it; `None` where they are not.
pub(super) fn edge(
    steps: &[&StepResult],
    objective: usize,
    allowed: &[Allowed],
    share: f64,
    ln_rates: &[f64],
) -> Option<Vec<f64>> {
    if !is_what_breaks(steps, objective, allowed, share) {
        return None;
    }
    let bursts = lets_bursts_through(steps, allowed);
    let wrong = if bursts { WRONG.1 } else { WRONG.0 };
    let beyond: Vec<bool> = steps.iter().map(|step| is_beyond(step, objective, share)).collect();
    let said = |step: &StepResult| {
        let taken = 1.0 - in_the_end(step, allowed);
        ln_real_rate(step).0 + taken.max(1e-6).ln() - (1.0 - share).ln()
    };
    // What a longer step did not hold at no higher rate, or says that it is beyond the limit, a shorter one only held for so long.
    let outlasted = |step: &StepResult| {
        let mut longer = steps
            .iter()
            .zip(&beyond)
            .filter(|(longer, beyond)| **beyond && longer.plan.measured_s > step.plan.measured_s);
        longer.any(|(longer, _)| {
            let says_so = in_the_end(longer, allowed) < MOSTLY_TAKEN && said(longer) < step.plan.rate_per_s.ln();
            says_so || longer.plan.rate_per_s <= step.plan.rate_per_s
        })
    };
    let weight = |ln_edge: f64| {
        let each = steps.iter().zip(&beyond).map(|(step, beyond)| {
            let (ln_rate, chance) = ln_real_rate(step);
            let below = normal((ln_edge - ln_rate) / FINEST.hypot(chance));
            if !beyond {
                return if outlasted(step) { 1.0 } else { below.max(wrong) };
            }
            let as_said = (-((ln_edge - said(step)) / SAID.hypot(chance)).powi(2) / 2.0).exp();
            ((1.0 - below) * (as_said + ELSEWHERE)).max(WRONG.0 * ELSEWHERE)
        });
        each.product::<f64>()
    };
    Some(normalised(ln_rates.iter().map(|ln_edge| weight(*ln_edge)).collect()))
}

/// Whether refusals are what an objective was missed by, wherever it was.
pub(super) fn is_what_breaks(steps: &[&StepResult], objective: usize, allowed: &[Allowed], share: f64) -> bool {
    let (beyond, within): (Vec<&StepResult>, Vec<&StepResult>) =
        steps.iter().partition(|step| is_beyond(step, objective, share));
    let lowest = beyond.iter().map(|step| step.plan.rate_per_s).reduce(f64::min);
    let Some(lowest) = lowest else { return false };
    let background = within.iter().filter(|step| step.plan.rate_per_s < NEAR * lowest);
    let (calls, failed) = background.fold((0.0, 0.0), |(calls, failed), step| {
        (
            calls + number(step.mark(objective).calls),
            failed + number(refused(&step.moments, allowed)),
        )
    });
    beyond.iter().all(|step| is_by_refusals(step, objective, allowed)) && failed <= BACKGROUND * share * calls
}

/// Whether most of what was beyond an objective's limit in a step was refused.
pub(super) fn is_by_refusals(step: &StepResult, objective: usize, allowed: &[Allowed]) -> bool {
    let beyond = number(step.mark(objective).beyond);
    beyond > 0.0 && number(refused(&step.moments, allowed)) >= MOSTLY * beyond
}

/// Whether a step goes on refusing calls until its end: no pause explains that.
pub(super) fn goes_on(step: &StepResult, allowed: &[Allowed]) -> bool {
    let half = &step.moments[step.moments.len() / 2..];
    let refusing = half
        .iter()
        .filter(|moment| refused(std::slice::from_ref(*moment), allowed) > 0);
    half.len() > LONGEST_PAUSE && 2 * refusing.count() > half.len()
}

/// How the calls of a step did by an objective, without those that were refused.
pub(super) fn of_the_others(step: &StepResult, objective: usize, allowed: &[Allowed]) -> Mark {
    let mut mark = step.mark(objective);
    if allowed[objective].limit_s.is_some() {
        let refused = refused(&step.moments, allowed);
        mark.calls = mark.calls.saturating_sub(refused);
        mark.beyond = mark.beyond.saturating_sub(refused);
        for over in &mut mark.over {
            *over = over.saturating_sub(refused);
        }
    }
    mark
}

/// More calls were beyond the limit than may be, by more than one or two of them.
fn is_beyond(step: &StepResult, objective: usize, share: f64) -> bool {
    let mark = step.mark(objective);
    number(mark.beyond) > share * number(mark.calls) + 1.5
}

/// The logarithm of the rate at which calls came in a step, per second, and how far that is left to chance.
fn ln_real_rate(step: &StepResult) -> (f64, f64) {
    let due: Vec<f64> = step.moments.iter().map(|moment| number(moment.due)).collect();
    let length_s: f64 = step.moments.iter().map(|moment| moment.length_s).sum();
    let (sum, count) = (due.iter().sum::<f64>(), number(due.len() as u64));
    if sum < 1.0 || count < 2.0 {
        return (step.plan.rate_per_s.ln(), 1.0 / sum.max(1.0).sqrt());
    }
    let mean = sum / count;
    let variance = due.iter().map(|each| (each - mean).powi(2)).sum::<f64>() / (count - 1.0);
    // Evenly spaced arrivals leave nothing to chance, Poisson ones as much as a count does.
    let chance = if variance > mean / 4.0 { 1.0 / sum.sqrt() } else { 0.0 };
    ((sum / length_s.max(1e-9)).ln(), chance)
}

/// Calls that were refused: those beyond the objectives on errors.
fn refused(moments: &[Moment], allowed: &[Allowed]) -> u64 {
    let on_errors = allowed
        .iter()
        .enumerate()
        .filter(|(_, allowed)| allowed.limit_s.is_none());
    let each = on_errors.map(|(objective, _)| {
        let marks = moments.iter().filter_map(|moment| moment.marks.get(objective));
        marks.map(|mark| mark.beyond).sum()
    });
    each.max().unwrap_or_default()
}

/// The share of calls that was refused in the second half of a step: bursts are let through before.
fn in_the_end(step: &StepResult, allowed: &[Allowed]) -> f64 {
    share_refused(&step.moments[step.moments.len() / 2..], allowed)
}

fn share_refused(moments: &[Moment], allowed: &[Allowed]) -> f64 {
    let due: u64 = moments.iter().map(|moment| moment.due).sum();
    (number(refused(moments, allowed)) / number(due.max(1))).min(1.0)
}

/// Whether some step shows that calls are only refused after a while: then what a step held says little of what a longer one
/// would.
pub(super) fn lets_bursts_through(steps: &[&StepResult], allowed: &[Allowed]) -> bool {
    steps.iter().any(|step| {
        let third = step.moments.len() / 3;
        third > 0 && {
            let at_first = share_refused(&step.moments[..third], allowed);
            let in_the_end = share_refused(&step.moments[2 * third..], allowed);
            in_the_end > 0.01 && at_first < 0.2 * in_the_end
        }
    })
}
