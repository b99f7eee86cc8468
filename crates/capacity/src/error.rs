//! Why a capacity search could not be made.

use proofload_deployment::client::{SessionError, TransportError};
use proofload_deployment::halt::Interruption;
use proofload_load::LoadError;
use proofload_results::record::RecordError;

/// Why a capacity search could not be made. Nothing was found then.
#[derive(Debug, thiserror::Error)]
pub enum CapacityError {
    /// Objectives, scenario or options make no search.
    #[error("{0}")]
    Options(String),
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
