//! Whether a certificate was made for a name.

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error};
use std::net::IpAddr;
use x509_parser::extensions::GeneralName;

/// Whether the certificate was made for `name`.
///
/// A certificate with no subject alternative name at all is judged by its common name, as OpenSSL and curl do: many
/// self-signed certificates of on-premise servers name their host nowhere else.
pub(super) fn check(certificate: &CertificateDer<'_>, name: &ServerName<'_>) -> Result<(), Error> {
    let parsed = ParsedCertificate::try_from(certificate)?;
    match rustls::client::verify_server_name(&parsed, name) {
        Err(error) => match common_name_without_alternatives(certificate) {
            Some(common) if common.eq_ignore_ascii_case(&name.to_str()) => Ok(()),
            Some(common) => Err(CertificateError::NotValidForNameContext {
                expected: name.to_owned(),
                presented: vec![common],
            }
            .into()),
            None => Err(error),
        },
        Ok(()) => Ok(()),
    }
}

/// Whether the certificate was made for the host, a name or an address without brackets.
pub fn is_made_for(certificate: &CertificateDer<'_>, host: &str) -> bool {
    ServerName::try_from(host).is_ok_and(|name| check(certificate, &name).is_ok())
}

/// The names and addresses that the certificate was made for.
pub(super) fn written(certificate: &CertificateDer<'_>) -> Vec<String> {
    if let Some(common) = common_name_without_alternatives(certificate) {
        return vec![common];
    }
    let Ok((_, parsed)) = x509_parser::parse_x509_certificate(certificate) else {
        return Vec::new();
    };
    let Ok(Some(alternatives)) = parsed.subject_alternative_name() else {
        return Vec::new();
    };
    alternatives.value.general_names.iter().map(in_words).collect()
}

fn in_words(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::DNSName(text) | GeneralName::RFC822Name(text) | GeneralName::URI(text) => (*text).to_owned(),
        GeneralName::IPAddress(bytes) => address(bytes).map_or_else(|| "an address".to_owned(), |at| at.to_string()),
        _ => "a name of another kind".to_owned(),
    }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// The common name, when the certificate has no subject alternative names that could speak instead.
fn common_name_without_alternatives(certificate: &CertificateDer<'_>) -> Option<String> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    if !matches!(parsed.subject_alternative_name(), Ok(None)) {
        return None;
    }
    let common = parsed.subject().iter_common_name().next()?;
    Some(common.as_str().ok()?.to_owned())
}
