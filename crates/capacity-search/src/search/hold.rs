//! Whether the answer lasts: a step at it that is so long that a target can get hot, full or tired.

use super::{Decision, End, Search};
use crate::evidence::{Ending, StepPlan, StepResult, number};
use crate::sustained::is_sustained;
use proofload_results::capacity::Purpose;

/// What a target is found to carry in the end is measured for this share of the whole time...
const AFTER: f64 = 0.2;
/// ...and for no less, in seconds...
const LEAST_S: f64 = 20.0;
/// ...a little below what it did, so that what waits can drain.
const BELOW: f64 = 0.97;
/// Answers that are fewer than the arrivals by less than this share say nothing of what a target carries.
const FEWER: f64 = 0.02;
/// Seconds that say it, at least.
const FEWEST: usize = 3;

/// What came of holding the answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    /// At this rate, per second...
    pub rate_per_s: f64,
    /// ...every objective held for so long, in seconds.
    pub for_s: f64,
    /// Whether that was all the time it was to be held.
    pub whole: bool,
    /// The rate that it carried after that, per second; none where it was not held long enough to say.
    pub then_per_s: Option<f64>,
}

impl Search {
    /// The step that holds a confirmed answer, where it is to be held.
    pub(super) fn hold(&self) -> Option<StepPlan> {
        let confirmed = self.of(Purpose::Confirm).last()?;
        let is_wanted = self.settings.hold_s > 0.0 && self.confirmed && self.held.is_none() && self.is_known();
        is_wanted.then(|| StepPlan {
            measured_s: self.settings.hold_s,
            ..self.long(Purpose::Hold, confirmed.plan.rate_per_s, 0.0)
        })
    }

    /// Takes what came of holding.
    pub(super) fn was_held(&mut self) -> Decision {
        let Some(last) = self.steps.last().cloned() else {
            return self.finished(End::Found);
        };
        let holds = last.counts() && self.holds(&last);
        if let Some(held) = &mut self.held {
            // What it carries in the end was measured.
            held.then_per_s = held.then_per_s.filter(|_| holds);
            let lasts = held.then_per_s.is_some();
            return self.finished(if lasts { End::Found } else { End::Moved });
        }
        if !last.counts() {
            return self.finished(End::Found);
        }
        let again = self.steps.iter().filter(|step| step.plan == last.plan).count() > 1;
        if !holds && !again && last.ending == Ending::Whole && !is_sustained(&last, &self.settings.allowed) {
            // One pause is no limit.
            return Decision::Measure(last.plan);
        }
        let for_s = if holds {
            last.plan.measured_s
        } else {
            self.held_for_s(&last)
        };
        let then_per_s = carried_after(&last, for_s).filter(|_| !holds);
        self.held = Some(Held {
            rate_per_s: last.plan.rate_per_s,
            for_s,
            whole: holds,
            then_per_s: then_per_s.map(|per_s| per_s * BELOW),
        });
        match then_per_s {
            Some(per_s) => Decision::Measure(StepPlan {
                measured_s: (AFTER * self.settings.hold_s).max(LEAST_S),
                ..self.long(Purpose::Hold, per_s * BELOW, 0.0)
            }),
            None => self.finished(if holds { End::Found } else { End::Moved }),
        }
    }

    /// For how long from its begin every objective held in a step that broke, in seconds.
    fn held_for_s(&self, step: &StepResult) -> f64 {
        let whole_seconds = (1..=step.moments.len()).rev().find(|until| {
            let part = StepResult {
                moments: step.moments[..*until].to_vec(),
                ending: Ending::Whole,
                ..step.clone()
            };
            self.holds(&part)
        });
        number(whole_seconds.unwrap_or_default() as u64)
    }
}

/// What was answered a second once a step did not hold any more, where that was fewer than came.
fn carried_after(step: &StepResult, held_for_s: f64) -> Option<f64> {
    let from = step.moments.iter().scan(0.0, |at_s, moment| {
        *at_s += moment.length_s;
        Some(*at_s)
    });
    let from = from.take_while(|until_s| *until_s <= held_for_s).count();
    // Calls pile up before they are late, so that the last seconds before are of the same kind.
    let moments = &step.moments[from.saturating_sub(1).max(1) - 1..];
    let (first, rest) = moments.split_first()?;
    let due: u64 = rest.iter().map(|moment| moment.due).sum();
    let grown = number(rest.last()?.under_way) - number(first.under_way);
    let share = grown / number(due.max(1));
    (rest.len() >= FEWEST && share > FEWER).then_some(step.plan.rate_per_s * (1.0 - share))
}
