//! What limits a target, and whether it stayed what it was.

use super::{Limit, MOVED, MOVED_ERRORS, Search};
use crate::belief::Belief;
use crate::evidence::StepResult;

impl Search {
    /// Whether the first and the second half of the steps near the edge contradict each other.
    pub(super) fn moved(&self) -> bool {
        let median = self.belief().quantile(0.5);
        let near: Vec<&StepResult> = self
            .valid()
            .into_iter()
            .filter(|step| (step.plan.rate_per_s / median).ln().abs() < 0.25)
            .collect();
        if near.len() < 4 {
            return false;
        }
        let (early, late) = near.split_at(near.len() / 2);
        let of = |steps: &[&StepResult]| {
            let belief = Belief::of(steps, &self.settings.allowed, self.range());
            let error = (belief.quantile(0.84) / belief.quantile(0.16)).ln() / 2.0;
            (belief.quantile(0.5).ln(), error.max(0.01))
        };
        let ((early, early_error), (late, late_error)) = (of(early), of(late));
        let apart = (early - late).abs();
        apart > MOVED && apart > MOVED_ERRORS * early_error.hypot(late_error)
    }

    pub(super) fn limit(&self) -> Option<Limit> {
        let belief = self.belief();
        let medians = belief.medians().iter().enumerate();
        let first = medians
            .filter_map(|(objective, median)| median.map(|median| (objective, median)))
            .min_by(|one, other| one.1.total_cmp(&other.1));
        let broken = self.steps.iter().filter(|step| step.counts() && !self.holds(step));
        let lowest = broken.min_by(|one, other| one.plan.rate_per_s.total_cmp(&other.plan.rate_per_s))?;
        let missed = lowest.held.iter().position(|held| !held);
        Some(match (first, missed) {
            (Some((objective, _)), _) | (None, Some(objective)) => Limit::Objective(objective),
            (None, None) => Limit::Queue,
        })
    }
}
