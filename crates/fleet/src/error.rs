//! Why a fleet came to nothing.

use crate::cluster::ClusterError;
use crate::plan::PlanError;
use proofload_deployment::halt::Interruption;
use proofload_load::LoadError;

/// Why a fleet came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum FleetError {
    /// It cannot be.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The cluster did not do what was asked.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The shards were not ready, and nothing was sent.
    #[error("the load never began: {0}")]
    NeverBegan(String),
    /// It was interrupted before anything was sent.
    #[error("interrupted before the load began; nothing was sent")]
    InterruptedEarly(Interruption),
    /// The cluster was lost from sight while the load went on.
    #[error("the fleet {name} was lost from sight: {why}; its load ends by itself")]
    LostFromSight {
        /// Its name.
        name: String,
        /// What the cluster answered last.
        why: String,
    },
    /// There is no fleet of that name.
    #[error("there is no fleet {name} in the namespace {namespace}")]
    NoFleet {
        /// The name.
        name: String,
        /// Where.
        namespace: String,
    },
    /// Its shards have left nothing that can be read.
    #[error("nothing of the fleet {name} can be collected: {why}")]
    NothingLeft {
        /// Its name.
        name: String,
        /// Why.
        why: String,
    },
    /// What came cannot be judged.
    #[error(transparent)]
    Load(#[from] LoadError),
}
