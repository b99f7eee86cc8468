//! Capacity: searches for the highest rate at which the objectives hold, over steps that are load runs.
//!
//! What to measure next and what it says is decided in `proofload_capacity_search`, which is pure; here the steps are made.

mod calm;
mod engine;
mod error;
mod objectives;
mod report;
mod step;
mod watcher;

pub use engine::{Options, Outcome, check, run};
pub use error::CapacityError;
pub use objectives::Objectives;
