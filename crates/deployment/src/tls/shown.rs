//! What a server is shown that asks for a certificate of ours.

use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shows the one certificate there is, or none, and remembers that it was asked for one.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) key: Option<Arc<CertifiedKey>>,
    pub(crate) asked: Arc<AtomicBool>,
}

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        self.key.clone()
    }

    fn has_certs(&self) -> bool {
        true
    }
}
