//! Where the time of calls goes: from due to the last byte of the answer, in parts.

use super::Percentiles;
use serde::{Deserialize, Serialize};

/// A part of a call, in the order in which they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// From due to sent: no virtual user was free.
    Waiting,
    /// Looking the name up; only of calls that did.
    Dns,
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
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Dns,
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
            Self::Dns => "dns",
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
            Self::Dns => "DNS",
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
    /// Its share of the time of the slowest hundredth of the calls, 0 to 1; none of fewer than a hundred calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_of_slowest: Option<f64>,
}
