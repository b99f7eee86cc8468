//! Why a server that never answered in HTTP did not: it speaks another scheme, or wants a certificate of ours.

use super::Http;
use crate::client::retrace::{Stop, retrace};
use crate::client::speaks_http::speaks_http;
use crate::client::speaks_tls::speaks_tls;
use crate::client::{TransportError, Waited};
use std::net::IpAddr;

impl Http {
    /// Whether the port of a plain `http` target speaks TLS. Asked once.
    pub(in crate::client) async fn port_speaks_tls(&self) -> bool {
        !self.base.is_tls()
            && *self
                .shared
                .speaks_tls
                .get_or_init(|| speaks_tls(&self.base, &self.shared.way))
                .await
    }

    /// The same error of a server that never answered in HTTP; another, where the base URL has the wrong scheme.
    pub(super) async fn other_scheme(&self, error: TransportError) -> TransportError {
        let base = self.base.to_string();
        let by_tls = matches!(
            error,
            TransportError::Handshake { .. }
                | TransportError::Unreachable { .. }
                | TransportError::Closed { .. }
                | TransportError::Malformed { .. }
        );
        if by_tls && let Some(error) = self.certificate_wanted(Some(&error)) {
            return error;
        }
        // A TLS port answers plain HTTP with an alert, which is no HTTP, by hanging up, or not at all.
        let like_tls = matches!(
            error,
            TransportError::Closed { .. } | TransportError::Malformed { .. } | TransportError::AnswerTimedOut { .. }
        );
        if like_tls && self.port_speaks_tls().await {
            return TransportError::TlsOnly { base };
        }
        // A plain port answers a handshake in HTTP, by hanging up, or waits for the end of a line.
        let like_plain = matches!(
            error,
            TransportError::Handshake { .. }
                | TransportError::Unreachable { .. }
                | TransportError::ConnectTimedOut { .. }
        );
        if like_plain && self.base.is_tls() && self.port_speaks_http().await {
            return TransportError::NotTls { base };
        }
        self.stopped(error).await
    }

    /// The same error; where no connection was made in time, or a proxy made none, with what was seen on the way. Looked at once.
    async fn stopped(&self, error: TransportError) -> TransportError {
        let way = &self.shared.way;
        if let TransportError::AnswerTimedOut { exchange, after } = error {
            // In clear text a proxy takes the call itself: nobody sees which of the two is silent.
            let through = way.proxy().filter(|_| !self.base.is_tls());
            let through = through.map_or_else(String::new, |proxy| format!(" through the proxy {proxy}"));
            let exchange = format!("{exchange}{through}");
            return TransportError::AnswerTimedOut { exchange, after };
        }
        let is_worth_a_look = match &error {
            TransportError::ConnectTimedOut { .. } | TransportError::Proxy { .. } => true,
            TransportError::Unreachable { .. } | TransportError::OwnLimit { .. } => !way.from.is_empty(),
            _ => false,
        };
        if !is_worth_a_look {
            return error;
        }
        let stop = self.shared.stop.get_or_init(|| retrace(&self.base, way)).await.clone();
        let proxy = way.proxy().map(ToString::to_string);
        let told = |addresses: &[IpAddr]| addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match (error, stop, proxy) {
            (TransportError::Proxy { base, proxy, .. }, Stop::Refused(why), _) => {
                TransportError::Proxy { base, proxy, why }
            }
            (TransportError::ConnectTimedOut { base, after, waited }, stop, proxy) => {
                let waited = match (stop, proxy) {
                    (Stop::LookUp, _) => Waited::LookUp {
                        host: way.destination(&self.base).host,
                    },
                    (Stop::Connection, Some(proxy)) => Waited::ProxyConnection { proxy },
                    (Stop::Tunnel, Some(proxy)) => Waited::Tunnel { proxy },
                    (Stop::Handshake, proxy) => Waited::Handshake { proxy },
                    _ => waited,
                };
                TransportError::ConnectTimedOut { base, after, waited }
            }
            (_, Stop::Family(there), _) => TransportError::OwnAddress {
                base: self.base.to_string(),
                own: told(&way.from),
                there: told(&there),
            },
            (error, ..) => error,
        }
    }

    /// What to say of a server that asked for a certificate of ours and did not go on.
    pub(in crate::client) fn certificate_wanted(&self, error: Option<&TransportError>) -> Option<TransportError> {
        let (base, way) = (self.base.to_string(), &self.shared.way);
        if way.lacks_certificate() {
            return Some(TransportError::WantsCertificate { base });
        }
        let why = match error {
            Some(TransportError::Handshake { why, .. }) => why.clone(),
            _ => "it closed the connection".to_owned(),
        };
        way.showed_certificate()
            .then_some(TransportError::CertificateNotTaken { base, why })
    }

    async fn port_speaks_http(&self) -> bool {
        *self
            .shared
            .plain_http
            .get_or_init(|| speaks_http(&self.base, &self.shared.way))
            .await
    }
}
