//! HTTP on one keep-alive connection: HTTP/1.1 for the hot path, HTTP/2 where asked for.
//!
//! Why not hyper's client here: its channel between request and connection costs each idle connection about
//! 10 KB, its read buffer another 8 KB, and every exchange several wake-ups of a second task. A virtual user needs
//! one exchange at a time and throws bodies away, so this writes a prepared request with one vectored write, reads
//! into a buffer that all connections of a thread share, and keeps nothing in between.

mod connection;
mod http2;
mod response;

pub(super) use connection::{Answer, Connection, Connector};

/// What is kept of a body that was asked for.
const MAX_KEPT_BYTES: usize = 64 * 1024;

/// Why an exchange failed. Each kind has a short name, the same for every target, by which it is counted.
#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    /// No answer within the time-out.
    #[error("no complete answer came within the time-out")]
    Timeout,
    /// The connection could not be made.
    #[error("cannot connect: {0}")]
    Connect(std::io::Error),
    /// TLS could not be agreed on.
    #[error("the TLS handshake failed: {0}")]
    Tls(std::io::Error),
    /// The connection was lost before the answer was complete.
    #[error("the connection was lost: {0}")]
    Lost(std::io::Error),
    /// The answer breaks HTTP.
    #[error("{0}")]
    Protocol(&'static str),
    /// The body is longer than the bound.
    #[error("the body of the answer is longer than the bound")]
    BodyTooLong,
}

impl WireError {
    /// The name under which it is counted beside the statuses.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::Lost(_) => "reset",
            Self::Protocol(_) => "protocol",
            Self::BodyTooLong => "too-long",
        }
    }
}
