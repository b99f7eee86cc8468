//! The highest rate a target carries: a search as a pure state machine over step results.
//!
//! No clock runs here and nothing is sent. Whoever makes the steps hands in what came of each and is told what to do
//! next, so that hundreds of searches on simulated queues take seconds.

mod belief;
mod evidence;
mod probability;
mod refused;
mod replay;
mod search;
mod share;
mod silence;
mod steady;
mod sustained;
mod tail;
mod usl;

pub use evidence::{Allowed, Call, Ending, Mark, Moment, RUNGS, RUNGS_PER_LIMIT, StepPlan, StepResult};
pub use replay::Server;
pub use search::{Change, Decision, End, Finding, Held, Limit, SHARES, Search, SearchSettings, SetAside};
pub use steady::hopeless;
pub use usl::{UslPoint, fit_usl};
