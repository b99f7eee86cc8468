//! What an interleaved comparison is to do.

use proofload_deployment::Target;
use proofload_load as load;
use proofload_load::Workload;
use std::path::PathBuf;
use std::time::Duration;

/// Two deployments, and how they are loaded.
#[derive(Debug)]
pub struct Interleaved<'a> {
    /// What both are loaded with.
    pub workload: &'a Workload,
    /// What the candidate is compared with.
    pub baseline: &'a Target,
    /// What is judged.
    pub candidate: &'a Target,
    /// How each block is made; its seed, record, shard and start do not matter.
    pub load: load::LoadOptions,
    /// How long one block is.
    pub block: Duration,
    /// How long the comparison may take, from the first block to the last.
    pub max_time: Duration,
    /// The directory for the record: `gate.json`, and a run directory for each side, `a` and `b`. `None` for no record.
    pub out: Option<PathBuf>,
}
