//! Why a record cannot be written or read.

use std::path::{Path, PathBuf};

/// Why a record cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The directory holds something already.
    #[error("the run directory {} is not empty; name another with --out, nothing was touched", .0.display())]
    NotEmpty(PathBuf),
    /// The operating system refused.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was tried, e.g. `write`.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What came back.
        source: std::io::Error,
    },
    /// A file of the record does not hold what it should.
    #[error("{} is no record of a load run: {what}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
}

impl RecordError {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }

    pub(super) fn malformed(path: &Path, what: impl std::fmt::Display) -> Self {
        Self::Malformed {
            path: path.to_owned(),
            what: what.to_string(),
        }
    }
}
