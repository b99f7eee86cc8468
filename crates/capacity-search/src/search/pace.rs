//! How long steps take, and how much time is left.

use super::{BISECTIONS, FEW_CALLS, OVERHEAD_S, SHARES, Search};
use crate::evidence::{StepPlan, number};
use crate::refused;
use proofload_results::capacity::Purpose;

/// The rung of a mark that is a quarter of the limit.
const QUARTER: usize = 3;

impl Search {
    pub(super) fn short(&self, purpose: Purpose, rate_per_s: f64) -> StepPlan {
        StepPlan {
            purpose,
            rate_per_s,
            warm_up_s: self.warm_up_s(1.0),
            measured_s: if purpose == Purpose::Latency && self.left_s() > 2.0 * self.settings.step_s {
                2.0 * self.settings.step_s
            } else {
                self.settings.step_s
            },
        }
    }

    pub(super) fn long(&self, purpose: Purpose, rate_per_s: f64, measured_s: f64) -> StepPlan {
        StepPlan {
            purpose,
            rate_per_s,
            warm_up_s: self.warm_up_s(if self.is_sudden() { 2.0 } else { 4.0 }),
            measured_s,
        }
    }

    /// A slow target needs longer until it shows what it does.
    pub(super) fn warm_up_s(&self, least: f64) -> f64 {
        let held = self.steps.iter().filter(|step| self.holds(step));
        let median_s = held.map(|step| step.median_s).fold(0.0, f64::max);
        (4.0 * median_s).clamp(least * self.settings.step_s.min(2.0) / 2.0, 10.0)
    }

    /// How long a step near the edge is measured: a sixth of all time, because a queue at its edge takes long to become
    /// what it is; where nothing is left to chance, a third of that tells as much.
    pub(super) fn edge_s(&self) -> f64 {
        let long_s = (self.settings.budget_s / 6.0).floor().max(self.settings.step_s);
        if self.is_sudden() {
            (long_s / 3.0).floor().max(self.settings.step_s)
        } else {
            long_s
        }
    }

    /// How long the next one is measured when so much is left for such steps: the last takes what would be too little
    /// for another.
    pub(super) fn next_edge_s(&self, left_s: f64) -> f64 {
        let (edge_s, beside_s) = (self.edge_s(), self.beside_s());
        if !self.is_sudden() && left_s < 1.7 * (edge_s + beside_s) {
            (left_s - beside_s).floor().max(edge_s)
        } else {
            edge_s
        }
    }

    /// What a long step takes beside its measured time.
    pub(super) fn beside_s(&self) -> f64 {
        self.long(Purpose::Edge, 1.0, 0.0).warm_up_s + OVERHEAD_S
    }

    /// How long a look above the belief is measured: a part of a step near the edge, which is longer where nothing is left to
    /// chance and those steps are short, since it takes its time to show that a rate is a little above a target's capacity.
    pub(super) fn look_s(&self) -> f64 {
        let part = if self.is_sudden() { 1.0 / 2.0 } else { 1.0 / 3.0 };
        (self.edge_s() * part).ceil().max(self.settings.step_s)
    }

    /// How many short steps are worth their time: a few calls say little of a queue at random, and all there is to know of a
    /// target that takes so many and refuses the others.
    pub(super) fn bisections(&self, rate_per_s: f64) -> usize {
        let few = rate_per_s * self.settings.step_s < FEW_CALLS;
        if few && !self.is_sudden() && !self.breaks_by_refusals() {
            BISECTIONS / 3
        } else {
            BISECTIONS
        }
    }

    /// Whether an objective was missed by refusals alone, which came at once and not after a burst that was let through.
    fn breaks_by_refusals(&self) -> bool {
        let (valid, allowed) = (self.valid(), &self.settings.allowed);
        if refused::lets_bursts_through(&valid, allowed) {
            return false;
        }
        let mut shares = allowed.iter().enumerate();
        shares.any(|(objective, stated)| {
            stated
                .share
                .is_some_and(|share| refused::is_what_breaks(&valid, objective, allowed, share))
        })
    }

    /// Whether no step so far was in between: hardly any call took longer than a quarter of the limit, or nearly all did.
    pub(super) fn is_sudden(&self) -> bool {
        let valid = self.valid();
        valid.iter().filter(|step| step.is_steady()).all(|step| {
            (0..self.settings.allowed.len()).all(|objective| {
                // What is refused says nothing of how near to its limit a queue is.
                let mark = refused::of_the_others(step, objective, &self.settings.allowed);
                if refused::is_by_refusals(step, objective, &self.settings.allowed) && mark.beyond == 0 {
                    return !refused::lets_bursts_through(&[*step], &self.settings.allowed);
                }
                let (calls, beyond) = (number(mark.calls), number(mark.beyond));
                beyond > 0.3 * calls || (mark.beyond == 0 && number(mark.over[QUARTER]) < 0.02 * calls)
            })
        })
    }

    pub(super) fn left_s(&self) -> f64 {
        let used = self.steps.last().map_or(0.0, |last| last.elapsed_s);
        self.settings.budget_s - used
    }

    /// What a step above the belief, the confirmation and the steps below the answer will take, as far as they are to come.
    pub(super) fn reserve_s(&self) -> f64 {
        let above_s = if self.tried_above == 0 { self.above_s() } else { 0.0 };
        let confirm_s = if self.agreed_per_s().is_some() {
            0.0
        } else {
            self.edge_s() + self.warm_up_s(2.0) + OVERHEAD_S
        };
        above_s + confirm_s + self.below_s(2.0 * self.settings.step_s)
    }

    /// What the steps below the answer will take, measured for so long each.
    pub(super) fn below_s(&self, measured_s: f64) -> f64 {
        number(SHARES.len() as u64) * (measured_s + self.warm_up_s(1.0) + OVERHEAD_S)
    }
}
