//! What limits a target, and whether it stayed what it was.

use super::{Limit, MOVED, MOVED_ERRORS, Search};
use crate::belief::Belief;
use crate::evidence::StepResult;
use crate::replay;

/// Shorter steps begin and end with what chance brings.
const LONG_S: f64 = 5.0;

/// Two objectives break together where their edges are no further apart than this, as a share.
const TOGETHER: f64 = 0.03;

/// That the target is another than before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moved {
    /// Whether it is quicker than before.
    pub(super) quicker: bool,
    /// Since which step, counted from 0.
    pub(super) since: usize,
}

impl Search {
    /// Whether the target's speed changed: what the calls needed of it did, or what the steps near the edge said until some time
    /// contradicts what they said from then on. Calls that can be replayed show one speed.
    pub(super) fn moved(&self) -> Option<Moved> {
        if self.replayed.is_some() {
            return None;
        }
        self.needs_changed().or_else(|| self.is_contradicted())
    }

    /// The steps in which the target did not pause, each with its place: what later steps contradict says that it moved.
    fn unpaused(&self) -> Vec<(usize, &StepResult)> {
        let steps = self.steps.iter().zip(&self.pauses_s).enumerate().skip(self.since);
        let unpaused = steps.filter(|(_, (step, pause_s))| step.counts() && (pause_s.is_none() || self.pauses_recur));
        unpaused.map(|(at, (step, _))| (at, step)).collect()
    }

    fn needs_changed(&self) -> Option<Moved> {
        let (places, steps): (Vec<usize>, Vec<&StepResult>) = self.unpaused().into_iter().unzip();
        if self.is_sudden() {
            return None;
        }
        (1..steps.len()).find_map(|at| {
            let (early, late) = steps.split_at(at);
            let by = replay::changed(early, late)?;
            Some(Moved {
                quicker: by < 1.0,
                since: places[at],
            })
        })
    }

    fn is_contradicted(&self) -> Option<Moved> {
        let median = self.belief().quantile(0.5);
        let near = self
            .unpaused()
            .into_iter()
            .filter(|(_, step)| step.plan.measured_s >= LONG_S && (step.plan.rate_per_s / median).ln().abs() < 0.4);
        let (places, near): (Vec<usize>, Vec<&StepResult>) = near.unzip();
        let of = |steps: &[&StepResult]| Belief::of(steps, &self.settings.allowed, self.range(), self.is_sudden(), &[]);
        (1..near.len()).find_map(|at| {
            let (early, late) = near.split_at(at);
            let (early, late) = (of(early), of(late));
            let moved = early.apart(&late) > MOVED && early.contradicts(&late) > MOVED_ERRORS.powi(2);
            moved.then(|| Moved {
                quicker: late.quantile(0.5) > early.quantile(0.5),
                since: places[at],
            })
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
