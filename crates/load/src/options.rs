//! What a person can choose about a load run, beside its workload.

use chrono::{DateTime, Utc};
use proofload_deployment::units::Shard;
use proofload_deployment::{Account, Target};
use proofload_results::load::Connecting;
use proofload_results::record::stream::RecordStream;
use proofload_watch::Watcher;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How a run is made, beside its workload.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own that a person may set"
)]
pub struct LoadOptions {
    /// Virtual users; `None` for the workload's or the engine's own choice.
    pub users: Option<u32>,
    /// Threads of the generator; `None` for the engine's own choice.
    pub threads: Option<usize>,
    /// From sent to the last body byte at most.
    pub timeout: Duration,
    /// Seed of everything random.
    pub seed: u64,
    /// Whether HTTP/2 is used where the server offers it, and for how many calls at once over one connection.
    pub http2: Option<u32>,
    /// Whether a connection carries more than one request.
    pub keep_alive: bool,
    /// Whether a call is sent once more, and counted as stale, when the server closed its idle connection just then.
    pub retry_stale: bool,
    /// The run directory; `None` for no record there.
    pub out: Option<PathBuf>,
    /// Where the record goes line by line, in place of a directory.
    pub stream: Option<RecordStream>,
    /// Whether the person said that the target is theirs to load.
    pub may_load: bool,
    /// What to do when the target stops answering.
    pub on_dead_target: DeadTarget,
    /// Which share of the arrivals and of the stated users this machine takes; [`Shard::ALL`] when it is alone. All
    /// machines need the same seed.
    pub shard: Shard,
    /// Where the shard was read from; `None` where it was stated.
    pub shard_from: Option<String>,
    /// When the first arrival may be due.
    pub start: Start,
    /// Accounts that users are dealt in turn; empty for those of the target that may make every call of the workload.
    pub accounts: Vec<Account>,
    /// Whether all users of an account share one session.
    pub one_login: bool,
    /// From when on the run ends as soon as an objective is missed; `None` for never.
    pub stop_on_breach: Option<Duration>,
    /// Calls of the run that are kept one by one at most ([`LoadOutcome::calls`](super::LoadOutcome::calls)); 0 for none.
    pub keep_calls: usize,
    /// Whether virtual users are spread over all addresses of the target, and not only sent to the first that answers.
    pub spread: bool,
    /// Whether a run is refused that is certain to use up the local ports of this machine; a search finds that out by itself.
    pub count_ports: bool,
    /// How many answers are looked into.
    pub check: Check,
    /// Who looks at the machines under test beside the run; `None` for nobody.
    pub watch: Option<Watcher>,
}

impl LoadOptions {
    /// How connections to a target are made.
    pub fn connecting(&self, target: &Target) -> Connecting {
        Connecting {
            http2: self.http2.is_some(),
            streams: self.http2.unwrap_or(1),
            keep_alive: self.keep_alive,
            timeout_s: self.timeout.as_secs_f64(),
            tls: target.base.is_tls(),
            proxy: target.way.proxy().is_some(),
        }
    }
}

/// When the first arrival may be due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// As soon as the users are ready.
    Ready,
    /// At an instant, together with other machines.
    At(DateTime<Utc>),
    /// At the instant that a file holds, once it does. The word `stop` in it ends the run, at any time.
    File {
        /// Which.
        path: PathBuf,
        /// How long it is waited for, from when the users are ready.
        within: Duration,
    },
}

impl Start {
    /// The file that may say to stop.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::File { path, .. } => Some(path),
            Self::Ready | Self::At(_) => None,
        }
    }
}

/// How many answers are looked into: whether they have the operation's shape, and are for whom they should be. That they can be
/// the operation's at all, by media type and first byte, is seen of every one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Every one.
    All,
    /// The first of each virtual user, and then one in sixteen.
    Sample,
    /// None.
    None,
}

impl Check {
    /// `all`, `sample`, `none`.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Sample => "sample",
            Self::None => "none",
        }
    }
}

/// What to do when the target stops answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadTarget {
    /// End the run after five seconds without any answer, and record it.
    Stop,
    /// Go on: it may come back.
    Continue,
}
