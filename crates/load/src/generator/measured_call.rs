//! A call as it was measured: how it ended, when, in which parts, and what the generator itself may have done to it.

/// How a call ended: a status, or the name of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// An answer came.
    Status(u16),
    /// An answer with a good status came, and it was not what the operation answers with.
    WrongBody,
    /// None came: `timeout`, `connect`, `reset` and the like.
    Failure(&'static str),
}

impl Ending {
    /// Whether an answer came, of whatever kind.
    pub(crate) fn is_answer(self) -> bool {
        !matches!(self, Self::Failure(_))
    }
}

impl std::fmt::Display for Ending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::WrongBody => f.write_str("wrong-body"),
            Self::Failure(name) => f.write_str(name),
        }
    }
}

/// The instants of a call, each in nanoseconds since a common origin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instants {
    /// When it was due.
    pub(crate) due: u64,
    /// When it was due and a user was free for it: what it was sent later is the generator's own lateness.
    pub(crate) ready: u64,
    /// When it was sent, a connection being made first where needed.
    pub(crate) sent: u64,
    /// When there was a connection for it: the same instant where there was one already.
    pub(crate) written: u64,
    /// When its last body byte came, or it was given up.
    pub(crate) done: u64,
    /// When it was to be given up at the latest.
    pub(crate) deadline: u64,
}

/// When the parts of a call ended that its [`Instants`] do not name, on the same clock; `None` for what it had not.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Parts {
    /// When there was a connection to begin TLS on.
    pub(crate) connected: Option<u64>,
    /// Whether TLS was begun on it.
    pub(crate) is_tls: bool,
    /// When the network had taken the request, where it did not do so at once.
    pub(crate) taken: Option<u64>,
    /// When the first byte of the answer came.
    pub(crate) first_byte: Option<u64>,
}

/// What the generator itself did to a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Hindrance {
    /// By so much it may have lengthened it, in nanoseconds.
    pub(crate) cost_ns: u64,
    /// Whether it may have made it fail.
    pub(crate) excused: bool,
}
