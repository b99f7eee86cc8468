//! Our own certificate, for servers that ask their clients for one.

use crate::tls::provider;
use crate::trust::without_marks;
use proofload_results::plain_file;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use secrecy::{ExposeSecret, SecretSlice};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A certificate of ours and its key.
#[derive(Clone)]
pub struct Identity {
    key: Arc<CertifiedKey>,
}

/// Why there is no certificate of ours.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A file cannot be read.
    #[error("cannot read {what} in {}: {source}", path.display())]
    Unreadable {
        /// What it should hold.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file holds something else.
    #[error("{} holds no {what}; a PEM file has -----BEGIN {label}----- in it", path.display())]
    Lacks {
        /// What it should hold.
        what: &'static str,
        /// How PEM calls that.
        label: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// The key is encrypted.
    #[error(
        "the key in {path} is encrypted, which is not supported: decrypt it with `openssl pkey -in {path} -out plain.key`, name that file, and let nobody else read it", path = path.display()
    )]
    Encrypted {
        /// The file.
        path: PathBuf,
    },
    /// Certificate and key do not go together.
    #[error("the key in {} is not that of the certificate in {}", key.display(), certificate.display())]
    Unlike {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's.
        key: PathBuf,
    },
    /// The TLS library refuses.
    #[error("the key in {} cannot be used: {why}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What it says.
        why: String,
    },
}

/// No chain of certificates nor key is longer.
const FILE_BYTES: u64 = 1 << 20;

impl Identity {
    /// Reads a certificate, its own first and perhaps those that vouch for it, and its key, both in PEM; one file may hold both.
    ///
    /// # Errors
    /// One sentence says what is wrong with which file.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, IdentityError> {
        let chain = read("the client certificate", certificate)?;
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain.expose_secret())
            .collect::<Result<_, _>>()
            .unwrap_or_default();
        if chain.is_empty() {
            return Err(IdentityError::Lacks {
                what: "certificate",
                label: "CERTIFICATE",
                path: certificate.to_owned(),
            });
        }
        let text = read("the client certificate's key", key)?;
        let encrypted = [&b"BEGIN ENCRYPTED PRIVATE KEY"[..], b"Proc-Type: 4,ENCRYPTED"];
        let holds = |mark: &[u8]| text.expose_secret().windows(mark.len()).any(|window| window == mark);
        if encrypted.into_iter().any(holds) {
            return Err(IdentityError::Encrypted { path: key.to_owned() });
        }
        let private = PrivateKeyDer::from_pem_slice(text.expose_secret()).map_err(|_| IdentityError::Lacks {
            what: "private key",
            label: "PRIVATE KEY",
            path: key.to_owned(),
        })?;
        let unusable = |error: rustls::Error| IdentityError::Unusable {
            path: key.to_owned(),
            why: error.to_string(),
        };
        let signing = provider().key_provider.load_private_key(private).map_err(unusable)?;
        let certified = CertifiedKey::new(chain, signing);
        match certified.keys_match() {
            Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch)) => Err(IdentityError::Unlike {
                certificate: certificate.to_owned(),
                key: key.to_owned(),
            }),
            // What cannot be compared, an odd certificate, is for the server to judge.
            _ => Ok(Self {
                key: Arc::new(certified),
            }),
        }
    }

    pub(crate) fn key(&self) -> Arc<CertifiedKey> {
        self.key.clone()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

fn read(what: &'static str, path: &Path) -> Result<SecretSlice<u8>, IdentityError> {
    let unreadable = |source| IdentityError::Unreadable {
        what,
        path: path.to_owned(),
        source,
    };
    let bytes: SecretSlice<u8> = plain_file::read(path, FILE_BYTES).map_err(unreadable)?.into();
    if plain_file::is_utf16(bytes.expose_secret()) {
        return Err(unreadable(io::Error::new(
            io::ErrorKind::InvalidData,
            plain_file::UTF16,
        )));
    }
    Ok(without_marks(bytes.expose_secret()).into_owned().into())
}
