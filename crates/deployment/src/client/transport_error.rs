//! Why an exchange gave no answer, one clear sentence for each kind.

use super::loss::is_own_limit;
use super::waited::Waited;
use crate::{BaseUrl, CertificateRefused, Refusal, TrustError, Way, escaped, tls_in_words};
use http::{Method, Uri};
use std::error::Error as StdError;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

/// Why there was no whole answer.
///
/// The texts name the method and the path of a request but never its query, headers or body: those may hold secrets.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The target's trust cannot be set up: a mistake in the configuration.
    #[error("{0}")]
    Trust(Arc<TrustError>),
    /// The request itself cannot be sent: a mistake in the caller.
    #[error("{exchange} cannot be sent: {why}")]
    Unsendable {
        /// Method and URL.
        exchange: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nothing listens there.
    #[error(
        "cannot reach {base}: connection refused; is the server running, and is 5009 (HTTPS) or 6009 (HTTP) its port?"
    )]
    Refused {
        /// The target.
        base: String,
    },
    /// The host's name has no address.
    #[error("cannot reach {base}: the name {host} {}", unresolved(why))]
    Dns {
        /// The target.
        base: String,
        /// The name.
        host: String,
        /// What the resolver said.
        why: String,
    },
    /// No connection for another reason.
    #[error("cannot reach {base}: {why}")]
    Unreachable {
        /// The target.
        base: String,
        /// What the system said.
        why: String,
    },
    /// No connection, because this machine could not make another one.
    #[error("this machine cannot open another connection to {base}: {why}; the server was not asked")]
    OwnLimit {
        /// The target.
        base: String,
        /// What the system said.
        why: String,
    },
    /// No connection in time.
    #[error("cannot reach {base}: {}", .waited.told(*.after))]
    ConnectTimedOut {
        /// The target.
        base: String,
        /// The bound.
        after: Duration,
        /// What did not come.
        waited: Waited,
    },
    /// No connection from the addresses of this machine that were given.
    #[error("cannot reach {base} from {own}: it is at {there}, and IPv4 and IPv6 do not mix")]
    OwnAddress {
        /// The target.
        base: String,
        /// The addresses that were given.
        own: String,
        /// Where it, or the proxy before it, is.
        there: String,
    },
    /// Connected, but no answer began in time.
    #[error("{exchange} had no answer within {}", seconds(.after))]
    AnswerTimedOut {
        /// Method and URL.
        exchange: String,
        /// The bound.
        after: Duration,
    },
    /// The answer began, but did not end in time.
    #[error("{exchange} began to answer but did not finish within {} ({received} bytes of the body came)", seconds(.after))]
    BodyTimedOut {
        /// Method and URL.
        exchange: String,
        /// The bound.
        after: Duration,
        /// Bytes of the body that did come.
        received: usize,
    },
    /// The server's certificate is not trusted.
    #[error("{}", untrusted(.base, .refused))]
    Untrusted {
        /// The target.
        base: String,
        /// The certificate, and why.
        refused: Box<CertificateRefused>,
    },
    /// `https`, but the port does not speak TLS.
    #[error(
        "cannot reach {base}: what answers there does not speak TLS; if it is the plain HTTP port (6009 on premise), write http:// instead of https://"
    )]
    NotTls {
        /// The target.
        base: String,
    },
    /// `http`, but the port speaks TLS.
    #[error(
        "cannot reach {base}: what answers there speaks TLS; if it is the HTTPS port (5009 on premise), write https:// instead of http://"
    )]
    TlsOnly {
        /// The target.
        base: String,
    },
    /// The server demands a client certificate, and there is none.
    #[error("the server at {base} demands a client certificate (mutual TLS), and none was given to show it")]
    WantsCertificate {
        /// The target.
        base: String,
    },
    /// The server did not take the client certificate that it was shown.
    #[error("the server at {base} did not take the client certificate that it was shown: {why}")]
    CertificateNotTaken {
        /// The target.
        base: String,
        /// What it said.
        why: String,
    },
    /// No connection through the proxy.
    #[error("cannot reach {base} through the proxy {proxy}: {why}")]
    Proxy {
        /// The target.
        base: String,
        /// The proxy.
        proxy: String,
        /// What it answered, or why it cannot be reached.
        why: String,
    },
    /// The TLS handshake failed, though not over the certificate.
    #[error("cannot reach {base}: the TLS handshake failed ({why})")]
    Handshake {
        /// The target.
        base: String,
        /// What the TLS library said.
        why: String,
    },
    /// The connection was closed before any answer.
    #[error("{exchange} had no answer: the server closed the connection")]
    Closed {
        /// Method and URL.
        exchange: String,
    },
    /// The connection was closed in the middle of an answer.
    #[error("{exchange} broke off: the server closed the connection after {received} bytes of the body")]
    ClosedMidAnswer {
        /// Method and URL.
        exchange: String,
        /// Bytes of the body that did come.
        received: usize,
    },
    /// What came is not HTTP.
    #[error("{exchange} was answered with something that is not HTTP ({why})")]
    Malformed {
        /// Method and URL.
        exchange: String,
        /// What the HTTP library said.
        why: String,
    },
}

impl TransportError {
    /// Whether the server as a whole could not be reached, as opposed to one exchange that went wrong.
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::Trust(_)
                | Self::Refused { .. }
                | Self::Dns { .. }
                | Self::Unreachable { .. }
                | Self::OwnLimit { .. }
                | Self::OwnAddress { .. }
                | Self::ConnectTimedOut { .. }
                | Self::Untrusted { .. }
                | Self::NotTls { .. }
                | Self::TlsOnly { .. }
                | Self::Handshake { .. }
                | Self::WantsCertificate { .. }
                | Self::CertificateNotTaken { .. }
                | Self::Proxy { .. }
        )
    }

    /// Whether a time limit ran out.
    pub fn is_timeout(&self) -> bool {
        matches!(
            self,
            Self::ConnectTimedOut { .. } | Self::AnswerTimedOut { .. } | Self::BodyTimedOut { .. }
        )
    }
}

pub(super) fn seconds(duration: &Duration) -> String {
    format!("{} s", (duration.as_secs_f64() * 1000.0).round() / 1000.0)
}

fn untrusted(base: &str, refused: &CertificateRefused) -> String {
    let CertificateRefused {
        pin,
        fingerprint,
        reason,
    } = refused;
    let key = pin.map_or_else(|| "unreadable".to_owned(), |pin| pin.to_string());
    let seen = format!("public key {key}, certificate SHA-256 {fingerprint}");
    match reason {
        Refusal::OtherKey => format!(
            "the server at {base} holds another key than the pinned one ({seen}): unless its key was changed on purpose, \
             somebody may stand in between"
        ),
        Refusal::WrongName { .. } => format!(
            "the TLS certificate of {base} is not for this host: {reason} ({seen}); call it by a name in the \
             certificate"
        ),
        Refusal::Expired { .. } | Refusal::NotYetValid { .. } => format!(
            "the TLS certificate of {base} is out of date: {reason} ({seen}); renew it or check this machine's clock"
        ),
        Refusal::UnknownIssuer
        | Refusal::Authority { .. }
        | Refusal::VersionOne
        | Refusal::ShortKey { .. }
        | Refusal::Other(_) => {
            format!("the TLS certificate of {base} is not trusted: {reason} ({seen})")
        }
    }
}

/// How a request is named in errors: method and URL without its query.
pub(super) fn exchange(base: &BaseUrl, method: &Method, uri: &Uri) -> String {
    format!("{method} {}", escaped(base.join(uri.path()).as_bytes(), 300))
}

/// What went wrong before the answer's head was there.
pub(super) fn before_answer(
    error: &reqwest::Error,
    base: &BaseUrl,
    exchange: &str,
    connect_timeout: Duration,
    way: &Way,
) -> TransportError {
    let (base_text, exchange) = (base.to_string(), exchange.to_owned());
    if let Some(refused) = find::<CertificateRefused>(error) {
        return TransportError::Untrusted {
            base: base_text,
            refused: Box::new(refused.clone()),
        };
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return from_tls(tls, base_text);
    }
    if let Some(proxy) = way.proxy().filter(|_| error.is_dns() || error.is_connect()) {
        return through_proxy(error, base_text, proxy.to_string(), connect_timeout);
    }
    if error.is_dns() {
        return TransportError::Dns {
            base: base_text,
            host: way.destination(base).host,
            why: innermost(error),
        };
    }
    if error.is_connect() {
        if error.is_timeout() {
            return TransportError::ConnectTimedOut {
                base: base_text,
                after: connect_timeout,
                waited: Waited::Connection,
            };
        }
        if find::<std::io::Error>(error).is_some_and(is_own_limit) {
            return TransportError::OwnLimit {
                base: base_text,
                why: innermost(error),
            };
        }
        return match find::<std::io::Error>(error).map(std::io::Error::kind) {
            Some(ErrorKind::ConnectionRefused) => TransportError::Refused { base: base_text },
            Some(ErrorKind::UnexpectedEof) => TransportError::Handshake {
                base: base_text,
                why: "the server closed the connection in the middle of it".to_owned(),
            },
            _ => TransportError::Unreachable {
                base: base_text,
                why: innermost(error),
            },
        };
    }
    if error.is_builder() {
        return TransportError::Unsendable {
            exchange,
            why: innermost(error),
        };
    }
    match find::<hyper::Error>(error) {
        Some(http) if http.is_parse() => TransportError::Malformed {
            exchange,
            why: http.to_string(),
        },
        _ => TransportError::Closed { exchange },
    }
}

fn through_proxy(error: &reqwest::Error, base: String, proxy: String, after: Duration) -> TransportError {
    if error.is_timeout() {
        let waited = Waited::Proxied { proxy };
        return TransportError::ConnectTimedOut { base, after, waited };
    }
    let why = innermost(error);
    let why = if error.is_dns() {
        format!("its name {}", unresolved(&why))
    } else {
        why
    };
    TransportError::Proxy { base, proxy, why }
}

/// What went wrong while the answer's body was read.
pub(super) fn in_body(error: &reqwest::Error, exchange: &str, received: usize) -> TransportError {
    let exchange = exchange.to_owned();
    let broken_framing = find::<std::io::Error>(error)
        .is_some_and(|error| matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::InvalidData));
    if broken_framing {
        return TransportError::Malformed {
            exchange,
            why: innermost(error),
        };
    }
    TransportError::ClosedMidAnswer { exchange, received }
}

fn from_tls(error: &rustls::Error, base: String) -> TransportError {
    match error {
        rustls::Error::InvalidMessage(_) => TransportError::NotTls { base },
        other => TransportError::Handshake {
            base,
            why: tls_in_words(other),
        },
    }
}

/// The first error of type `T` in the chain; looks into `io::Error`s too, which hide what they carry from `source`.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        if let Some(rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other))) = error.downcast_ref()
            && let Some(found) = other.0.downcast_ref::<T>()
        {
            return Some(found);
        }
        next = carried(error).or_else(|| error.source());
    }
    None
}

fn carried<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    let inner = error.downcast_ref::<std::io::Error>()?.get_ref()?;
    Some(inner)
}

/// The text of the innermost error: the outer ones repeat the URL, whose query may hold a secret.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut last = error;
    while let Some(inner) = carried(last).or_else(|| last.source()) {
        last = inner;
    }
    if last.is::<reqwest::Error>() {
        return "the HTTP library gives no reason".to_owned();
    }
    escaped(last.to_string().as_bytes(), 200)
}

/// What a resolver's words say of a name: one that could not ask anybody does not know that there is no address.
fn unresolved(why: &str) -> String {
    if why.contains("Temporary failure") {
        format!("could not be looked up ({why}); does the name server of this machine answer?")
    } else {
        format!("has no address ({why}); is it spelt right?")
    }
}
