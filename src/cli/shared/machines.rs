//! The part of a load that one of several machines makes: which share, when it begins, and where its record goes.

use super::values;
use crate::cli::Failure;
use chrono::{DateTime, Utc};
use clap::Args;
use proofload_deployment::units::{Shard, ShardError, shard_of};
use proofload_load::{LoadOptions, Start};
use proofload_results::record::stream::RecordStream;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// Which part of a load this machine makes.
#[derive(Debug, Args)]
pub(in crate::cli) struct MachineArgs {
    /// Take this share of the arrivals and users, such as 2/8: the other seven machines take the others; auto asks Kubernetes, Slurm,
    /// Cloud Run or AWS Batch, whichever started this
    #[arg(
        long,
        value_name = "WHICH/OF|auto",
        default_value = "1/1",
        allow_hyphen_values = true
    )]
    shard: ShardChoice,
    /// Begin at this instant, together with other machines: RFC 3339, such as 2026-11-22T18:00:00Z; @FILE waits until the file holds
    /// one, and the word stop in it ends the run at any time
    #[arg(long, value_name = "TIME|@FILE", allow_hyphen_values = true)]
    start_at: Option<StartAt>,
    /// How long --start-at @FILE waits for an instant, from when the users are ready
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = values::positive_span, requires = "start_at", allow_hyphen_values = true)]
    start_within: Duration,
}

/// A share, or who is asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ShardChoice {
    Auto,
    Given(Shard),
}

impl FromStr for ShardChoice {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        match text.trim() {
            "auto" => Ok(Self::Auto),
            shard => shard.parse().map(Self::Given),
        }
    }
}

/// An instant, or the file that will hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum StartAt {
    Instant(DateTime<Utc>),
    File(PathBuf),
}

impl FromStr for StartAt {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix('@') {
            Some("") => Err("behind the @ stands the name of a file".to_owned()),
            Some(file) => Ok(Self::File(file.into())),
            None => values::instant(text).map(Self::Instant),
        }
    }
}

impl MachineArgs {
    /// Puts the part into the options of a run; gives what there is to say about it.
    ///
    /// # Errors
    /// No engine says which share this is, or two contradict each other.
    pub(in crate::cli) fn put_into(&self, options: &mut LoadOptions) -> Result<Option<String>, Failure> {
        options.start = match &self.start_at {
            None => Start::Ready,
            Some(StartAt::Instant(at)) => Start::At(*at),
            Some(StartAt::File(path)) => Start::File {
                path: path.clone(),
                within: self.start_within,
            },
        };
        match self.shard {
            ShardChoice::Given(shard) => options.shard = shard,
            ShardChoice::Auto => {
                let found = shard_of(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()));
                let found = found.map_err(|error| Failure::usage(format!("--shard auto: {error}")))?;
                options.shard = found.shard;
                options.shard_from = Some(found.from);
            }
        }
        let said = options.shard_from.as_ref();
        Ok(said.map(|from| format!("shard {}, from {from}", options.shard)))
    }

    /// Whether it may be a part only.
    pub(in crate::cli) fn is_part(&self) -> bool {
        self.shard != ShardChoice::Given(Shard::ALL)
    }
}

/// Where the record of a load goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum RecordOut {
    /// Line by line to stdout.
    Stdout,
    Directory(PathBuf),
}

impl From<PathBuf> for RecordOut {
    fn from(path: PathBuf) -> Self {
        if path.as_os_str() == "-" {
            Self::Stdout
        } else {
            Self::Directory(path)
        }
    }
}

impl RecordOut {
    pub(in crate::cli) fn directory(&self) -> Option<&Path> {
        match self {
            Self::Stdout => None,
            Self::Directory(path) => Some(path),
        }
    }

    /// The stream that it is, if it is one.
    pub(in crate::cli) fn stream(&self) -> Option<RecordStream> {
        (*self == Self::Stdout).then(|| RecordStream::new(std::io::stdout()))
    }
}
