//! Why a load run could not be made.

use crate::images::ImageError;
use crate::workload::WorkloadError;
use proofload_deployment::TrustError;
use proofload_deployment::halt::Interruption;
use proofload_results::record::RecordError;

/// Why a load run could not be made.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The workload is wrong.
    #[error(transparent)]
    Workload(#[from] WorkloadError),
    /// The images are wrong.
    #[error(transparent)]
    Images(#[from] ImageError),
    /// The target may not be loaded.
    #[error(
        "{0} was not said to bear load: add \"load\" to its `allow` in the configuration, or give --i-may-load-this-target if it is yours to load"
    )]
    NotAllowed(String),
    /// The target has no account, and a step needs a token.
    #[error(
        "the target {0} has no account, and the scenario's steps need a token; give --username or an account in the configuration"
    )]
    NoAccount(String),
    /// An option contradicts another or the machine.
    #[error("{0}")]
    Options(String),
    /// The target's trust cannot be set up.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The record cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The target's name could not be resolved.
    #[error("cannot find {host}: {why}; check the name, or give the address instead")]
    Resolve {
        /// Which host.
        host: String,
        /// What the resolver said.
        why: String,
    },
    /// Virtual users could not log in.
    #[error("cannot log in to {base} as {account}: {why}")]
    Login {
        /// The base URL.
        base: String,
        /// The account's name.
        account: String,
        /// What came back.
        why: String,
    },
    /// Interrupted before it began.
    #[error("interrupted before the run began; nothing was measured")]
    InterruptedEarly(Interruption),
    /// The generator itself failed.
    #[error("the generator failed: {0}")]
    Generator(String),
}
