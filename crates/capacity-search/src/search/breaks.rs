//! Which breaks count. One step that broke may have met a pause of the target, and says nothing of its rate then: it is repeated
//! before it bounds anything, and left out where the repetition, or what was measured later, says otherwise. And the upper end
//! of the answer has to be earned by more than one break, or by one that no pause explains.

use super::{AGAIN, FAR_BROKEN, OVERHEAD_S, Search, SetAside};
use crate::evidence::{StepPlan, StepResult, number};
use crate::refused;
use crate::share::clearly_beyond;
use crate::sustained::is_sustained;
use proofload_results::capacity::Purpose;

/// A break with so many times the allowed share of late calls, or in which calls piled up, is more than chance when a longer step
/// at no lower rate held.
const FAR_BEYOND: f64 = 5.0;
/// A rate that is lower by no more than this, as a share, is none.
const SAME_RATE: f64 = 0.001;
/// Where the upper end is not earned, steps are made so far above the middle of the belief, one after the other...
const ABOVE: [f64; 3] = [1.05, 1.1, FAR_BROKEN];
/// ...and beyond the belief by this.
const BEYOND_BELIEF: f64 = 1.02;

impl Search {
    /// Why a step, counted from 0, says nothing, where it was measured whole; `None` when it counts.
    pub fn set_aside(&self, step: usize) -> Option<SetAside> {
        self.set_aside.get(step).copied().flatten()
    }

    /// Looks at all steps again, after one more: what is set aside.
    pub(super) fn weigh_breaks(&mut self) {
        self.pauses_recur = self.paused_twice();
        let set_aside = (0..self.steps.len()).map(|at| {
            let step = &self.steps[at];
            if at < self.since && step.counts() {
                return Some(SetAside::Outgrown);
            }
            if !step.counts() || self.holds(step) {
                return None;
            }
            match self.pauses_s[at] {
                Some(length_s) if !self.pauses_recur => Some(SetAside::Pause { length_s }),
                _ if self.is_superseded(at) || self.is_contradicted_later(at) => Some(SetAside::Contradicted),
                _ => None,
            }
        });
        self.set_aside = set_aside.collect();
    }

    /// Whether the last step is to be made again: it broke, and nothing says yet that it was the rate that broke it.
    pub(super) fn is_to_be_repeated(&self) -> bool {
        let Some((last, before)) = self.steps.split_last() else {
            return false;
        };
        if !last.counts() || self.holds(last) || self.left_s() <= self.cost_s(&last.plan) {
            return false;
        }
        let same = before.iter().rev().take_while(|step| step.plan == last.plan);
        let tried = same.filter(|step| step.counts()).count();
        let paused = matches!(self.set_aside(before.len()), Some(SetAside::Pause { .. }));
        // What is far below the answer should not break at all.
        tried == 0 && (paused || last.plan.purpose == Purpose::Latency)
    }

    /// Whether a step that met a pause met another when it was made again.
    fn paused_twice(&self) -> bool {
        let broke_by_pause = |at: usize| {
            let step = &self.steps[at];
            step.counts() && self.pauses_s[at].is_some() && !self.holds(step)
        };
        let again = |at: usize| self.steps[at - 1].plan == self.steps[at].plan;
        (1..self.steps.len()).any(|at| again(at) && broke_by_pause(at - 1) && broke_by_pause(at))
    }

    /// Whether a step below the answer was made again.
    fn is_superseded(&self, at: usize) -> bool {
        let step = &self.steps[at];
        let next = self.steps.get(at + 1);
        step.plan.purpose == Purpose::Latency && next.is_some_and(|next| next.counts() && next.plan == step.plan)
    }

    /// Whether a later and no shorter step at no lower rate held, so that the two contradict each other beyond chance.
    fn is_contradicted_later(&self, at: usize) -> bool {
        let step = &self.steps[at];
        let allowed = &self.settings.allowed;
        let far = |objective: usize, share: f64| {
            let mark = step.mark(objective);
            clearly_beyond(step, objective, &allowed[objective])
                && number(mark.beyond) > FAR_BEYOND * share * number(mark.calls)
        };
        let is_far = || {
            let mut shares = allowed.iter().enumerate();
            shares.any(|(objective, allowed)| allowed.share.is_some_and(|share| far(objective, share)))
        };
        (!step.is_steady() || is_far())
            && !is_sustained(step, allowed)
            && self.steps[at + 1..].iter().any(|later| {
                later.plan.rate_per_s >= step.plan.rate_per_s * (1.0 - SAME_RATE)
                    && later.plan.measured_s >= step.plan.measured_s
                    && self.holds(later)
            })
    }

    /// What a step costs, in seconds.
    fn cost_s(&self, plan: &StepPlan) -> f64 {
        let kept_back = match plan.purpose {
            Purpose::Edge => self.reserve_s(),
            _ => 0.0,
        };
        plan.warm_up_s + plan.measured_s + OVERHEAD_S + kept_back
    }

    /// Whether the upper end of the answer is earned, with the middle of the belief at a rate: near above it more than one step
    /// broke, or one that no pause explains, and one of these was made at the edge and not on the way there. Steps at the edge are
    /// long: one above that missed its objectives counts there, were it by little. What every call needed of the server, replayed, says
    /// more than any break.
    pub(super) fn is_earned(&self, median: f64) -> bool {
        let at_the_edge = |step: &&StepResult| matches!(step.plan.purpose, Purpose::Edge | Purpose::Confirm);
        let missed = |step: &StepResult| {
            let by_little = || step.plan.rate_per_s >= median && !step.held.iter().all(|held| *held);
            !self.holds(step) || (at_the_edge(&step) && by_little())
        };
        let broken: Vec<&StepResult> = self
            .valid()
            .into_iter()
            .filter(|step| step.plan.rate_per_s <= median * FAR_BROKEN && missed(step))
            .collect();
        let allowed = &self.settings.allowed;
        let goes_on = |step: &StepResult| {
            let by_refusals = (0..allowed.len()).any(|objective| refused::is_by_refusals(step, objective, allowed));
            is_sustained(step, allowed) || (by_refusals && refused::goes_on(step, allowed))
        };
        let sustained = || broken.iter().any(|step| goes_on(step));
        (broken.len() >= AGAIN || sustained()) && broken.iter().any(at_the_edge)
    }

    /// A step above the belief, where its upper end is not earned and there is time.
    pub(super) fn above(&mut self, median: f64, highest: f64) -> Option<StepPlan> {
        // The time for the first is kept back.
        let kept_s = if self.tried_above == 0 { self.above_s() } else { 0.0 };
        self.look(median, highest, self.left_s() - self.reserve_s() + kept_s)
    }

    /// The same above an answer that a step agreed to: only the steps below it are still to be made, short where time is.
    pub(super) fn above_the_answer(&mut self) -> Option<StepPlan> {
        let belief = self.belief();
        let left_s = self.left_s() - self.below_s(self.settings.step_s);
        self.look(belief.quantile(0.5), belief.quantile(0.975), left_s)
    }

    fn look(&mut self, median: f64, highest: f64, left_s: f64) -> Option<StepPlan> {
        let tries = if self.replayed.is_some() { 1 } else { ABOVE.len() };
        let factor = ABOVE.get(self.tried_above).filter(|_| self.tried_above < tries)?;
        let rate_per_s = (median * factor).max(highest * BEYOND_BELIEF);
        let too_fast = self.too_fast_per_s.is_some_and(|too_fast| rate_per_s >= too_fast);
        if too_fast || left_s <= self.above_s() || self.is_earned(median) {
            return None;
        }
        self.tried_above += 1;
        let rate_per_s = rate_per_s.min(self.settings.ceiling_per_s);
        Some(self.long(Purpose::Edge, rate_per_s, self.look_s()))
    }

    /// What such a step costs, in seconds.
    pub(super) fn above_s(&self) -> f64 {
        self.look_s() + self.beside_s()
    }

    /// Whether the pauses that were set aside would by themselves break an objective at the answer, were they not: there were
    /// several, and with them more calls were late than may be.
    pub(super) fn pauses_add_up(&self, answer: f64) -> bool {
        let paused = |at: &usize| matches!(self.set_aside(*at), Some(SetAside::Pause { .. }));
        if (0..self.steps.len()).filter(paused).count() < AGAIN {
            return false;
        }
        let below = self.steps.iter().enumerate().filter(|(at, step)| {
            step.counts() && (step.plan.rate_per_s <= answer * BEYOND_BELIEF) && (paused(at) || self.holds(step))
        });
        let below: Vec<&StepResult> = below.map(|(_, step)| step).collect();
        self.settings.allowed.iter().enumerate().any(|(objective, allowed)| {
            allowed.share.is_some_and(|share| {
                let (calls, beyond) = below.iter().fold((0.0, 0.0), |(calls, beyond), step| {
                    let mark = step.mark(objective);
                    (calls + number(mark.calls), beyond + number(mark.beyond))
                });
                beyond > share * calls
            })
        })
    }
}
