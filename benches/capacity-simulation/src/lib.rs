//! The capacity search on simulated queues whose truth is known: no clock runs and nothing is sent, so that hundreds of
//! searches take seconds.
//!
//! The queues are the mock's own ([`proofload_mock_server::Queue`]); what they answer is counted by the second, as the
//! program counts what a load run sees.

mod callers;
mod drift;
mod models;
mod random;
mod setting;
mod stops;
mod tally;
mod trial;
mod truth;
mod world;

pub use drift::Drift;
pub use models::Model;
pub use random::random_queue;
pub use setting::{Pauses, Setting};
pub use stops::Stop;
pub use tally::{HEAD, Tally};
pub use trial::{BUDGET_S, Trial, search};
pub use truth::truth_per_s;
