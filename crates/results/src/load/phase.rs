//! Where the time of calls goes: from due to the last byte of the answer, in parts. Looking up names is none of them: it is done
//! before a run and beside it, and no call waits for it.

use super::Percentiles;
use serde::{Deserialize, Serialize};

/// A part of a call, in the order in which they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// From due to sent: no virtual user was free.
    Waiting,
    /// Connecting, through a proxy where there is one; only of calls that made a connection.
    Connect,
    /// The TLS handshake; only of calls that made a connection.
    Tls,
    /// Handing the request to the network; what it took at once took no time.
    Sending,
    /// Until the first byte of the answer: the server, and the way there and back.
    FirstByte,
    /// From the first byte of the answer to its last.
    Receiving,
}

impl Phase {
    /// All, in their order.
    pub const ALL: [Self; 6] = [
        Self::Waiting,
        Self::Connect,
        Self::Tls,
        Self::Sending,
        Self::FirstByte,
        Self::Receiving,
    ];

    /// How records name it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Sending => "sending",
            Self::FirstByte => "first-byte",
            Self::Receiving => "receiving",
        }
    }

    /// How people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Waiting => "waiting for a user",
            Self::Connect => "connect",
            Self::Tls => "TLS handshake",
            Self::Sending => "sending",
            Self::FirstByte => "first byte",
            Self::Receiving => "receiving",
        }
    }

    /// The phase with that name in records.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.word() == word)
    }

    /// Its place among all.
    pub fn place(self) -> usize {
        self as usize
    }
}

/// A part of the calls of one operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhaseRow {
    /// Which part.
    pub phase: Phase,
    /// Calls that had it.
    pub calls: u64,
    /// How long it took, in microseconds.
    pub us: Percentiles,
    /// Its share of the time of all calls, 0 to 1.
    pub share: f64,
}

/// Said where phases are shown.
pub const NO_DNS: &str = "no call waits for DNS: names are looked up before a run, and anew beside it";

impl PhaseRow {
    /// The rows of an operation, from the histograms of its phases, in microseconds; empty ones are left out.
    pub fn all(histograms: &[Option<hdrhistogram::Histogram<u64>>]) -> Vec<Self> {
        #[expect(clippy::cast_precision_loss, reason = "a sum of microseconds")]
        let time = |histogram: &hdrhistogram::Histogram<u64>| histogram.mean() * histogram.len() as f64;
        let seen = || {
            let pairs = Phase::ALL.into_iter().zip(histograms);
            pairs.filter_map(|(phase, histogram)| Some((phase, histogram.as_ref().filter(|one| !one.is_empty())?)))
        };
        let all: f64 = seen().map(|(_, histogram)| time(histogram)).sum();
        let row = |(phase, histogram): (Phase, &hdrhistogram::Histogram<u64>)| Self {
            phase,
            calls: histogram.len(),
            us: Percentiles::of(histogram),
            share: super::rounded(time(histogram) / all.max(1e-9)),
        };
        seen().map(row).collect()
    }
}
