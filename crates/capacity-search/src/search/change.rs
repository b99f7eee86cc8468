//! Whether a target works as it did: calls take as long at a rate as they took at it before, and a rate that held holds again.
//!
//! A target that grew quicker (it is warm, it has more workers) is measured anew: what broke it before counts no more. One that
//! grew slower (hot, full, or broken by too much load and not back again) has no figure that would be true at all times.
//!
//! Steps at other rates only arouse suspicion: a target that batches is quicker at higher rates. A step at the very rate of before
//! decides.

use super::{Decision, End, Search};
use crate::evidence::{Ending, StepPlan, StepResult, number};
use proofload_results::capacity::Purpose;

/// Calls take longer or shorter when it is by this share...
const SHARE: f64 = 0.08;
/// ...or by this one, where they did before already...
const LITTLE: f64 = 0.03;
/// ...and by so many standard errors...
const ERRORS: f64 = 5.0;
/// ...and by so many seconds.
const LEAST_S: f64 = 0.0005;
/// Calls of one step depend on each other: their mean varies so many times more than that of others would.
const TOGETHER: f64 = 2.0;
/// Fewer calls say nothing.
const FEWEST: usize = 20;
/// Nearer to a rate that broke than this share of it, waits are what chance brings.
const CALM: f64 = 0.8;
/// Calls that take no longer than the quickest by more than this, as a logarithm, hardly wait.
const QUIET: f64 = 0.4;
/// A suspicion is looked into so often.
const MOST: usize = 4;
/// Of all time, waiting until a target is warm may take this share.
const WARMING: f64 = 0.4;
/// What held before and has so many times as many late calls as may be does not hold any more.
const FAR_BEYOND: f64 = 5.0;

/// How a target changed while it was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// At this rate, per second...
    pub rate_per_s: f64,
    /// ...calls took so long at first, in seconds (their geometric mean)...
    pub before_s: f64,
    /// ...and so long later; none where the rate did not hold any more.
    pub after_s: Option<f64>,
    /// The step, counted from 0, from which on it was so.
    pub since_step: usize,
    /// The rate that broke it in between, per second, if one did.
    pub broke_per_s: Option<f64>,
}

impl Change {
    /// Whether it became quicker.
    pub fn is_quicker(&self) -> bool {
        self.after_s.is_some_and(|after_s| after_s < self.before_s)
    }
}

/// What is looked into.
#[derive(Debug, Clone, Copy)]
pub(super) struct Suspicion {
    /// The step of before.
    before: usize,
    quicker: bool,
}

impl Search {
    /// What to do about a suspicion that the target changed; `None` where there is none.
    pub(super) fn look_for_change(&mut self) -> Option<Decision> {
        let last = self.steps.len().checked_sub(1)?;
        if !self.steps[last].counts() {
            return None;
        }
        if let Some(suspicion) = self.suspicion.take()
            && self.steps[last].plan.purpose == Purpose::Return
        {
            return self.look_again(suspicion, last);
        }
        if self.looked_into >= MOST || self.left_s() <= 0.0 {
            return None;
        }
        let suspicion = (self.since..last).find_map(|before| self.suspect(before, last))?;
        self.looked_into += 1;
        self.suspicion = Some(suspicion);
        Some(Decision::Measure(
            self.again(self.steps[suspicion.before].plan.rate_per_s),
        ))
    }

    /// A step at the rate of before was made: did the target change?
    fn look_again(&mut self, suspicion: Suspicion, last: usize) -> Option<Decision> {
        let (before, after) = (&self.steps[suspicion.before], &self.steps[last]);
        let warms = before.plan.purpose == Purpose::Return;
        let is_quicker = self
            .differs(suspicion.before, last, if warms { LITTLE } else { SHARE })
            .is_some_and(|by| by < 0.0);
        let is_slower =
            self.differs(suspicion.before, last, SHARE).is_some_and(|by| by > 0.0) || self.is_far_beyond(after);
        if suspicion.quicker && is_quicker && self.was_as_quick(suspicion.before, last) {
            // Slower for a while and back again. What that does to the answer is for holding it to show.
            if self.settings.hold_s > 0.0 {
                return None;
            }
            return Some(self.finished(End::Moved));
        }
        if suspicion.quicker && is_quicker {
            let change = self.change(suspicion.before, last);
            // The first of several says how it was at first.
            let before_s = self
                .change
                .filter(Change::is_quicker)
                .map_or(change.before_s, |first| first.before_s);
            self.change = Some(Change { before_s, ..change });
            let rate_per_s = self.steps[last].plan.rate_per_s;
            self.begin_anew(last);
            self.warming_s += self.cost_of(last);
            if self.warming_s < WARMING * self.settings.budget_s {
                // Until it grows no quicker.
                self.suspicion = Some(Suspicion {
                    before: last,
                    quicker: true,
                });
                return Some(Decision::Measure(self.again(rate_per_s)));
            }
        }
        if !suspicion.quicker && is_slower {
            self.change = Some(self.change(suspicion.before, last));
            return Some(self.finished(End::Moved));
        }
        None
    }

    /// Whether the target was as quick as in a step, at no lower rate, before it was slower: what slowed it in between passed, as
    /// what a neighbour does, and nothing grew.
    fn was_as_quick(&self, slower: usize, step: usize) -> bool {
        let rate_per_s = self.steps[step].plan.rate_per_s;
        (self.since..slower).any(|early| {
            let held = self.steps[early].counts() && self.holds(&self.steps[early]);
            let no_lower = self.steps[early].plan.rate_per_s >= rate_per_s * 0.999;
            held && no_lower
                && self.quickness[early].is_some()
                && self.differs(step, early, LITTLE).is_none_or(|by| by < 0.0)
        })
    }

    /// From a step on the target is another.
    pub(super) fn begin_anew(&mut self, step: usize) {
        self.since = step;
        self.replayed = None;
        self.answer = None;
        self.confirmed = false;
        self.tried_above = 0;
        self.halved_before = 0;
        self.weigh_breaks();
    }

    fn change(&self, before: usize, after: usize) -> Change {
        let broken = self.steps[before..after]
            .iter()
            .filter(|step| step.counts() && !self.holds(step));
        let taken_s = |step: usize| self.quickness[step].map(|quickness| quickness.ln_mean.exp());
        let after_s = Some(after).filter(|after| self.holds(&self.steps[*after]));
        Change {
            rate_per_s: self.steps[before].plan.rate_per_s,
            before_s: taken_s(before).unwrap_or(self.steps[before].median_s),
            after_s: after_s.and_then(taken_s),
            since_step: after,
            broke_per_s: broken.map(|step| step.plan.rate_per_s).reduce(f64::max),
        }
    }

    /// Whether a later step arouses suspicion beside one of before.
    fn suspect(&self, before: usize, last: usize) -> Option<Suspicion> {
        let (early, late) = (&self.steps[before], &self.steps[last]);
        if !early.counts() || !self.holds(early) || self.pauses_s[before].is_some() || self.pauses_s[last].is_some() {
            return None;
        }
        let (early_rate, late_rate) = (early.plan.rate_per_s, late.plan.rate_per_s);
        let no_higher = late_rate <= early_rate * 1.001;
        if no_higher && self.is_far_beyond(late) && self.is_calm(before, last) {
            return Some(Suspicion { before, quicker: false });
        }
        let by = self.differs(before, last, SHARE).filter(|_| self.holds(late))?;
        let quicker = by < 0.0 && late_rate >= early_rate * 0.999 && self.is_quiet(before, last);
        let slower = by > 0.0 && no_higher && self.is_quiet(before, last) && self.is_below_breaks(late_rate, last);
        (quicker || slower).then_some(Suspicion { before, quicker })
    }

    /// Whether a step was far below whatever broke until another one, and hardly anybody waited in it.
    fn is_calm(&self, step: usize, until: usize) -> bool {
        self.is_below_breaks(self.steps[step].plan.rate_per_s, until) && self.is_quiet(step, until)
    }

    /// Whether a rate was far below whatever broke until a step.
    fn is_below_breaks(&self, rate_per_s: f64, until: usize) -> bool {
        let broken = (self.since..until).filter(|at| {
            let step = &self.steps[*at];
            step.counts() && !self.holds(step) && self.set_aside(*at).is_none()
        });
        let lowest = broken
            .map(|at| self.steps[at].plan.rate_per_s)
            .fold(f64::INFINITY, f64::min);
        rate_per_s <= CALM * lowest
    }

    /// Whether calls of a step took hardly longer than those of any step before another one.
    fn is_quiet(&self, step: usize, until: usize) -> bool {
        let each = (self.since..until).filter(|at| self.steps[*at].counts() && self.holds(&self.steps[*at]));
        let known = each.filter_map(|at| self.quickness[at]);
        let least = known.map(|quickness| quickness.ln_mean).reduce(f64::min);
        let own = self.quickness[step];
        matches!((own, least), (Some(own), Some(least)) if own.ln_mean <= least + QUIET)
    }

    /// Whether a step broke by far more than chance.
    fn is_far_beyond(&self, step: &StepResult) -> bool {
        let late = || {
            self.settings.allowed.iter().enumerate().any(|(objective, allowed)| {
                let mark = step.mark(objective);
                allowed
                    .share
                    .is_some_and(|share| number(mark.beyond) > FAR_BEYOND * share * number(mark.calls) + FAR_BEYOND)
            })
        };
        step.counts() && !self.holds(step) && (step.ending == Ending::Hopeless || !step.is_steady() || late())
    }

    /// A step at a rate that was measured before.
    fn again(&self, rate_per_s: f64) -> StepPlan {
        StepPlan {
            measured_s: 2.0 * self.settings.step_s,
            ..self.short(Purpose::Return, rate_per_s)
        }
    }

    /// By how much longer calls took in a later step, as a logarithm, where it is clearly longer or shorter.
    fn differs(&self, early: usize, late: usize, share: f64) -> Option<f64> {
        let (early, late) = (self.quickness[early]?, self.quickness[late]?);
        let by = late.ln_mean - early.ln_mean;
        let error = (early.error_squared + late.error_squared).sqrt();
        let by_s = (late.ln_mean.exp() - early.ln_mean.exp()).abs();
        (by.abs() > share + ERRORS * error && by_s > LEAST_S * (share / SHARE).powi(2)).then_some(by)
    }

    fn cost_of(&self, step: usize) -> f64 {
        let before = step.checked_sub(1).map_or(0.0, |before| self.steps[before].elapsed_s);
        self.steps[step].elapsed_s - before
    }
}

/// How long the calls of a step take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quickness {
    /// The mean of their logarithms, of seconds.
    ln_mean: f64,
    /// Its squared standard error.
    error_squared: f64,
}

impl Quickness {
    /// `None` where a step's calls are not known, or are too few.
    pub(super) fn of(step: &StepResult) -> Option<Self> {
        let from = step.calls.len() / 4;
        let calls = &step.calls[from..];
        if calls.len() < FEWEST {
            return None;
        }
        let ln = |took_ns: u64| (number(took_ns.max(1000)) / 1e9).ln();
        let count = number(calls.len() as u64);
        let mean = calls.iter().map(|call| ln(call.took_ns)).sum::<f64>() / count;
        let variance = calls.iter().map(|call| (ln(call.took_ns) - mean).powi(2)).sum::<f64>() / (count - 1.0);
        Some(Self {
            ln_mean: mean,
            error_squared: TOGETHER.powi(2) * variance / count,
        })
    }
}
