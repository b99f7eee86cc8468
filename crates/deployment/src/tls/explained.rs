//! Refusals that say which certificate was refused, so that a person can decide to trust it.

use super::{Refusal, rsa};
use crate::Pin;
use proofload_results::hash::fingerprint;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use std::sync::Arc;

/// A server certificate that was not trusted; rides in the `rustls::Error` of the failed handshake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the server's certificate was refused: {reason}")]
pub struct CertificateRefused {
    /// The pin of its key, unless it could not be read at all.
    pub pin: Option<Pin>,
    /// The SHA-256 of the whole certificate, in hexadecimal pairs, as browsers show it.
    pub fingerprint: String,
    /// Why.
    pub reason: Refusal,
}

/// Passes everything on to another verifier, and turns its refusals into [`CertificateRefused`].
#[derive(Debug)]
pub(crate) struct Explained(pub(crate) Arc<dyn ServerCertVerifier>);

impl ServerCertVerifier for Explained {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.0
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            .map_err(|error| match error {
                Error::InvalidCertificate(error) => {
                    let chain: Vec<_> = std::iter::once(end_entity).chain(intermediates).collect();
                    refused(Refusal::of(error, &chain, server_name), end_entity)
                }
                other => other,
            })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0
            .verify_tls12_signature(message, cert, dss)
            .map_err(|error| too_short(error, cert))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0
            .verify_tls13_signature(message, cert, dss)
            .map_err(|error| too_short(error, cert))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

fn refused(reason: Refusal, certificate: &CertificateDer<'_>) -> Error {
    let refused = CertificateRefused {
        pin: Pin::of_certificate(certificate),
        fingerprint: fingerprint(certificate),
        reason,
    };
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refused))))
}

/// A signature of the handshake that is called wrong only because the key is too short for it to be checked.
fn too_short(error: Error, certificate: &CertificateDer<'_>) -> Error {
    match (&error, rsa::short(certificate)) {
        (Error::InvalidCertificate(CertificateError::BadSignature), Some(bits)) => {
            refused(Refusal::ShortKey { bits }, certificate)
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::tls_in_words;
    use rustls::pki_types::pem::PemObject as _;

    #[test]
    fn a_signature_by_a_key_that_is_too_short_is_not_called_wrong() {
        let certificate = CertificateDer::from_pem_slice(rsa::SHORT.as_bytes()).unwrap();
        let told = tls_in_words(&too_short(CertificateError::BadSignature.into(), &certificate));
        assert!(
            told.contains("1024 bits") && told.contains("public key sha256//"),
            "{told}"
        );
        let other = rcgen::KeyPair::generate().unwrap();
        let other = rcgen::CertificateParams::new(Vec::new())
            .unwrap()
            .self_signed(&other)
            .unwrap();
        let told = tls_in_words(&too_short(CertificateError::BadSignature.into(), other.der()));
        assert!(told.contains("did not sign with its key"), "{told}");
    }
}
