//! The confirmation: a step at the answer has to agree with it, and what lies above has to be bounded.

use super::{ANEW, Decision, End, SHARES, Search};
use crate::evidence::StepResult;
use proofload_results::capacity::Purpose;

/// An answer that a further step moves by more than this was not confirmed by it.
const AGREES: f64 = 0.04;
/// An answer that may lie higher than it by more than this, as a share, is not confirmed.
const OPEN_ABOVE: f64 = 0.08;
/// At an edge left to chance this quantile of the belief is confirmed.
const CAUTIOUS: f64 = 0.3;
/// Confirmations are tried this often.
const CONFIRMATIONS: usize = 3;

impl Search {
    /// The rate to confirm: the answer as far as it is, or a little below where a queue at random would break every other time.
    pub(super) fn to_confirm(&self) -> f64 {
        let best = self.best();
        if self.is_sudden() {
            best
        } else {
            best.min(self.belief().quantile(CAUTIOUS))
        }
    }

    /// What comes of a confirmation.
    pub(super) fn confirm(&mut self, confirmation: &StepResult) -> Decision {
        if let Some(moved) = self.moved() {
            let quicker = moved.quicker && self.left_s() > ANEW * self.settings.budget_s;
            if !quicker {
                return self.finished(End::Moved);
            }
            // It is measured as it is now.
            self.begin_anew(moved.since);
            return match (self.highest_held(), self.lowest_broken()) {
                (held, None) => self.ramp_up(held),
                _ => self.approach(),
            };
        }
        let agrees = self.is_agreed_to_by(self.steps.len() - 1);
        if agrees
            && !self.is_bounded()
            && let Some(plan) = self.above_the_answer()
        {
            return Decision::Measure(plan);
        }
        let tried = self.of(Purpose::Confirm).count();
        if !agrees && tried < CONFIRMATIONS && self.left_s() > self.edge_s() / 2.0 + self.beside_s() {
            return self.approach();
        }
        self.conclude(confirmation.plan.rate_per_s, agrees)
    }

    /// The answer as it is, after a confirmation at a rate.
    pub(super) fn conclude(&mut self, confirmed_per_s: f64, agrees: bool) -> Decision {
        let answer = self.best();
        self.confirmed = agrees && self.is_bounded();
        // Evidence that came with the confirmation may raise the answer a little, not to where nothing was confirmed.
        self.answer = Some(answer.min(confirmed_per_s * AGREES.exp()));
        Decision::Measure(self.short(Purpose::Latency, answer * SHARES[0]))
    }

    /// Whether a step, counted from 0, is a confirmation that agrees with the answer as it is: its rate held, or the answer hardly
    /// moved.
    fn is_agreed_to_by(&self, at: usize) -> bool {
        let step = &self.steps[at];
        let is_one = step.plan.purpose == Purpose::Confirm && step.counts() && self.set_aside(at).is_none();
        is_one && self.holds(step) && agrees(step, self.best())
    }

    /// The rate of the last confirmation, where it still agrees.
    pub(super) fn agreed_per_s(&self) -> Option<f64> {
        let last = (0..self.steps.len())
            .rev()
            .find(|at| self.steps[*at].plan.purpose == Purpose::Confirm)?;
        self.is_agreed_to_by(last).then(|| self.steps[last].plan.rate_per_s)
    }

    /// Whether it is known how far up the answer may lie at most.
    fn is_bounded(&self) -> bool {
        let belief = self.belief();
        let is_near = belief.quantile(0.975) / self.best() - 1.0 <= OPEN_ABOVE;
        self.replayed.is_some() || (is_near && self.is_earned(belief.quantile(0.5)))
    }
}

/// Whether a confirmation agrees with the answer as it is after it: the rate held, or the answer hardly moved.
fn agrees(confirmation: &StepResult, answer: f64) -> bool {
    let moved_by = (answer / confirmation.plan.rate_per_s).ln();
    moved_by.abs() <= AGREES || (moved_by > 0.0 && confirmation.passed())
}
