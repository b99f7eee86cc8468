//! Why runs cannot be compared.

use proofload_conformance::RunError;
use proofload_conformance_snapshots::SnapshotError;
use proofload_deployment::client::TransportError;
use proofload_load::LoadError;
use proofload_results::record::RecordError;
use std::path::PathBuf;

/// Why runs cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// A record cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A run was interrupted, killed, or still goes on.
    #[error("the run in {} is incomplete: it was interrupted, killed or still goes on; compare runs that came to their end", .0.display())]
    Incomplete(PathBuf),
    /// A run's generator, or its machine, may have decided its figures.
    #[error("the run in {} is invalid and says nothing of its target ({why}); measure it again", directory.display())]
    Invalid {
        /// Where the run is.
        directory: PathBuf,
        /// Its verdict.
        why: String,
    },
    /// Nothing was measured.
    #[error("the run in {} is empty: no call was measured after the warm-up; compare runs in which calls were made", .0.display())]
    Empty(PathBuf),
    /// One run stands on both sides, or twice on one.
    #[error("{} is named twice; each run counts once, on one side", .0.display())]
    Twice(PathBuf),
    /// One run stands in two directories.
    #[error(
        "{other} holds the same run as {one}, begun in the same instant with the same seed: one of them is a copy, and each run \
         counts once, on one side"
    )]
    Copy {
        /// The directory that was named first.
        one: String,
        /// The other.
        other: String,
    },
    /// The runs are not of one kind.
    #[error("the runs cannot be compared: the {what} of {} is {}, and of {} it is {}; compare runs that were made alike", directories.0, values.0, directories.1, values.1)]
    Differ {
        /// What they differ in.
        what: &'static str,
        /// How.
        values: (String, String),
        /// Which ones.
        directories: (String, String),
    },
    /// An operation was called on one side only.
    #[error(
        "the runs cannot be compared: {operation} was called {calls} times by the {side}, and never by the other side; compare runs of one scenario"
    )]
    OneSided {
        /// The `operationId`.
        operation: String,
        /// How often.
        calls: u64,
        /// By whom.
        side: &'static str,
    },
    /// Pairs of blocks took so much longer than planned that too few were measured.
    #[error("nothing is left to compare: only {pairs} pairs of blocks were measured in twice the time there was")]
    TooSlow {
        /// How many.
        pairs: usize,
    },
    /// No operation can be compared.
    #[error("nothing is left to compare: no operation was called often enough on both sides")]
    TooFewCalls,
    /// What was asked for is in no run.
    #[error("nothing is left to compare: the runs called {}", called.join(", "))]
    NothingCompared {
        /// The operations that the runs called.
        called: Vec<String>,
    },
    /// The candidate's deployment cannot be reached.
    #[error(transparent)]
    Client(#[from] TransportError),
    /// A run of an interleaved comparison could not be made.
    #[error("{side}: {error}")]
    Load {
        /// Of which side.
        side: &'static str,
        /// Why.
        error: Box<LoadError>,
    },
    /// There is no time for as many pairs of blocks as are needed.
    #[error("there is time for {pairs} pairs of blocks, which take {one_s:.1} s each, and {needed} are needed")]
    Time {
        /// How many there is time for.
        pairs: usize,
        /// How many are needed.
        needed: usize,
        /// How long one pair takes, in seconds.
        one_s: f64,
    },
    /// The candidate's conformance could not be tested.
    #[error(transparent)]
    Conformance(#[from] RunError),
    /// The snapshots cannot be read or written.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}
