//! What of a failed exchange is the server's doing, and what is this machine's.

use super::transport_error::TransportError;
use std::io::ErrorKind;

/// How a server failed to answer a call that it should have answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Loss {
    /// An answer began and broke off, or never came to its end.
    Cut,
    /// The connection was closed without an answer.
    Dropped,
    /// Nothing came in time.
    Unanswered,
    /// No connection could be made.
    NotConnected,
    /// What came is not HTTP.
    NotHttp,
}

impl TransportError {
    /// How the server failed to answer; none where it is not the server's doing: a configuration that does not hold, a name
    /// that is not found, a limit of this machine.
    pub fn loss(&self) -> Option<Loss> {
        match self {
            Self::BodyTimedOut { .. } | Self::ClosedMidAnswer { .. } => Some(Loss::Cut),
            Self::Closed { .. } => Some(Loss::Dropped),
            Self::AnswerTimedOut { .. } => Some(Loss::Unanswered),
            Self::Refused { .. }
            | Self::Unreachable { .. }
            | Self::ConnectTimedOut { .. }
            | Self::Handshake { .. }
            | Self::Proxy { .. } => Some(Loss::NotConnected),
            Self::Malformed { .. } => Some(Loss::NotHttp),
            Self::Trust(_)
            | Self::Unsendable { .. }
            | Self::Dns { .. }
            | Self::OwnLimit { .. }
            | Self::OwnAddress { .. }
            | Self::Untrusted { .. }
            | Self::NotTls { .. }
            | Self::WantsCertificate { .. }
            | Self::CertificateNotTaken { .. }
            | Self::TlsOnly { .. } => None,
        }
    }
}

/// Whether this machine gave out before the server was asked: no file descriptors (EMFILE, ENFILE), no local ports
/// (EADDRNOTAVAIL), no memory for sockets (ENOBUFS), no network at all.
pub(super) fn is_own_limit(error: &std::io::Error) -> bool {
    const DESCRIPTORS_AND_BUFFERS: [i32; 4] = if cfg!(target_os = "linux") {
        [24, 23, 105, 12]
    } else {
        [24, 23, 55, 12]
    };
    let by_kind = matches!(
        error.kind(),
        ErrorKind::AddrNotAvailable | ErrorKind::NetworkDown | ErrorKind::NetworkUnreachable
    );
    let by_number = cfg!(unix)
        && error
            .raw_os_error()
            .is_some_and(|number| DESCRIPTORS_AND_BUFFERS.contains(&number));
    by_kind || by_number
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Waited;
    use std::time::Duration;

    #[test]
    fn what_this_machine_lacks_is_not_the_server_s_fault() {
        let by_number = |number| is_own_limit(&std::io::Error::from_raw_os_error(number));
        if cfg!(target_os = "linux") {
            // EMFILE, ENFILE, ENOBUFS, EADDRNOTAVAIL, ENETUNREACH.
            for number in [24, 23, 105, 99, 101] {
                assert!(by_number(number), "{number}");
            }
            // ECONNREFUSED, ECONNRESET, EHOSTUNREACH.
            for number in [111, 104, 113] {
                assert!(!by_number(number), "{number}");
            }
        }
        let own = TransportError::OwnLimit {
            base: "http://h".to_owned(),
            why: "no file descriptors".to_owned(),
        };
        assert_eq!(own.loss(), None);
        assert!(own.is_unreachable());
    }

    #[test]
    fn what_a_healthy_server_would_have_answered_is_a_loss() {
        let exchange = || "GET http://h/x".to_owned();
        let base = || "http://h".to_owned();
        let second = Duration::from_secs(1);
        for (error, loss) in [
            (
                TransportError::ClosedMidAnswer {
                    exchange: exchange(),
                    received: 3,
                },
                Loss::Cut,
            ),
            (
                TransportError::BodyTimedOut {
                    exchange: exchange(),
                    after: second,
                    received: 3,
                },
                Loss::Cut,
            ),
            (TransportError::Closed { exchange: exchange() }, Loss::Dropped),
            (
                TransportError::AnswerTimedOut {
                    exchange: exchange(),
                    after: second,
                },
                Loss::Unanswered,
            ),
            (TransportError::Refused { base: base() }, Loss::NotConnected),
            (
                TransportError::ConnectTimedOut {
                    base: base(),
                    after: second,
                    waited: Waited::Connection,
                },
                Loss::NotConnected,
            ),
            (
                TransportError::Malformed {
                    exchange: exchange(),
                    why: String::new(),
                },
                Loss::NotHttp,
            ),
        ] {
            assert_eq!(error.loss(), Some(loss), "{error}");
        }
        assert_eq!(TransportError::TlsOnly { base: base() }.loss(), None);
    }
}
