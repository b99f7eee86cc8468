//! Refusals that say which certificate was refused, so that a person can decide to trust it.

use crate::Pin;
use crate::text::escaped;
use chrono::{DateTime, Utc};
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

/// Why a server certificate was not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody who is trusted vouches for it.
    #[error("no trusted authority vouches for it")]
    UnknownIssuer,
    /// It was made for other names.
    #[error("it was made for {presented}, not for {expected}")]
    WrongName {
        /// The name it was asked for.
        expected: String,
        /// The names it bears.
        presented: String,
    },
    /// Its time is over.
    #[error("it expired{}", on(.not_after.as_ref()))]
    Expired {
        /// When.
        not_after: Option<DateTime<Utc>>,
    },
    /// Its time has not come.
    #[error("it is not valid yet{}", on(.not_before.as_ref()))]
    NotYetValid {
        /// When it will be.
        not_before: Option<DateTime<Utc>>,
    },
    /// It is of a version that cannot be checked.
    #[error(
        "it is an X.509 version 1 certificate, which webpki, the library that checks certificates, cannot hold against an authority or a name; its key can be pinned"
    )]
    VersionOne,
    /// Its key is not the pinned one.
    #[error("its key is not the pinned one")]
    OtherKey,
    /// Something else.
    #[error("{0}")]
    Other(String),
}

fn on(instant: Option<&DateTime<Utc>>) -> String {
    instant.map_or_else(String::new, |at| format!(" on {}", at.format("%Y-%m-%d")))
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
                    let refused = CertificateRefused {
                        pin: Pin::of_certificate(end_entity),
                        fingerprint: fingerprint(end_entity),
                        reason: if is_version_one(end_entity)
                            && !matches!(error, CertificateError::ApplicationVerificationFailure)
                        {
                            Refusal::VersionOne
                        } else {
                            reason(error, server_name)
                        },
                    };
                    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refused))))
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
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// Whether a certificate is of version 1 or 2, from before there were extensions.
fn is_version_one(certificate: &CertificateDer<'_>) -> bool {
    let parsed = x509_parser::parse_x509_certificate(certificate);
    parsed.is_ok_and(|(_, parsed)| parsed.version() != x509_parser::x509::X509Version::V3)
}

fn reason(error: CertificateError, server_name: &ServerName<'_>) -> Refusal {
    let date = |time: UnixTime| DateTime::from_timestamp(time.as_secs().try_into().ok()?, 0);
    match error {
        CertificateError::UnknownIssuer => Refusal::UnknownIssuer,
        CertificateError::Expired => Refusal::Expired { not_after: None },
        CertificateError::ExpiredContext { not_after, .. } => Refusal::Expired {
            not_after: date(not_after),
        },
        CertificateError::NotValidYet => Refusal::NotYetValid { not_before: None },
        CertificateError::NotValidYetContext { not_before, .. } => Refusal::NotYetValid {
            not_before: date(not_before),
        },
        CertificateError::NotValidForName => Refusal::WrongName {
            expected: server_name.to_str().into_owned(),
            presented: "other names".to_owned(),
        },
        CertificateError::NotValidForNameContext { expected, presented } => Refusal::WrongName {
            expected: expected.to_str().into_owned(),
            presented: if presented.is_empty() {
                "no name at all".to_owned()
            } else {
                // A certificate can bear hundreds of names, and any text at all in them.
                escaped(presented.join(", ").as_bytes(), 200)
            },
        },
        CertificateError::ApplicationVerificationFailure => Refusal::OtherKey,
        other => Refusal::Other(other.to_string()),
    }
}
