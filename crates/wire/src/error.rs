//! Why an exchange failed.

use proofload_deployment::{Proxy, escaped, tls_in_words};
use proofload_results::load::Complaint;
use std::io;

/// Why an exchange failed. Each kind has a short name, the same for every target, by which it is counted.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// No answer within the time-out.
    #[error("no complete answer came within the time-out")]
    Timeout,
    /// There was nothing to send the request over within the time-out; what was missing.
    #[error("{0} within the time-out")]
    NotInTime(&'static str),
    /// The call could not be sent within the time-out, for a reason that the server gave.
    #[error("{0}")]
    Held(&'static str),
    /// The connection could not be made.
    #[error("cannot connect: {0}")]
    Connect(std::io::Error),
    /// The proxy gave no connection. That says nothing of the target.
    #[error("cannot connect: {why}")]
    Proxy {
        /// What it was, in one sentence.
        why: String,
        /// Whether it wants a password, and will not think better of it.
        wants_password: bool,
    },
    /// TLS could not be agreed on.
    #[error("the TLS handshake failed: {}", told(.0))]
    Tls(std::io::Error),
    /// The connection was lost before the answer was complete.
    #[error("the connection was lost: {}", told(.0))]
    Lost(std::io::Error),
    /// The server gave the call up, by the code that it told.
    #[error("{}", reset_in_words(.0))]
    Reset(&'static str),
    /// The server did nothing of the call and said so, twice.
    #[error("the server did nothing of the call and said so ({0})")]
    Unprocessed(&'static str),
    /// The answer breaks HTTP.
    #[error("{0}")]
    Protocol(&'static str),
    /// The body is longer than the bound.
    #[error("the body of the answer is longer than the bound")]
    BodyTooLong,
}

/// An error in words: what a server says by a TLS alert, in TLS 1.3 also after the handshake, with what to try.
fn told(error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    inner.map_or_else(|| error.to_string(), tls_in_words)
}

/// So much of a reason is kept, in characters.
const TOLD: usize = 240;

impl WireError {
    /// The sentence in which it is counted among the reasons, safe to show.
    pub fn told(&self) -> String {
        escaped(self.to_string().as_bytes(), TOLD)
    }

    /// The proxy gave no connection.
    pub(super) fn proxy(proxy: &Proxy, error: &io::Error) -> Self {
        let said = match error.kind() {
            io::ErrorKind::TimedOut => "it gave none within the time-out".to_owned(),
            _ => error.to_string(),
        };
        let proxy = format!("the proxy {proxy}");
        // What it answered is told with its name already.
        Self::Proxy {
            why: if said.starts_with(&proxy) {
                said
            } else {
                format!("{proxy}: {said}")
            },
            wants_password: error.kind() == io::ErrorKind::PermissionDenied,
        }
    }

    /// Whether the connection went away in the TLS handshake: nobody said no.
    pub fn is_lost_in_handshake(&self) -> bool {
        matches!(self, Self::Tls(error) if is_closing(error))
    }

    /// Whether the connection was closed: what broke in another way was not idle for too long.
    pub(super) fn is_closing(&self) -> bool {
        matches!(self, Self::Lost(error) if is_closing(error))
    }

    /// The same for another call that waited for the same connection.
    pub(super) fn again(&self) -> Self {
        match self {
            Self::Timeout => Self::Timeout,
            Self::NotInTime(what) => Self::NotInTime(what),
            Self::Held(why) => Self::Held(why),
            Self::Connect(error) => Self::Connect(same(error)),
            Self::Proxy { why, wants_password } => Self::Proxy {
                why: why.clone(),
                wants_password: *wants_password,
            },
            Self::Tls(error) => Self::Tls(same(error)),
            Self::Lost(error) => Self::Lost(same(error)),
            Self::Reset(code) => Self::Reset(code),
            Self::Unprocessed(how) => Self::Unprocessed(how),
            Self::Protocol(why) => Self::Protocol(why),
            Self::BodyTooLong => Self::BodyTooLong,
        }
    }

    /// The name under which it is counted beside the statuses.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Timeout | Self::NotInTime(_) | Self::Held(_) => "timeout",
            Self::Proxy { .. } => Complaint::PROXY,
            Self::Connect(error) => used_up(error).unwrap_or("connect"),
            Self::Tls(error) => used_up(error).unwrap_or("tls"),
            Self::Lost(_) | Self::Reset(_) | Self::Unprocessed(_) => "reset",
            Self::Protocol(_) => "protocol",
            Self::BodyTooLong => "too-long",
        }
    }
}

/// Whether an error says that a connection ended, and not that what came over it was wrong.
fn is_closing(error: &io::Error) -> bool {
    let by_tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        .is_some();
    let kinds = [
        io::ErrorKind::UnexpectedEof,
        io::ErrorKind::ConnectionReset,
        io::ErrorKind::ConnectionAborted,
        io::ErrorKind::BrokenPipe,
        io::ErrorKind::NotConnected,
    ];
    !by_tls && kinds.contains(&error.kind())
}

/// The same error once more: it may be told of several calls.
pub(super) fn same(error: &io::Error) -> io::Error {
    if let Some(code) = error.raw_os_error() {
        return io::Error::from_raw_os_error(code);
    }
    match error.get_ref().map(|inner| inner.downcast_ref::<rustls::Error>()) {
        None => error.kind().into(),
        Some(Some(tls)) => io::Error::new(error.kind(), tls.clone()),
        Some(None) => io::Error::new(error.kind(), error.to_string()),
    }
}

/// Why a server gave up a call over HTTP/2, with what to try where that is known.
fn reset_in_words(code: &str) -> String {
    let more = match code {
        "HTTP_1_1_REQUIRED" => ": it answers that in HTTP/1.1 only",
        "ENHANCE_YOUR_CALM" => ": it takes no more from this connection",
        _ => "",
    };
    format!("the server gave the call up (RST_STREAM {code}){more}")
}

/// What this machine has used up so that no connection could be made; none where it lies elsewhere. That says nothing of the
/// target.
pub(super) fn used_up(error: &io::Error) -> Option<&'static str> {
    // On connecting, an address that is not available or in use is one of ours, local port included: all are taken.
    if matches!(error.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::AddrInUse) {
        return Some(Complaint::OUT_OF_PORTS);
    }
    let code = error.raw_os_error()?;
    if NO_DESCRIPTOR.contains(&code) {
        Some(Complaint::OUT_OF_DESCRIPTORS)
    } else {
        NO_BUFFER.contains(&code).then_some(Complaint::OUT_OF_PORTS)
    }
}

/// ENFILE and EMFILE: the system, or the process, has no descriptor left.
#[cfg(not(windows))]
const NO_DESCRIPTOR: [i32; 2] = [23, 24];
/// WSAEMFILE.
#[cfg(windows)]
const NO_DESCRIPTOR: [i32; 1] = [10_024];
/// Windows says WSAENOBUFS where its local ports are used up.
#[cfg(windows)]
const NO_BUFFER: [i32; 1] = [10_055];
#[cfg(not(windows))]
const NO_BUFFER: [i32; 0] = [];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_is_told_in_words_whenever_it_comes() {
        let alert = || rustls::Error::AlertReceived(rustls::AlertDescription::CertificateRequired);
        for error in [
            WireError::Tls(io::Error::new(io::ErrorKind::InvalidData, alert())),
            WireError::Lost(io::Error::new(io::ErrorKind::InvalidData, alert())),
        ] {
            assert!(error.told().contains("wants a client certificate"), "{}", error.told());
        }
    }

    #[test]
    fn what_is_wrong_is_not_taken_for_a_connection_that_was_closed() {
        let garbage = rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
        let garbage = io::Error::new(io::ErrorKind::InvalidData, garbage);
        assert!(!WireError::Lost(same(&garbage)).is_closing() && !WireError::Tls(garbage).is_lost_in_handshake());
        for kind in [io::ErrorKind::UnexpectedEof, io::ErrorKind::ConnectionReset] {
            assert!(WireError::Lost(kind.into()).is_closing() && WireError::Tls(kind.into()).is_lost_in_handshake());
        }
        assert!(!WireError::Timeout.is_closing());
    }

    #[test]
    fn what_this_machine_has_used_up_is_not_the_targets() {
        let name = |error: io::Error| WireError::Connect(error).name();
        assert_eq!(name(io::ErrorKind::AddrNotAvailable.into()), "no-local-port");
        assert_eq!(name(io::ErrorKind::ConnectionRefused.into()), "connect");
        for code in NO_DESCRIPTOR {
            assert_eq!(name(io::Error::from_raw_os_error(code)), "no-descriptor");
        }
        #[cfg(target_os = "linux")]
        {
            assert_eq!(name(io::Error::from_raw_os_error(99)), "no-local-port", "EADDRNOTAVAIL");
            assert_eq!(name(io::Error::from_raw_os_error(111)), "connect", "ECONNREFUSED");
        }
        assert_eq!(WireError::Lost(io::ErrorKind::AddrNotAvailable.into()).name(), "reset");
    }
}
