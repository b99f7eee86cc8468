//! Why a certificate is not trusted, in words.

use super::{names, rsa};
use crate::text::escaped;
use chrono::{DateTime, Utc};
use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

/// Why a server certificate was not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody who is trusted vouches for it.
    #[error("no trusted authority vouches for it")]
    UnknownIssuer,
    /// It says of itself that it is an authority's, and is no server's to webpki.
    #[error(
        "{} says that it is an authority (CA:TRUE): such a one is trusted only where it is given itself, or its key is pinned",
        which(*.signed_by_itself)
    )]
    Authority {
        /// Whether it names itself as its issuer.
        signed_by_itself: bool,
    },
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
    /// Its key, or one above it, is too short for its signatures to be checked.
    #[error(
        "its RSA key, or one that it is signed with, has {bits} bits, and aws-lc, the library that checks signatures, takes none below {}: neither an authority nor a pin helps; give the server a longer key, or test it without any check of certificates",
        rsa::LEAST_BITS
    )]
    ShortKey {
        /// So long is the key, in bits.
        bits: usize,
    },
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

fn which(signed_by_itself: bool) -> &'static str {
    if signed_by_itself {
        "it is signed by itself, as openssl makes them, and"
    } else {
        "it"
    }
}

impl Refusal {
    /// Why a chain, the server's own certificate first, is not trusted under a name.
    pub(super) fn of(error: CertificateError, chain: &[&CertificateDer<'_>], server_name: &ServerName<'_>) -> Self {
        let Some(own) = chain.first() else {
            return Self::Other(in_words(&error));
        };
        if is_version_one(own) && error != CertificateError::ApplicationVerificationFailure {
            return Self::VersionOne;
        }
        // Whoever trusted it all the same would be told so next.
        if error != CertificateError::ApplicationVerificationFailure
            && let Some(bits) = rsa::short(own)
        {
            return Self::ShortKey { bits };
        }
        let date = |time: UnixTime| DateTime::from_timestamp(time.as_secs().try_into().ok()?, 0);
        match error {
            CertificateError::UnknownIssuer => Self::UnknownIssuer,
            CertificateError::Expired => Self::Expired { not_after: None },
            CertificateError::ExpiredContext { not_after, .. } => Self::Expired {
                not_after: date(not_after),
            },
            CertificateError::NotValidYet => Self::NotYetValid { not_before: None },
            CertificateError::NotValidYetContext { not_before, .. } => Self::NotYetValid {
                not_before: date(not_before),
            },
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Self::WrongName {
                expected: server_name.to_str().into_owned(),
                presented: presented(own),
            },
            CertificateError::ApplicationVerificationFailure => Self::OtherKey,
            CertificateError::BadSignature => chain
                .iter()
                .find_map(|certificate| rsa::short(certificate))
                .map_or_else(|| Self::Other(in_words(&error)), |bits| Self::ShortKey { bits }),
            CertificateError::Other(_) if is_authority(own) => Self::Authority {
                signed_by_itself: is_signed_by_itself(own),
            },
            other => Self::Other(in_words(&other)),
        }
    }
}

fn presented(certificate: &CertificateDer<'_>) -> String {
    match names::written(certificate).as_slice() {
        [] => "no name at all".to_owned(),
        // A certificate can bear hundreds of names, and any text at all in them.
        names => escaped(names.join(", ").as_bytes(), 200),
    }
}

/// Whether a certificate is of version 1 or 2, from before there were extensions.
fn is_version_one(certificate: &CertificateDer<'_>) -> bool {
    let parsed = x509_parser::parse_x509_certificate(certificate);
    parsed.is_ok_and(|(_, parsed)| parsed.version() != x509_parser::x509::X509Version::V3)
}

fn is_authority(certificate: &CertificateDer<'_>) -> bool {
    let parsed = x509_parser::parse_x509_certificate(certificate);
    parsed.is_ok_and(|(_, parsed)| parsed.is_ca())
}

fn is_signed_by_itself(certificate: &CertificateDer<'_>) -> bool {
    let parsed = x509_parser::parse_x509_certificate(certificate);
    parsed.is_ok_and(|(_, parsed)| parsed.issuer() == parsed.subject())
}

/// What is wrong with a certificate, where nothing more is known of it.
fn in_words(error: &CertificateError) -> String {
    let text = match error {
        CertificateError::BadEncoding => "it cannot be read",
        CertificateError::Revoked => "whoever issued it has revoked it",
        CertificateError::UnhandledCriticalExtension => {
            "it has a critical extension that webpki, the library that checks certificates, does not know"
        }
        CertificateError::BadSignature => "the signature on it, or on one above it, is not by the key that it names",
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "it, or one above it, is signed by an algorithm that webpki, the library that checks certificates, does not take"
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it was not made for servers"
        }
        CertificateError::Other(other) => {
            let why = escaped(other.0.to_string().as_bytes(), 120);
            return format!("webpki, the library that checks certificates, refuses it ({why})");
        }
        other => return escaped(other.to_string().as_bytes(), 200),
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::pki_types::pem::PemObject as _;
    use rustls::{Error, OtherError};
    use std::sync::Arc;

    fn refused(error: CertificateError, certificate: &CertificateDer<'_>) -> String {
        let name = ServerName::try_from("lab.example").unwrap();
        Refusal::of(error, &[certificate], &name).to_string()
    }

    #[test]
    fn a_key_that_is_too_short_is_said_to_be_that() {
        let certificate = CertificateDer::from_pem_slice(rsa::SHORT.as_bytes()).unwrap();
        for error in [
            CertificateError::BadSignature,
            CertificateError::UnknownIssuer,
            CertificateError::NotValidForName,
        ] {
            let told = refused(error, &certificate);
            assert!(told.contains("has 1024 bits, and aws-lc"), "{told}");
        }
        let told = refused(CertificateError::ApplicationVerificationFailure, &certificate);
        assert_eq!(told, "its key is not the pinned one");
    }

    #[test]
    fn names_are_told_as_they_are_written() {
        let key = rcgen::KeyPair::generate().unwrap();
        let names = ["other.example", "127.0.0.1", "::1"].map(str::to_owned);
        let certificate = rcgen::CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
        let told = refused(CertificateError::NotValidForName, certificate.der());
        assert_eq!(
            told,
            "it was made for other.example, 127.0.0.1, ::1, not for lab.example"
        );
    }

    #[test]
    fn what_libraries_say_is_put_into_words() {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(Vec::new())
            .unwrap()
            .self_signed(&key)
            .unwrap();
        let odd = CertificateError::Other(OtherError(Arc::new(Error::DecryptError)));
        for (error, words) in [
            (CertificateError::BadSignature, "is not by the key"),
            (CertificateError::InvalidPurpose, "not made for servers"),
            (odd, "refuses it (cannot decrypt peer's message)"),
            (
                CertificateError::NotValidForName,
                "for rcgen self signed cert, not for lab.example",
            ),
        ] {
            let told = refused(error, certificate.der());
            assert!(told.contains(words), "{told}");
        }
    }
}
