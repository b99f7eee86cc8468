//! Watches a step while it goes on: counts by the second what the search needs, and gives up what is hopeless.

use super::objectives::Objectives;
use parking_lot::Mutex;
use proofload_capacity_search::{Allowed, Mark, Moment, RUNGS_PER_LIMIT, StepPlan, hopeless};
use proofload_deployment::halt::{Asker, Interruption};
use proofload_load::Slo;
use proofload_results::events::{Event, Observer};
use proofload_results::record::{Second, Totals};
use std::sync::Arc;

/// Watches a step.
pub(super) struct Watcher {
    plan: StepPlan,
    slos: Vec<Slo>,
    allowed: Vec<Allowed>,
    longest_s: f64,
    /// Ends the step.
    asker: Asker,
    /// Who else watches.
    outer: Arc<dyn Observer>,
    seen: Mutex<Seen>,
}

/// What was seen of a step.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// All its seconds in which arrivals fell due, warm-up included.
    pub(super) moments: Vec<Moment>,
    /// By such a second: arrivals that were done.
    pub(super) done: Vec<u64>,
    /// Everything from the end of the warm-up on.
    pub(super) counted: Totals,
    /// Everything.
    pub(super) all: Totals,
    /// Whether it was given up.
    pub(super) hopeless: bool,
}

impl Watcher {
    /// A watcher of a step; `asker` ends it.
    pub(super) fn new(plan: StepPlan, objectives: &Objectives, asker: Asker, outer: Arc<dyn Observer>) -> Self {
        Self {
            plan,
            slos: objectives.slos().to_vec(),
            allowed: objectives.allowed(),
            longest_s: objectives.longest().as_secs_f64(),
            asker,
            outer,
            seen: Mutex::default(),
        }
    }

    /// What was seen.
    pub(super) fn seen(&self) -> Seen {
        self.seen.lock().clone()
    }

    fn second(&self, second: &Second) {
        let mut seen = self.seen.lock();
        let middle_s = second.counters.start_s + second.counters.length_s / 2.0;
        seen.all.add(second);
        if middle_s > self.plan.warm_up_s {
            seen.counted.add(second);
        }
        let moment = self.moment(second);
        // What is answered after the last arrival belongs to the calls that were still under way then.
        if seen.hopeless || (second.counters.due == 0 && middle_s > self.plan.warm_up_s + self.plan.measured_s) {
            if let Some(last) = seen.moments.last_mut() {
                for (sum, mark) in last.marks.iter_mut().zip(&moment.marks) {
                    sum.add(mark);
                }
            }
            return;
        }
        seen.done.push(second.counters.done);
        seen.moments.push(moment);
        if hopeless(&seen.moments, self.plan.rate_per_s, self.longest_s, &self.allowed) {
            seen.hopeless = true;
            drop(seen);
            self.asker.ask(Interruption::Interrupt);
        }
    }

    fn moment(&self, second: &Second) -> Moment {
        let counters = &second.counters;
        let marks = self.slos.iter().map(|slo| {
            let (calls, beyond) = slo.beyond(second);
            let over = slo.over(second, RUNGS_PER_LIMIT);
            Mark { calls, beyond, over }
        });
        Moment {
            length_s: counters.length_s,
            due: counters.due,
            under_way: counters.in_flight + counters.backlog,
            marks: marks.collect(),
        }
    }
}

impl Observer for Watcher {
    fn observe(&self, event: &Event) {
        if let Event::LoadSecond(second) = event {
            self.second(second);
        }
        self.outer.observe(event);
    }
}
