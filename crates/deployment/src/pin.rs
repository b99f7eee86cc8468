//! Pins: the SHA-256 of a certificate's public key, as curl writes it.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};

/// The SHA-256 of a `SubjectPublicKeyInfo`; reads and prints itself as `sha256//<base64>`, as curl's `--pinnedpubkey` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin([u8; 32]);

/// Why a text is no pin.
#[derive(Debug, Clone, thiserror::Error)]
#[error(
    "{text:?} is not a pin: one is sha256// and the base64 of the 32 bytes of the SHA-256 of the server's public key"
)]
pub struct PinError {
    text: String,
}

impl Pin {
    /// The pin of a DER-encoded certificate's key, or none when the bytes are no certificate.
    pub fn of_certificate(der: &[u8]) -> Option<Self> {
        let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
        Some(Self(Sha256::digest(certificate.tbs_certificate.subject_pki.raw).into()))
    }
}

impl FromStr for Pin {
    type Err = PinError;

    fn from_str(text: &str) -> Result<Self, PinError> {
        let wrong = || PinError { text: text.to_owned() };
        let encoded = text.trim().strip_prefix("sha256//").ok_or_else(wrong)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| wrong())?;
        Ok(Self(bytes.try_into().map_err(|_| wrong())?))
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256//{}", STANDARD.encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints() {
        let text = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert_eq!(text.parse::<Pin>().unwrap().to_string(), text);
    }

    #[test]
    fn refuses_what_is_no_pin() {
        for text in [
            "",
            "sha256//",
            "sha256//AAAA",
            "sha1//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF!=",
        ] {
            assert!(text.parse::<Pin>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_pin_is_of_the_key_not_of_the_certificate() {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = |name: &str| {
            rcgen::CertificateParams::new(vec![name.to_owned()])
                .unwrap()
                .self_signed(&key)
                .unwrap()
        };
        let (one, other) = (certificate("a.example"), certificate("b.example"));
        assert_ne!(one.der(), other.der());
        assert_eq!(Pin::of_certificate(one.der()), Pin::of_certificate(other.der()));
        assert_eq!(Pin::of_certificate(b"no certificate"), None);
    }
}
