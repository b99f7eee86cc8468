//! Trusts one public key.

use super::verify_signatures_with_provider;
use crate::Pin;
use rustls::client::danger::{ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, Error};
use std::sync::Arc;

/// Trusts the one public key, in whatever certificate it comes: the key is the identity, so neither the names nor the
/// dates around it decide anything.
#[derive(Debug)]
pub(crate) struct Pinned {
    pub(crate) pin: Pin,
    pub(crate) provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if Pin::of_certificate(end_entity) == Some(self.pin) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::InvalidCertificate(
                CertificateError::ApplicationVerificationFailure,
            ))
        }
    }

    verify_signatures_with_provider!();
}
