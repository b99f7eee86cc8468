//! What a connection waited for when its time was up.

use std::time::Duration;

/// What a connection waited for when its time was up, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Waited {
    /// The target.
    Connection,
    /// The target, or a proxy before it.
    Proxied {
        /// The proxy.
        proxy: String,
    },
    /// The addresses of a name.
    LookUp {
        /// The name.
        host: String,
    },
    /// A connection to a proxy.
    ProxyConnection {
        /// The proxy.
        proxy: String,
    },
    /// A proxy's answer, once there was a connection to it.
    Tunnel {
        /// The proxy.
        proxy: String,
    },
    /// The end of the TLS handshake, once there was a connection.
    Handshake {
        /// The proxy that the connection went through.
        proxy: Option<String>,
    },
}

impl Waited {
    /// What did not come, in words.
    pub(super) fn told(&self, after: Duration) -> String {
        let after = super::transport_error::seconds(&after);
        match self {
            Self::Connection => {
                format!("no connection within {after}; is the host right, and does a firewall let the port through?")
            }
            Self::Proxied { proxy } => format!("no connection through the proxy {proxy} within {after}"),
            Self::LookUp { host } => format!(
                "looking up the name {host} came to no end within {after}; does the name server of this machine answer?"
            ),
            Self::ProxyConnection { proxy } => format!(
                "the proxy {proxy} took no connection within {after}; is its address right, and does a firewall let the \
                 port through?"
            ),
            Self::Tunnel { proxy } => format!(
                "the proxy {proxy} took the connection, but did not answer CONNECT within {after}; does it reach the target?"
            ),
            Self::Handshake { proxy } => {
                let through = proxy
                    .as_ref()
                    .map_or_else(String::new, |proxy| format!(" through the proxy {proxy}"));
                format!(
                    "a connection was made{through}, but the TLS handshake came to no end within {after}; does this port \
                     speak TLS, and does anything in between hold it up?"
                )
            }
        }
    }
}
