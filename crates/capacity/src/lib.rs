//! Capacity: searches for the highest rate at which the objectives hold, over steps that are load runs.
//!
//! What to measure next and what it says is decided in `proofload_capacity_search`, which is pure; here the steps are made.

mod calm;
mod engine;
mod error;
mod lasting;
mod objectives;
mod options;
mod report;
mod sentence;
mod step;
mod watcher;

pub use engine::{check, run};
pub use error::CapacityError;
pub use objectives::{ObjectiveError, Objectives};
pub use options::{CapacityOptions, CapacityOutcome, HOLD, START_PER_S, STEP};
pub use proofload_capacity_search::End;
