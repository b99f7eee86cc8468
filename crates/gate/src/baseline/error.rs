//! Why a baseline cannot be kept, found or removed.

use proofload_results::record::RecordError;
use std::io;
use std::path::{Path, PathBuf};

/// Why a baseline cannot be kept, found or removed.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// The run's record cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The run is not fit to be held against.
    #[error("{} is not fit to be a baseline: {why}; make the run again", directory.display())]
    Unfit {
        /// The run directory.
        directory: PathBuf,
        /// Why not.
        why: &'static str,
    },
    /// The operating system refused.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was tried, e.g. `write`.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What came back.
        source: io::Error,
    },
    /// There is no such baseline.
    #[error("there is no baseline {wanted} in {}; keep one with `proofload baseline keep`", store.display())]
    None {
        /// What was looked for.
        wanted: String,
        /// Where.
        store: PathBuf,
    },
    /// A branch must have a name.
    #[error("a branch needs a name: give one with --branch")]
    NoBranch,
}

impl BaselineError {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}
