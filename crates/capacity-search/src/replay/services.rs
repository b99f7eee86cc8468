//! What every call needed of a worker, from when it was sent and when it was answered. (The idea is the queue inference
//! engine's, Larson 1990; here arrivals are known too, so nothing is left to infer but how many workers there are and what
//! calls take beside.)
//!
//! With the right number of workers, what a call needed depends neither on its wait nor on how many workers were busy. With
//! too few, those that waited seem to need less; with too many, waiting passes for work.

use super::sample::{Dependence, Sample};
use super::served::{Groups, served};
use crate::evidence::{StepResult, number};

/// Calls may be answered before a worker could have begun them (a network delays some more than others) by this share of
/// all the time they need...
const EARLY: f64 = 0.05;
/// ...once there were so many.
const EARLY_OF: f64 = 300.0;
/// So many calls that waited, and that did not, at least.
const FEWEST: f64 = 50.0;
/// A dependence of this share of what calls need matters to nobody.
const NO_MATTER: f64 = 0.01;
/// Otherwise there is one when it is as large as so many standard errors...
const ERRORS: f64 = 3.0;
/// ...and what calls take beside waiting and work is looked for until less than this is left.
const LEFT: f64 = 1.0;
/// So often at most.
const TRIES: usize = 6;

/// What calls need has changed when it differs by this share...
const CHANGED: f64 = 0.05;
/// ...by so many standard errors...
const CHANGED_ERRORS: f64 = 5.5;
/// ...and by so many times what it depends on having waited.
const CHANGED_TIMES: f64 = 2.0;

/// Why calls cannot have been served by so many workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    /// Hardly any call would have waited, nor would they with more workers.
    NobodyWaits,
    /// What calls need would depend on what it should not, or nothing tells whether it does.
    Unlike,
}

/// What calls needed, were there so many workers.
#[derive(Debug, Clone)]
pub(super) struct Services {
    pub(super) workers: usize,
    /// What every call took beside waiting and work, in nanoseconds: the way there and back.
    pub(super) beside_ns: u64,
    /// By step and call, in nanoseconds.
    pub(super) by_step: Vec<Vec<u64>>,
    /// The same from the least to the most.
    pub(super) sorted_ns: Vec<u64>,
    /// How much that depends on the wait and on how many workers were busy, as a share of what chance explains.
    depends: f64,
    /// By how many standard errors more those needed that did not wait...
    errors: f64,
    /// ...in nanoseconds.
    difference_ns: f64,
}

impl Services {
    /// What the calls of some steps needed of `workers` workers.
    ///
    /// # Errors
    /// It was not so many, or nothing tells.
    pub(super) fn of(steps: &[&StepResult], workers: usize) -> Result<Self, Misfit> {
        let mut beside_ns = 0.0_f64;
        for _ in 0..TRIES {
            let services = Self::beside(steps, workers, whole(beside_ns))?;
            let most = if beside_ns > 0.0 { LEFT } else { ERRORS };
            if services.errors.abs() <= most && services.depends <= 1.0 {
                return Ok(Self {
                    sorted_ns: sorted(services.by_step.concat()),
                    ..services
                });
            }
            beside_ns += services.difference_ns;
            if beside_ns < 0.0 {
                break;
            }
        }
        Err(Misfit::Unlike)
    }

    /// How many times as much the calls of later steps needed of the same workers, where that is clearly more or less.
    pub(super) fn changed_in(&self, late: &[&StepResult]) -> Option<f64> {
        let served = late.iter().map(|step| served(step, self.workers, self.beside_ns));
        let late: Vec<Groups> = served.map(|calls| Groups::of(&calls)).collect();
        let before = self.sample();
        let after = late.iter().fold(Sample::default(), |sum, groups| {
            sum.and(&groups.waited).and(&groups.at_once)
        });
        let difference_ns = (after.mean() - before.mean()).abs();
        let error_ns = (before.error_squared() + after.error_squared()).sqrt();
        // Had they other workers than it seems, it would in each step also depend on the wait.
        let (weights, weighted) = late.iter().fold((0.0, 0.0), |(weights, weighted), groups| {
            let weight = groups.weight();
            (weights + weight, weighted + weight * groups.difference_ns())
        });
        let changed = difference_ns > CHANGED * before.mean()
            && difference_ns > CHANGED_ERRORS * error_ns
            && difference_ns * weights > CHANGED_TIMES * weighted.abs();
        changed.then(|| after.mean() / before.mean().max(1.0))
    }

    /// What a call needed on average, in seconds.
    pub(super) fn mean_s(&self) -> f64 {
        self.sample().mean() / 1e9
    }

    fn sample(&self) -> Sample {
        Sample::of(self.sorted_ns.iter().map(|needs_ns| number(*needs_ns)))
    }

    /// How much what calls needed depends on anything, as a share of what chance explains.
    pub(super) fn depends(&self) -> f64 {
        self.depends.max(self.errors.abs() / ERRORS)
    }

    fn beside(steps: &[&StepResult], workers: usize, beside_ns: u64) -> Result<Self, Misfit> {
        let mut all = Groups::default();
        let (mut on_wait, mut on_busy) = (Dependence::default(), Dependence::default());
        let (mut needed, mut early) = (0.0, 0.0);
        let mut by_step = Vec::with_capacity(steps.len());
        for step in steps {
            let served = served(step, workers, beside_ns);
            for call in &served {
                let needs_ns = number(call.needs_ns);
                if call.waited_ns > 0 {
                    on_wait.add(number(call.waited_ns), needs_ns);
                } else {
                    on_busy.add(number(call.busy), needs_ns);
                }
                needed += needs_ns;
                early += number(call.early_ns);
            }
            all = all.and(&Groups::of(&served));
            if all.waited.count + all.at_once.count > EARLY_OF && early > EARLY * needed {
                return Err(Misfit::Unlike);
            }
            by_step.push(served.iter().map(|call| call.needs_ns).collect());
        }
        if all.waited.count < FEWEST {
            return Err(Misfit::NobodyWaits);
        }
        if all.at_once.count < FEWEST {
            return Err(Misfit::Unlike);
        }
        let no_matter_ns = NO_MATTER * f64::midpoint(all.waited.mean(), all.at_once.mean());
        let error_ns = (all.waited.error_squared() + all.at_once.error_squared() + no_matter_ns.powi(2)).sqrt();
        let depends = on_wait.errors(NO_MATTER).max(on_busy.errors(NO_MATTER));
        Ok(Self {
            workers,
            beside_ns,
            by_step,
            sorted_ns: Vec::new(),
            depends: depends / ERRORS,
            errors: all.difference_ns() / error_ns.max(1.0),
            difference_ns: all.difference_ns(),
        })
    }
}

/// From the least to the most.
pub(super) fn sorted(mut needed_ns: Vec<u64>) -> Vec<u64> {
    needed_ns.sort_unstable();
    needed_ns
}

/// Nanoseconds that are no less than 0, cut to a whole number.
pub(super) fn whole(number: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "no less than 0, and casts saturate"
    )]
    let whole = number as u64;
    whole
}
