//! Why a load run could not be made.

use crate::slo::SloError;
use crate::workload::{DataError, ImageError, WorkloadError};
use chrono::{DateTime, SecondsFormat, Utc};
use proofload_deployment::TrustError;
use proofload_deployment::halt::Interruption;
use proofload_deployment::units::{Shard, span};
use proofload_results::record::{MergeError, RecordError};
use std::path::PathBuf;
use std::time::Duration;

/// Why a load run could not be made: what is the matter, with the figures. What to do about it depends on who asks.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The workload is wrong.
    #[error(transparent)]
    Workload(#[from] WorkloadError),
    /// The images are wrong.
    #[error(transparent)]
    Images(#[from] ImageError),
    /// The values for its steps are wrong.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The target may not be loaded.
    #[error("{0} may not be loaded")]
    NotAllowed(String),
    /// The target has no account, and a step needs a token.
    #[error("the target {0} has no account, and the scenario's steps need a token")]
    NoAccount(String),
    /// Fewer users were stated than there are journeys on all machines.
    #[error("{users} virtual users are too few for {journeys} journeys{}; each needs one at least", on_machines(*.machines))]
    TooFewUsers {
        /// How many were stated.
        users: u32,
        /// The journeys of the workload.
        journeys: u32,
        /// The machines that make the load together.
        machines: u32,
    },
    /// There are not enough file descriptors for the users.
    #[error(
        "{users} virtual users need {needed} file descriptors, and this process may have {allowed} (hard limit {hard})"
    )]
    TooFewDescriptors {
        /// The virtual users.
        users: u64,
        /// What they need.
        needed: u64,
        /// What this process may have.
        allowed: u64,
        /// To what that may be raised.
        hard: u64,
    },
    /// A connection for each call uses up the local ports.
    #[error(
        "{per_s} calls a second on a connection each need {needed} local ports, since a closed connection keeps its own for {}, and this machine has {available} for this target (net.ipv4.ip_local_port_range)", span::display(*.kept)
    )]
    TooFewPorts {
        /// Calls a second.
        per_s: f64,
        /// The ports that they keep.
        needed: u64,
        /// Those that there are.
        available: u64,
        /// How long each is kept.
        kept: Duration,
    },
    /// A run without a single call would measure nothing.
    #[error("not one call of {workload} falls due{} within {}", on_shard(*.shard), span::display(*.duration))]
    NothingDue {
        /// The workload's name.
        workload: String,
        /// The share of the arrivals that this machine takes.
        shard: Shard,
        /// How long the run is.
        duration: Duration,
    },
    /// The run is to start at an instant that is past.
    #[error("cannot start at {}: it is {} now, and the instant is past", instant(.at), instant(.now))]
    StartIsPast {
        /// When it is to start.
        at: DateTime<Utc>,
        /// When that was looked at.
        now: DateTime<Utc>,
    },
    /// The run is to start at an instant that is so far away that it must be a mistake.
    #[error("cannot start at {}: it is {} now, and the instant is more than a day away", instant(.at), instant(.now))]
    StartIsFar {
        /// When it is to start.
        at: DateTime<Utc>,
        /// When that was looked at.
        now: DateTime<Utc>,
    },
    /// The instant passed while the users got ready.
    #[error("the virtual users were ready only after {}", instant(.at))]
    StartWasMissed {
        /// When it was to start.
        at: DateTime<Utc>,
    },
    /// The file that should hold the instant of the start holds something else.
    #[error("cannot tell when to start: {} {why}", file.display())]
    StartUnreadable {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file that should hold the instant of the start never did.
    #[error("the virtual users were ready, and {} held no instant to start at within {}; nothing was measured", file.display(), span::display(*.within))]
    StartNeverCame {
        /// The file.
        file: PathBuf,
        /// How long it was waited for.
        within: Duration,
    },
    /// The file said so before the run began.
    #[error("ended by the word stop in {} before the run began; nothing was measured", .0.display())]
    StoppedEarly(PathBuf),
    /// The target's trust cannot be set up.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The record cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Records cannot become one.
    #[error(transparent)]
    Merge(Box<MergeError>),
    /// The objectives of a record cannot be read.
    #[error("the record's objectives cannot be read: {0}")]
    RecordedSlo(SloError),
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
        /// Whether the server answered.
        answered: bool,
    },
    /// Interrupted before it began.
    #[error("interrupted before the run began; nothing was measured")]
    InterruptedEarly(Interruption),
    /// The generator itself failed.
    #[error("the generator failed: {0}")]
    Generator(String),
}

fn on_machines(machines: u32) -> String {
    match machines {
        1 => String::new(),
        machines => format!(" on {machines} machines"),
    }
}

fn on_shard(shard: Shard) -> String {
    if shard == Shard::ALL {
        String::new()
    } else {
        format!(" on shard {shard}")
    }
}

fn instant(time: &DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
