//! Why a record cannot be written or read.

use super::RUN_SCHEMA;
use super::stream::StreamError;
use crate::files::RUN;
use std::path::{Path, PathBuf};

/// Why a record cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The directory holds something already.
    #[error("the run directory {} is not empty; nothing was touched", .0.display())]
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
    /// A file was removed or replaced while it was written.
    #[error("{} was removed or replaced while the run went on", .0.display())]
    Gone(PathBuf),
    /// There is no record in the directory.
    #[error("{} holds no record of a load run: there is no {RUN} in it; name one that a load run left", .0.display())]
    NoRecord(PathBuf),
    /// A file of the record is not there.
    #[error("the record is not whole: {} is missing; copy the directory again, with all its files", .0.display())]
    Missing(PathBuf),
    /// A file of a record that was closed holds less than was counted.
    #[error("the record is not whole: {} holds less than {RUN} counted; copy the directory again, with all its files", .0.display())]
    Cut(PathBuf),
    /// The record was written by another version of the program.
    #[error("{} was written by proofload {version} in the format {schema}, and this one reads {RUN_SCHEMA}; use that version", path.display())]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// Its format.
        schema: String,
        /// The program's version that wrote it.
        version: String,
    },
    /// A file of the record does not hold what it should.
    #[error("{} is not a record of a load run: {what}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A stream cannot be read to its end.
    #[error("{}: {error}", path.display())]
    Stream {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        error: StreamError,
    },
    /// A line of a file of the record is not what it should be.
    #[error("the record is damaged: {}, line {line}: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
}

impl RecordError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }

    pub(crate) fn malformed(path: &Path, what: impl std::fmt::Display) -> Self {
        Self::Malformed {
            path: path.to_owned(),
            what: what.to_string(),
        }
    }

    pub(super) fn malformed_line(path: &Path, line: u64, what: impl std::fmt::Display) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            line,
            what: what.to_string(),
        }
    }
}
