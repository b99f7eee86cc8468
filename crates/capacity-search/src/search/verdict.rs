//! What limits a target, and whether it stayed what it was.

use super::{Limit, MOVED, MOVED_ERRORS, Search};
use crate::belief::Belief;
use crate::evidence::StepResult;
use crate::replay;

/// Shorter steps begin and end with what chance brings.
const LONG_S: f64 = 5.0;

/// Two objectives break together where their edges are no further apart than this, as a share.
const TOGETHER: f64 = 0.03;

impl Search {
    /// Whether the target's speed changed: what the calls needed of it did, or what the steps near the edge said until some time
    /// contradicts what they said from then on. Calls that can be replayed show one speed.
    pub(super) fn moved(&self) -> bool {
        self.replayed.is_none() && (self.needs_changed() || self.is_contradicted())
    }

    /// The steps in which the target did not pause: what later steps contradict says that it moved.
    fn unpaused(&self) -> Vec<&StepResult> {
        let steps = self.steps.iter().zip(&self.pauses_s);
        let unpaused = steps.filter(|(step, pause_s)| step.counts() && (pause_s.is_none() || self.pauses_recur));
        unpaused.map(|(step, _)| step).collect()
    }

    fn needs_changed(&self) -> bool {
        let steps = self.unpaused();
        !self.is_sudden()
            && (1..steps.len()).any(|at| {
                let (early, late) = steps.split_at(at);
                replay::changed(early, late)
            })
    }

    fn is_contradicted(&self) -> bool {
        let median = self.belief().quantile(0.5);
        let near: Vec<&StepResult> = self
            .unpaused()
            .into_iter()
            .filter(|step| step.plan.measured_s >= LONG_S && (step.plan.rate_per_s / median).ln().abs() < 0.4)
            .collect();
        let of = |steps: &[&StepResult]| Belief::of(steps, &self.settings.allowed, self.range(), self.is_sudden(), &[]);
        (1..near.len()).any(|at| {
            let (early, late) = near.split_at(at);
            let (early, late) = (of(early), of(late));
            early.apart(&late) > MOVED && early.contradicts(&late) > MOVED_ERRORS.powi(2)
        })
    }

    pub(super) fn limit(&self) -> Option<Limit> {
        let belief = self.belief();
        let medians = belief.medians().iter().enumerate();
        let known = medians.filter_map(|(objective, median)| median.map(|median| (objective, median)));
        // A call that fails is later than any limit too: where both break together, it is the errors.
        let is_error = |objective: usize| self.settings.allowed[objective].limit_s.is_none();
        let first = known.min_by(|one, other| {
            let rank =
                |(objective, median): &(usize, f64)| median * if is_error(*objective) { 1.0 - TOGETHER } else { 1.0 };
            rank(one).total_cmp(&rank(other))
        });
        let broken = self.valid().into_iter().filter(|step| !self.holds(step));
        let lowest = broken.min_by(|one, other| one.plan.rate_per_s.total_cmp(&other.plan.rate_per_s))?;
        let missed = lowest.held.iter().position(|held| !held);
        Some(match (first, missed) {
            (Some((objective, _)), _) | (None, Some(objective)) => Limit::Objective(objective),
            (None, None) => Limit::Queue,
        })
    }
}
