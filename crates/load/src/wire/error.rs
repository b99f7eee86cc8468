//! Why an exchange failed.

use proofload_deployment::escaped;

/// Why an exchange failed. Each kind has a short name, the same for every target, by which it is counted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
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

/// So much of a reason is kept, in characters.
const TOLD: usize = 200;

impl WireError {
    /// The sentence in which it is counted among the reasons, safe to show.
    pub(crate) fn told(&self) -> String {
        escaped(self.to_string().as_bytes(), TOLD)
    }

    /// The name under which it is counted beside the statuses.
    pub(crate) fn name(&self) -> &'static str {
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
