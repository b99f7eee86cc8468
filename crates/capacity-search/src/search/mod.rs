//! The search: a pure state machine over step results. No clock runs here and nothing is sent.
//!
//! A geometric ramp finds a rate that holds and one that breaks; between them every step goes where the belief is
//! divided. Near the edge of a target that answers at random no single step decides: steps gather there until the
//! belief is narrow or the time is up. A step at the answer has to agree, and two below it show the latency there.
//!
//! The files of this folder are parts of one state machine, and know each other for that reason.

mod breaks;
mod change;
mod confirm;
mod finding;
mod hold;
mod pace;
mod replayed;
mod seen;
mod verdict;

pub use change::Change;
pub use finding::{End, Finding, Limit};

pub use hold::Held;

use super::belief::Belief;
use super::evidence::{Allowed, Ending, StepPlan, StepResult};
use super::silence::Silences;
use change::{Quickness, Suspicion};
use proofload_results::capacity::Purpose;
use replayed::Replayed;

/// The ramp goes up by this factor while everything holds...
const UP: f64 = 2.0;
/// ...and down by this one while nothing does.
const DOWN: f64 = 4.0;
/// While the belief is wider than this, short steps halve it.
const COARSE: f64 = 0.15;
/// So many short steps at most, since at a soft edge they only wander...
const BISECTIONS: usize = 6;
/// ...and half of them where a short step has fewer calls than this.
const FEW_CALLS: f64 = 300.0;
/// The belief is narrow enough: the two ends of its 95% interval are this far apart.
const NARROW: f64 = 0.035;
/// The lowest and highest rate that the generator made healthily are this far apart at most when it has given out.
const GENERATOR_EDGE: f64 = 1.15;
/// A step in which the generator gave out is made again so often: a machine is sometimes busy for a moment. One break is none.
const AGAIN: usize = 2;
/// An answer is only one when a rate no more than this many times higher was seen to break.
const FAR_BROKEN: f64 = 1.15;
/// The target's capacity moved when what early and late steps make likely is this far apart, as a logarithm...
const MOVED: f64 = 0.04;
/// ...and their contradiction is as strong as that of two figures that are so many standard errors apart.
const MOVED_ERRORS: f64 = 5.5;
/// A target that became quicker is measured anew where this share of all time is left.
const ANEW: f64 = 0.3;
/// Shares of the answer at which the latency is shown.
pub const SHARES: [f64; 2] = [0.5, 0.8];
/// What a step costs beside its own time, in seconds: getting ready and cooling down.
const OVERHEAD_S: f64 = 1.2;

/// What the search is to find.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchSettings {
    /// What each objective allows.
    pub allowed: Vec<Allowed>,
    /// Where the ramp begins, per second.
    pub start_per_s: f64,
    /// A target that breaks below this carries nothing, per second.
    pub floor_per_s: f64,
    /// No rate above this is tried, per second.
    pub ceiling_per_s: f64,
    /// How long a step is measured at least, in seconds.
    pub step_s: f64,
    /// How long the whole search may take, in seconds, but for holding the answer.
    pub budget_s: f64,
    /// How long the answer is held in the end, in seconds; 0 for not at all.
    pub hold_s: f64,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Make a step.
    Measure(StepPlan),
    /// It is over.
    Finished(Finding),
}

/// Why a step that broke says nothing of its rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SetAside {
    /// The target answered nothing for a while.
    Pause {
        /// For how long, in seconds.
        length_s: f64,
    },
    /// Later steps say otherwise.
    Contradicted,
    /// The target was slower then than it is.
    Outgrown,
}

/// The search.
#[derive(Debug, Clone)]
pub struct Search {
    settings: SearchSettings,
    steps: Vec<StepResult>,
    /// By step: how long the target paused in it, in seconds, if it did.
    pauses_s: Vec<Option<f64>>,
    /// By step: how long its calls took, where they are known.
    quickness: Vec<Option<Quickness>>,
    /// By step: why it says nothing, if it does not.
    set_aside: Vec<Option<SetAside>>,
    silences: Silences,
    /// Whether pauses belong to the target: then every step counts.
    pauses_recur: bool,
    /// Steps above the belief to earn its upper end.
    tried_above: usize,
    /// Bisections before the ramp went on.
    halved_before: usize,
    /// The lowest rate that the generator could not make, twice in a row.
    too_fast_per_s: Option<f64>,
    /// What the calls of the steps up to the last long one say, replayed.
    replayed: Option<Replayed>,
    /// The first step of the target as it is now: it was slower before.
    since: usize,
    /// What is looked into: whether the target changed.
    suspicion: Option<Suspicion>,
    /// How often that was looked into...
    looked_into: usize,
    /// ...and how long it took to grow no quicker, in seconds.
    warming_s: f64,
    /// How it changed, if it did.
    change: Option<Change>,
    /// What came of holding the answer.
    held: Option<Held>,
    /// The answer as it was after its confirmation.
    answer: Option<f64>,
    /// Whether that agreed.
    confirmed: bool,
}

impl Search {
    /// A search that has seen nothing.
    pub fn new(settings: SearchSettings) -> Self {
        Self {
            settings,
            steps: Vec::new(),
            pauses_s: Vec::new(),
            quickness: Vec::new(),
            set_aside: Vec::new(),
            silences: Silences::new(),
            pauses_recur: false,
            tried_above: 0,
            halved_before: 0,
            too_fast_per_s: None,
            replayed: None,
            since: 0,
            suspicion: None,
            looked_into: 0,
            warming_s: 0.0,
            change: None,
            held: None,
            answer: None,
            confirmed: false,
        }
    }

    /// The first step.
    pub fn first(&self) -> StepPlan {
        self.short(Purpose::Ramp, self.settings.start_per_s)
    }

    /// The steps so far.
    pub fn steps(&self) -> &[StepResult] {
        &self.steps
    }

    /// Takes a step's result, and says what to do next.
    pub fn next(&mut self, result: StepResult) -> Decision {
        let (ending, plan) = (result.ending, result.plan);
        let before = self.steps.iter().rev();
        let gave_out = before
            .take_while(|step| step.ending == Ending::GeneratorGaveOut && step.plan == plan)
            .count();
        self.take(result);
        if matches!(plan.purpose, Purpose::Edge | Purpose::Confirm) {
            self.replayed = self.replay();
        }
        match ending {
            Ending::Interrupted => return self.finished(End::Interrupted),
            Ending::TargetDied => return self.finished(End::TargetDied),
            _ if plan.purpose == Purpose::Hold => return self.was_held(),
            Ending::GeneratorGaveOut if gave_out < AGAIN && self.left_s() > 0.0 => return Decision::Measure(plan),
            Ending::GeneratorGaveOut => {
                let lowest = self
                    .too_fast_per_s
                    .map_or(plan.rate_per_s, |known| known.min(plan.rate_per_s));
                self.too_fast_per_s = Some(lowest);
            }
            Ending::Whole | Ending::Hopeless if self.is_to_be_repeated() => return Decision::Measure(plan),
            Ending::Whole | Ending::Hopeless => {}
        }
        if let Some(decision) = self.look_for_change() {
            return decision;
        }
        match (self.highest_held(), self.lowest_broken()) {
            (held, None) => self.ramp_up(held),
            (None, Some(broken)) => self.ramp_down(broken),
            (Some(_), Some(_)) => self.narrow(),
        }
    }

    fn take(&mut self, result: StepResult) {
        let pause_s = if result.counts() {
            self.silences.add(&result, &self.settings.allowed)
        } else {
            None
        };
        self.pauses_s.push(pause_s);
        self.quickness.push(Quickness::of(&result));
        self.steps.push(result);
        self.weigh_breaks();
    }

    fn ramp_up(&mut self, held: Option<f64>) -> Decision {
        // What was halved was below a break that counts no more.
        self.halved_before = self.of(Purpose::Bisect).count();
        let Some(held) = held else {
            // The generator gave out at the very first rate; or the target paused, and there is no time to see it work.
            return self.finished(self.too_fast_per_s.map_or(End::OutOfTime, |_| End::GeneratorGaveOut));
        };
        if self.left_s() <= 0.0 {
            return self.finished(End::OutOfTime);
        }
        if let Some(too_fast) = self.too_fast_per_s {
            if too_fast / held < GENERATOR_EDGE {
                return self.finished(End::GeneratorGaveOut);
            }
            return Decision::Measure(self.short(Purpose::Ramp, (held * too_fast).sqrt()));
        }
        if held >= self.settings.ceiling_per_s {
            return self.finished(End::BeyondCeiling);
        }
        Decision::Measure(self.short(Purpose::Ramp, (held * UP).min(self.settings.ceiling_per_s)))
    }

    fn ramp_down(&self, broken: f64) -> Decision {
        if broken <= self.settings.floor_per_s {
            return self.finished(End::Nothing);
        }
        if self.left_s() <= 0.0 {
            return self.finished(End::OutOfTime);
        }
        let next = (broken / DOWN).max(self.settings.floor_per_s);
        Decision::Measure(self.short(Purpose::Ramp, next))
    }

    fn narrow(&mut self) -> Decision {
        let Some(last) = self.steps.last().cloned() else {
            return Decision::Measure(self.first());
        };
        if let Some(too_fast) = self.too_fast_per_s
            && self.belief().quantile(0.5) > too_fast
        {
            return self.finished(End::GeneratorGaveOut);
        }
        match last.plan.purpose {
            Purpose::Confirm if last.counts() => self.confirm(&last),
            Purpose::Latency => self.below(),
            _ => self.approach(),
        }
    }

    /// A step towards the edge, or the confirmation when it is known well enough.
    fn approach(&mut self) -> Decision {
        let belief = self.belief();
        let (width, median) = (belief.width(), belief.quantile(0.5));
        let edge_s = self.edge_s();
        let left_s = self.left_s() - self.reserve_s();
        if width > COARSE
            && left_s > self.settings.step_s + OVERHEAD_S
            && self.of(Purpose::Bisect).count() < self.halved_before + self.bisections(median)
        {
            let calls_s = (FEW_CALLS / median)
                .ceil()
                .clamp(self.settings.step_s, 4.0 * self.settings.step_s);
            let plan = self.short(Purpose::Bisect, median);
            return Decision::Measure(StepPlan {
                measured_s: calls_s,
                ..plan
            });
        }
        if width > NARROW && left_s > edge_s + OVERHEAD_S {
            // A little below and a little above in turn: that shows the slope, and leaves a rate that held and one that broke.
            let side = if self.of(Purpose::Edge).count().is_multiple_of(2) {
                -1.0
            } else {
                1.0
            };
            let rate_per_s = median * (side * (width / 5.0).clamp(0.01, 0.03)).exp();
            return Decision::Measure(self.long(Purpose::Edge, rate_per_s, self.next_edge_s(left_s)));
        }
        if let Some(broken) = self.lowest_broken()
            && broken > median * FAR_BROKEN
            && left_s > self.look_s() + OVERHEAD_S
        {
            // Nothing near it was seen to break: what holds may hold further up.
            let rate_per_s = (median * broken).sqrt().min(median * FAR_BROKEN);
            return Decision::Measure(self.long(Purpose::Edge, rate_per_s, self.look_s()));
        }
        if let Some(plan) = self.above(median, belief.quantile(0.975)) {
            return Decision::Measure(plan);
        }
        if let Some(agreed_per_s) = self.agreed_per_s() {
            return self.conclude(agreed_per_s, true);
        }
        let measured_s = (self.left_s() - self.beside_s()).floor().min(edge_s);
        Decision::Measure(self.long(
            Purpose::Confirm,
            self.to_confirm(),
            measured_s.max(self.settings.step_s),
        ))
    }

    /// The steps below the answer, which show the latency there.
    fn below(&mut self) -> Decision {
        let Some(answer) = self.answer else {
            return self.approach();
        };
        let done = self.of(Purpose::Latency).filter(|step| step.counts()).count();
        if let Some(last) = self.steps.last()
            && self.set_aside(self.steps.len() - 1).is_none()
            && (last.ending == Ending::Hopeless || !self.holds(last))
            && last.plan.rate_per_s < 0.9 * answer
        {
            return self.finished(End::Moved);
        }
        match SHARES.get(done) {
            Some(share) if self.left_s() > 0.0 => Decision::Measure(self.short(Purpose::Latency, answer * share)),
            _ if self.pauses_add_up(answer) => self.finished(End::Moved),
            _ => match self.hold() {
                Some(plan) => Decision::Measure(plan),
                None => self.finished(End::Found),
            },
        }
    }

    /// Where the edge may lie at all.
    fn range(&self) -> (f64, f64) {
        let held = self.highest_held().unwrap_or(self.settings.floor_per_s);
        let broken = self.lowest_broken().unwrap_or(self.settings.ceiling_per_s);
        let edges: Vec<f64> = self.edges().iter().flatten().map(|edge| edge.ln_rate.exp()).collect();
        let lowest = edges.iter().copied().fold(held.min(broken), f64::min);
        let highest = edges.iter().copied().fold(held.max(broken), f64::max);
        (0.6 * lowest, 1.3 * highest)
    }

    fn belief(&self) -> Belief {
        Belief::of(
            &self.valid(),
            &self.settings.allowed,
            self.range(),
            self.is_sudden(),
            self.edges(),
        )
    }

    /// The rate to answer with: the middle of the belief, or a rate a little below it that was itself measured to hold.
    fn best(&self) -> f64 {
        let median = self.belief().quantile(0.5);
        let held = self.valid().into_iter().filter(|step| step.passed());
        let near = held
            .map(|step| step.plan.rate_per_s)
            .filter(|rate| *rate <= median && *rate > median / 1.01);
        near.max_by(f64::total_cmp).unwrap_or(median)
    }
}
