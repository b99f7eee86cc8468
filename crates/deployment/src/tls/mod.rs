//! Verifiers of server certificates, one for each way of trusting.

mod alert;
mod anything;
mod by_key;
mod explained;
mod given;
mod names;
mod pinned;
mod refusal;
mod rsa;
mod shown;

pub use alert::tls_in_words;
pub(super) use anything::Anything;
pub use explained::CertificateRefused;
pub(super) use explained::Explained;
pub(super) use given::Given;
pub use names::is_made_for;
pub(super) use pinned::Pinned;
pub use refusal::Refusal;
pub(crate) use shown::Shown;

use rustls::crypto::CryptoProvider;
use std::sync::Arc;

/// The one cryptography of the house, always passed explicitly.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// The handshake's signatures, verified by rustls whatever is decided about the certificate itself: whoever shows a
/// certificate must also hold its key.
macro_rules! verify_signatures_with_provider {
    () => {
        fn verify_tls12_signature(
            &self,
            message: &[u8],
            cert: &rustls::pki_types::CertificateDer<'_>,
            dss: &rustls::DigitallySignedStruct,
        ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
            rustls::crypto::verify_tls12_signature(
                message,
                cert,
                dss,
                &self.provider.signature_verification_algorithms,
            )
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            cert: &rustls::pki_types::CertificateDer<'_>,
            dss: &rustls::DigitallySignedStruct,
        ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
            rustls::crypto::verify_tls13_signature(
                message,
                cert,
                dss,
                &self.provider.signature_verification_algorithms,
            )
        }

        fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
            self.provider
                .signature_verification_algorithms
                .supported_schemes()
        }
    };
}
use verify_signatures_with_provider;
