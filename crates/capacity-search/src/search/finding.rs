//! What a search found, and how it ended.

use super::{Change, Decision, Held, Search};
use crate::replay::Server;

/// A belief wider than this is no answer yet, only a range to say.
const TOO_WIDE: f64 = 0.3;
/// How much wider the bracket is stated than the belief is at an edge left to chance: in simulations that makes it hold the
/// truth nine times out of ten, for steps that are no draws from one distribution alone.
const WIDER: f64 = 2.0;

/// What a target carries in the end is known within this share.
const ROOM: f64 = 0.94;

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How the search ended.
    pub end: End,
    /// The answer, per second, as far as there is one.
    pub sustained_per_s: Option<f64>,
    /// The 95% interval of the belief, per second.
    pub bracket_per_s: Option<(f64, f64)>,
    /// Whether a step at the answer agreed.
    pub confirmed: bool,
    /// What broke first above it.
    pub limit: Option<Limit>,
    /// What came of holding the answer, where it was held.
    pub held: Option<Held>,
    /// How the target changed while it was measured, where it did.
    pub change: Option<Change>,
    /// The server that the calls show, where the answer comes from replaying them.
    pub server: Option<Server>,
}

/// How a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With an answer.
    Found,
    /// Not even the lowest rate held.
    Nothing,
    /// Nothing broke up to the highest rate that may be tried.
    BeyondCeiling,
    /// The generator gave out before the target did.
    GeneratorGaveOut,
    /// The target's capacity moved while it was measured.
    Moved,
    /// The time was up before there was an answer.
    OutOfTime,
    /// The target answered nothing any more.
    TargetDied,
    /// The sessions that a step needed could not be had.
    LoginsFailed,
    /// By a signal.
    Interrupted,
}

/// What limits a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// An objective, by its place.
    Objective(usize),
    /// Calls piled up though every objective held.
    Queue,
}

impl Search {
    /// What is known when the search is broken off.
    pub fn cut_short(&self, end: End) -> Finding {
        self.finding(end)
    }

    pub(super) fn finished(&self, end: End) -> Decision {
        Decision::Finished(self.finding(end))
    }

    /// Whether the answer is known well enough to be a figure.
    pub(super) fn is_known(&self) -> bool {
        self.belief().width() <= TOO_WIDE
    }

    fn finding(&self, end: End) -> Finding {
        let bracketed = self.highest_held().is_some() && self.lowest_broken().is_some();
        let end = if end == End::Found && bracketed && !self.is_known() {
            End::OutOfTime
        } else {
            end
        };
        let (sustained_per_s, bracket_per_s) = match end {
            End::Nothing => (Some(0.0), Some((0.0, self.lowest_broken().unwrap_or_default()))),
            End::Found | End::Interrupted | End::TargetDied | End::LoginsFailed | End::OutOfTime if bracketed => {
                let belief = self.belief();
                let answer = match self.answer {
                    Some(answer) if end == End::Found => answer,
                    _ => belief.quantile(0.5).min(self.best()),
                };
                let wider = if self.is_sudden() || self.replayed.is_some() {
                    1.0
                } else {
                    WIDER
                };
                let edge_of = |quantile: f64| answer * (belief.quantile(quantile) / answer).powf(wider);
                // An upper end that only one break bounds, or none near it, is that break.
                let is_earned = self.replayed.is_some() || self.is_earned(answer);
                let broken = self.lowest_broken().filter(|_| !is_earned).unwrap_or_default();
                let bracket = (edge_of(0.025).min(answer), edge_of(0.975).max(answer).max(broken));
                let lasting = self.held.filter(|_| end == End::Found).and_then(|held| held.then_per_s);
                match lasting {
                    // What it carried in the end, between that and what it did not carry any more.
                    Some(then_per_s) => (Some(then_per_s), Some((then_per_s, (then_per_s / ROOM).min(bracket.1)))),
                    None => ((end != End::OutOfTime).then_some(answer), Some(bracket)),
                }
            }
            _ => (None, None),
        };
        Finding {
            end,
            sustained_per_s,
            bracket_per_s,
            confirmed: self.confirmed && end == End::Found,
            limit: self.limit(),
            held: self.held,
            change: self.change,
            server: self.replayed.as_ref().map(|replayed| replayed.server),
        }
    }
}
