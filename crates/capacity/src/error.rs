//! Why a capacity search could not be made.

use super::objectives::ObjectiveError;
use proofload_deployment::client::{SessionError, TransportError};
use proofload_deployment::halt::Interruption;
use proofload_deployment::units::RateError;
use proofload_load::LoadError;
use proofload_results::record::RecordError;

/// Why a capacity search could not be made. Nothing was found then.
#[derive(Debug, thiserror::Error)]
pub enum CapacityError {
    /// The workload has no rate to search for.
    #[error(
        "the scenario {0} is closed: its users wait for the target and nothing falls due, so there is no rate to search for; \
         give one whose arrivals.process is constant or poisson"
    )]
    ClosedWorkload(String),
    /// Cameras are needed, and the workload has none that make a rate.
    #[error(
        "{need} cannot be held against the scenario {workload}: it publishes nothing, or they make more than 1000000/s; state a rate such as 150/s"
    )]
    NoCameras {
        /// What is needed.
        need: String,
        /// The workload's name.
        workload: String,
    },
    /// The workload has no journey of that name.
    #[error("the scenario {workload} has no journey {journey:?}; it has {}", known.join(", "))]
    NoSuchJourney {
        /// The workload's name.
        workload: String,
        /// What was asked for.
        journey: String,
        /// The journeys that there are.
        known: Vec<String>,
    },
    /// The objectives make no search.
    #[error(transparent)]
    Objectives(#[from] ObjectiveError),
    /// A rate of the search is none.
    #[error(transparent)]
    Rate(#[from] RateError),
    /// A step could not be made.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The account that looks whether the target is calm cannot log in.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The target's trust cannot be set up.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The report cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Interrupted before the first step.
    #[error("interrupted before the first step; nothing was measured")]
    InterruptedEarly(Interruption),
}
