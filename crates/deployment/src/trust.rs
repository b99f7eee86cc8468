//! How a deployment's TLS certificate is trusted.

use super::tls::{Anything, Explained, Given, Pinned, provider};
use super::{BaseUrl, Pin, Way};
use proofload_results::plain_file;
use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How a deployment's TLS certificate is trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Trust {
    /// The system's own trust store.
    #[default]
    System,
    /// A PEM file of certificates: authorities, or the server's own self-signed one.
    Ca(PathBuf),
    /// The server's public key, whatever certificate it comes in.
    Pin(Pin),
    /// Anything at all. A warning goes with it.
    Insecure,
}

/// Why a trust cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file of certificates cannot be read.
    #[error("cannot read the certificates in {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file holds no certificate.
    #[error(
        "{} holds no certificate: {why}; a PEM file has -----BEGIN CERTIFICATE----- in it", path.display()
    )]
    NoCertificate {
        /// The file.
        path: PathBuf,
        /// What it holds instead.
        why: String,
    },
    /// The TLS library refuses.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// No file of certificates is larger: the whole of Mozilla's trust store takes a quarter of a megabyte.
const CA_FILE_BYTES: u64 = 4 << 20;

impl Trust {
    /// The TLS client configuration that trusts so, and shows servers that ask for it our own certificate; the one place where every
    /// client of the house gets it from. It offers no application protocol: callers who speak more than HTTP/1.1 clone it and
    /// add theirs.
    ///
    /// A handshake that fails over the certificate carries a [`super::CertificateRefused`] in its error.
    ///
    /// # Errors
    /// The CA file cannot be read or holds no certificate.
    pub fn client_config(&self, way: &Way) -> Result<Arc<ClientConfig>, TrustError> {
        let provider = provider();
        let verifier = Arc::new(Explained(self.verifier(provider.clone())?));
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_client_cert_resolver(way.shown());
        Ok(Arc::new(config))
    }

    /// What of the trust, and of what is shown to a server that asks, has no effect at a base URL without TLS, one sentence each. A
    /// file is read all the same: one that is not there, or is no certificate, was not meant.
    ///
    /// # Errors
    /// The CA file cannot be read or holds no certificate.
    pub fn without_effect(&self, way: &Way, base: &BaseUrl) -> Result<Vec<String>, TrustError> {
        let mut unused = Vec::new();
        if base.is_tls() {
            return Ok(unused);
        }
        match self {
            Self::Ca(path) => {
                read_certificates(path)?;
                unused.push(format!("the certificates in {}", path.display()));
            }
            Self::Pin(_) => unused.push("the pinned key".to_owned()),
            Self::System | Self::Insecure => {}
        }
        unused.extend(way.identity.as_ref().map(|_| "the client certificate".to_owned()));
        let sentence = |what: String| format!("{base} is plain HTTP: no use is made of {what}");
        Ok(unused.into_iter().map(sentence).collect())
    }

    fn verifier(&self, provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, TrustError> {
        Ok(match self {
            Self::System => match rustls_platform_verifier::Verifier::new(provider.clone()) {
                Ok(verifier) => Arc::new(verifier),
                // A system without any trusted authority (a bare container) still reaches plain HTTP, and over TLS
                // deserves the sentence about how else to trust, so it is no error here.
                Err(_) => Arc::new(Given::new(Vec::new(), provider)),
            },
            Self::Ca(path) => Arc::new(Given::new(read_certificates(path)?, provider)),
            Self::Pin(pin) => Arc::new(Pinned { pin: *pin, provider }),
            Self::Insecure => Arc::new(Anything { provider }),
        })
    }
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let unreadable = |source| TrustError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let nothing = |why: String| TrustError::NoCertificate {
        path: path.to_owned(),
        why,
    };
    let bytes = plain_file::read(path, CA_FILE_BYTES).map_err(unreadable)?;
    if plain_file::is_utf16(&bytes) {
        return Err(unreadable(io::Error::new(
            io::ErrorKind::InvalidData,
            plain_file::UTF16,
        )));
    }
    // Windows exports certificates as bare DER; there is no mistaking it for PEM.
    if let Ok(([], _)) = x509_parser::parse_x509_certificate(&bytes) {
        return Ok(vec![CertificateDer::from(bytes)]);
    }
    // A mark in front of any line hides it: files with and without one are also put together.
    let bytes = without_marks(&bytes);
    let certificates = CertificateDer::pem_slice_iter(&bytes)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| nothing(format!("its PEM is damaged ({error})")))?;
    if certificates.is_empty() {
        return Err(nothing("there is no PEM certificate in it".to_owned()));
    }
    Ok(certificates)
}

/// The same text without the byte-order marks that stand in front of its lines.
pub(crate) fn without_marks(text: &[u8]) -> Cow<'_, [u8]> {
    let lines = || text.split_inclusive(|byte| *byte == b'\n');
    if lines().all(|line| plain_file::without_mark(line).len() == line.len()) {
        return Cow::Borrowed(text);
    }
    let lines: Vec<&[u8]> = lines().map(plain_file::without_mark).collect();
    Cow::Owned(lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_trust_is_for_nothing_is_said_and_read_all_the_same() {
        let base = |url: &str| BaseUrl::parse(url).unwrap();
        let way = Way::default();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let trust = Trust::Ca(path.clone());
        assert!(
            trust
                .without_effect(&way, &base("https://a.example"))
                .unwrap()
                .is_empty()
        );
        let missing = trust.without_effect(&way, &base("http://a.example")).unwrap_err();
        assert!(missing.to_string().starts_with("cannot read the certificates in"));
        let signed = rcgen::generate_simple_self_signed(vec!["a.example".to_owned()]).unwrap();
        std::fs::write(&path, signed.cert.pem()).unwrap();
        let told = trust.without_effect(&way, &base("http://a.example")).unwrap();
        assert!(told[0].contains("plain HTTP: no use is made of the certificates in"));
        let none = Trust::System.without_effect(&way, &base("http://a.example")).unwrap();
        assert!(none.is_empty());
    }
}
