//! What the steps so far show, each by itself.

use super::Search;
use crate::evidence::{Ending, StepResult};
use crate::share::clearly_beyond;
use crate::steady;
use proofload_results::capacity::Purpose;

impl Search {
    /// The steps for a purpose, without those that are set aside.
    pub(super) fn of(&self, purpose: Purpose) -> impl Iterator<Item = &StepResult> {
        let steps = self.steps.iter().zip(&self.set_aside);
        let steps = steps.filter(move |(step, set_aside)| step.plan.purpose == purpose && set_aside.is_none());
        steps.map(|(step, _)| step)
    }

    /// The steps that say something of the target. One in which it paused may have held all the same, and shows nothing of how the
    /// target works.
    pub(super) fn valid(&self) -> Vec<&StepResult> {
        let steps = self.steps.iter().zip(&self.set_aside).zip(&self.pauses_s);
        let valid = steps.filter(|((step, set_aside), pause_s)| {
            let is_of_the_search = step.plan.purpose != Purpose::Hold;
            step.counts() && is_of_the_search && set_aside.is_none() && (pause_s.is_none() || self.pauses_recur)
        });
        valid.map(|((step, _), _)| step).collect()
    }

    /// Whether a step gives no reason to believe that it was above the edge.
    pub(super) fn holds(&self, step: &StepResult) -> bool {
        step.ending == Ending::Whole
            && steady::growth(step).is_steady()
            && self.settings.allowed.iter().enumerate().all(|(objective, allowed)| {
                if allowed.share.is_none() {
                    step.held[objective]
                } else {
                    !clearly_beyond(step, objective, allowed)
                }
            })
    }

    /// The highest rate that gave no reason to believe that it was too high. Before anything was measured to hold there
    /// is none: a step of two calls that both failed proves little, and certainly not that its rate holds.
    pub(super) fn highest_held(&self) -> Option<f64> {
        let held = self.steps.iter().filter(|step| self.holds(step));
        let highest = held.map(|step| step.plan.rate_per_s).max_by(f64::total_cmp);
        highest.filter(|_| self.anything_passed())
    }

    /// The lowest rate that was clearly too high; before anything was measured to hold, the lowest that did not.
    pub(super) fn lowest_broken(&self) -> Option<f64> {
        let any_passed = self.anything_passed();
        let broken = self
            .valid()
            .into_iter()
            .filter(|step| !(any_passed && self.holds(step)));
        broken.map(|step| step.plan.rate_per_s).min_by(f64::total_cmp)
    }

    pub(super) fn anything_passed(&self) -> bool {
        self.steps.iter().any(StepResult::passed)
    }
}
