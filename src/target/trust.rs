//! How a deployment's TLS certificate is trusted.

use std::path::PathBuf;
use std::sync::Arc;

/// How a deployment's TLS certificate is trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Trust {
    /// The system's own trust store.
    #[default]
    System,
    /// A PEM file of certificates: authorities, or the server's own self-signed one.
    Ca(PathBuf),
    /// The SHA-256 of the server certificate's public key (`sha256//` and base64, as curl writes it).
    Pin([u8; 32]),
    /// Anything at all. A warning goes with it.
    Insecure,
}

/// Why a trust cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {}

impl Trust {
    /// The TLS client configuration that trusts so; the one place where every client of the house gets it from.
    ///
    /// # Errors
    /// The CA file cannot be read or holds no certificate.
    pub fn client_config(&self) -> Result<Arc<rustls::ClientConfig>, TrustError> {
        todo!("helper C")
    }
}
