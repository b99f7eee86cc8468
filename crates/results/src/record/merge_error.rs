//! Why records cannot become one.

use super::RecordError;
use std::path::PathBuf;

/// Why records cannot become one.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// There is no record.
    #[error("there is nothing to merge; name the run directories")]
    Nothing,
    /// The runs did not do the same.
    #[error(
        "cannot merge {} and {}: they do not have the same {what}, but {:?} and {:?}; merge runs that were made with the same options",
        directories.0.display(), directories.1.display(), values.0, values.1
    )]
    Differ {
        /// In what they differ.
        what: &'static str,
        /// What each of them says.
        values: (String, String),
        /// Which.
        directories: (PathBuf, PathBuf),
    },
    /// The runs took the same share.
    #[error("cannot merge {} and {}: both took shard {shard} of the arrivals", directories.0.display(), directories.1.display())]
    SameShard {
        /// Which share.
        shard: String,
        /// Which runs.
        directories: (PathBuf, PathBuf),
    },
    /// A record names no share.
    #[error("cannot merge {}: its shard {shard:?} is none", directory.display())]
    NoShard {
        /// What it says.
        shard: String,
        /// Which.
        directory: PathBuf,
    },
    /// The runs took place at different times.
    #[error(
        "cannot merge {} and {}: the one was over when the other began ({}, {}); runs of one load begin together",
        first.0.display(), other.0.display(), first.1, other.1
    )]
    Apart {
        /// The earlier one and its start.
        first: (PathBuf, String),
        /// The later one and its start.
        other: (PathBuf, String),
    },
    /// None of the runs began.
    #[error("not one of the runs began{}", because(.0))]
    NoneBegan(Vec<String>),
    /// A record cannot be read or written.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// Some of the reasons; a thousand shards may all have the same.
fn because(reasons: &[String]) -> String {
    let Some(first) = reasons.first() else {
        return String::new();
    };
    let more = reasons.len() - 1;
    match more {
        0 => format!(": {first}"),
        more => format!(": {first}; and {more} more"),
    }
}
