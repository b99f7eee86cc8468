//! Signatures of a handshake, held against the key in a certificate whatever else the certificate says: webpki reads no
//! certificates of versions 1 and 2, which are in the field.

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use rustls::{CertificateError, DigitallySignedStruct, Error, PeerMisbehaved};

/// The key in a certificate.
///
/// # Errors
/// The certificate cannot be read.
pub(super) fn key_of<'a>(certificate: &'a CertificateDer<'_>) -> Result<SubjectPublicKeyInfoDer<'a>, Error> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).map_err(|_| CertificateError::BadEncoding)?;
    Ok(SubjectPublicKeyInfoDer::from(parsed.tbs_certificate.subject_pki.raw))
}

/// Whether whoever signed a message of a TLS 1.2 handshake holds the key in the certificate.
///
/// # Errors
/// It does not, or the certificate cannot be read.
pub(super) fn verify(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    supported: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).map_err(|_| CertificateError::BadEncoding)?;
    let key = &parsed.tbs_certificate.subject_pki;
    let offered = supported.mapping.iter().find(|(scheme, _)| *scheme == signed.scheme);
    let Some((_, algorithms)) = offered else {
        return Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into());
    };
    let bits: &[u8] = &key.subject_public_key.data;
    // A scheme of TLS 1.2 does not say which curve the key is on: the one that fits does.
    let fits = algorithms.iter().any(|algorithm| {
        contains(key.raw, algorithm.public_key_alg_id().as_ref())
            && algorithm.verify_signature(bits, message, signed.signature()).is_ok()
    });
    if fits {
        Ok(HandshakeSignatureValid::assertion())
    } else {
        Err(CertificateError::BadSignature.into())
    }
}

/// Whether a key names that algorithm: its name stands right behind the headers of two sequences.
fn contains(key: &[u8], algorithm: &[u8]) -> bool {
    key.windows(algorithm.len()).take(8).any(|window| window == algorithm)
}
