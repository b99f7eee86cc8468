//! How the calls of a step were served, were there so many workers.

use super::line::Line;
use super::sample::Sample;
use crate::evidence::{Call, StepResult, number};

/// What calls needed that waited, and that did not.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Groups {
    pub(super) waited: Sample,
    pub(super) at_once: Sample,
}

impl Groups {
    pub(super) fn of(calls: &[Served]) -> Self {
        let mut groups = Self::default();
        for call in calls {
            let group = if call.waited_ns > 0 {
                &mut groups.waited
            } else {
                &mut groups.at_once
            };
            group.add(number(call.needs_ns));
        }
        groups
    }

    pub(super) fn and(self, other: &Self) -> Self {
        Self {
            waited: self.waited.and(&other.waited),
            at_once: self.at_once.and(&other.at_once),
        }
    }

    /// How much more those needed that did not wait.
    pub(super) fn difference_ns(&self) -> f64 {
        self.at_once.mean() - self.waited.mean()
    }

    /// What that counts beside other differences: the inverse of its variance but for a factor.
    pub(super) fn weight(&self) -> f64 {
        let (waited, at_once) = (self.waited.count, self.at_once.count);
        waited * at_once / (waited + at_once).max(1.0)
    }
}

/// How a call was served.
pub(super) struct Served {
    pub(super) needs_ns: u64,
    pub(super) waited_ns: u64,
    /// How many workers were busy when it came.
    pub(super) busy: u64,
    /// How long before it could have been begun it was answered.
    pub(super) early_ns: u64,
}

/// How the calls of a step were served, were there so many workers.
pub(super) fn served(step: &StepResult, workers: usize, beside_ns: u64) -> Vec<Served> {
    let mut line = Line::new(workers);
    let calls = step.calls.iter().map(|&Call { at_ns, took_ns }| {
        let busy = line.busy(at_ns);
        let begun_ns = line.begins_ns(at_ns);
        let answered_ns = at_ns + took_ns.saturating_sub(beside_ns);
        line.done(answered_ns.max(begun_ns));
        Served {
            needs_ns: answered_ns.saturating_sub(begun_ns),
            waited_ns: begun_ns - at_ns,
            busy,
            early_ns: begun_ns.saturating_sub(answered_ns),
        }
    });
    calls.collect()
}
