//! Trusts the certificates it was given: as authorities, or as the server's own.

use super::{names, verify_signatures_with_provider};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, Error, RootCertStore};
use std::sync::Arc;
use std::time::Duration;

/// Trusts the certificates it was given.
///
/// A server whose own self-signed certificate was given is believed by the certificate's identity, byte for byte. Webpki
/// alone would not do: it refuses an end entity that says `CA:TRUE` (`openssl req -x509` makes those) even when the very
/// same certificate is its trust anchor.
#[derive(Debug)]
pub(crate) struct Given {
    known: Vec<CertificateDer<'static>>,
    /// None when no certificate given can be an authority.
    authorities: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl Given {
    pub(crate) fn new(given: Vec<CertificateDer<'static>>, provider: Arc<CryptoProvider>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(given.iter().cloned());
        let authorities = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
            .build()
            .ok();
        Self {
            known: given,
            authorities,
            provider,
        }
    }
}

impl ServerCertVerifier for Given {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.known.iter().any(|known| known == end_entity) {
            check_dates(end_entity, now)?;
            names::check(end_entity, server_name)?;
            return Ok(ServerCertVerified::assertion());
        }
        match &self.authorities {
            Some(authorities) => {
                authorities.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            }
            None => Err(CertificateError::UnknownIssuer.into()),
        }
    }

    verify_signatures_with_provider!();
}

/// Whether `now` lies in the certificate's validity.
fn check_dates(certificate: &CertificateDer<'_>, now: UnixTime) -> Result<(), Error> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).map_err(|_| CertificateError::BadEncoding)?;
    let validity = parsed.validity();
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let instant = |at: i64| UnixTime::since_unix_epoch(Duration::from_secs(at.try_into().unwrap_or(0)));
    if seconds < validity.not_before.timestamp() {
        return Err(CertificateError::NotValidYetContext {
            time: now,
            not_before: instant(validity.not_before.timestamp()),
        }
        .into());
    }
    if seconds > validity.not_after.timestamp() {
        return Err(CertificateError::ExpiredContext {
            time: now,
            not_after: instant(validity.not_after.timestamp()),
        }
        .into());
    }
    Ok(())
}
