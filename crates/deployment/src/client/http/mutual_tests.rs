//! Certificates of our own, for servers that demand them; and certificates from before there were extensions.

use super::*;
use crate::client::preflight;
use crate::client::testing::{LIMITS, http, serve_tls, target, tls_server};
use crate::{Identity, IdentityError, Pin, Refusal, Trust};
use http::{Request, Response};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Made with OpenSSL, which alone still makes such certificates. The key is nobody's.
const VERSION_ONE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBJDCBywIUP+J8nCi+5A0hfwE3JD63bjKnDT8wCgYIKoZIzj0EAwIwFDESMBAG
A1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyODIxMDQxMloYDzIxMjYxMTA0MjEwNDEy
WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AAQETomWeCU1x2XPLe+biHJTtrJK4dsya0uawSbC5MRrar9QcxLCG3GJCC0YcD+7
s6wiWb/fxEvTA/t1prm1MURoMAoGCCqGSM49BAMCA0gAMEUCIC0lBxgtU4uqqiVc
58cxNOJvWat6zUm2ZCGoQhjbqXCIAiEAq5BR9TEdW7Yikn+Wc6ZFEKypFBfwDq8S
OZimEvTTzr0=
-----END CERTIFICATE-----
";
const ITS_KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvYjXD5sLYTFuPn0Z
qDrijouw7Y5SSzW3N/ANjdcUtbOhRANCAAQETomWeCU1x2XPLe+biHJTtrJK4dsy
a0uawSbC5MRrar9QcxLCG3GJCC0YcD+7s6wiWb/fxEvTA/t1prm1MURo
-----END PRIVATE KEY-----
";

/// A certificate of ours and its key in files, and the authority that vouches for it.
struct Ours {
    folder: tempfile::TempDir,
    authority: CertificateDer<'static>,
}

impl Ours {
    fn new() -> Self {
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority_key = rcgen::KeyPair::generate().unwrap();
        let authority = params.self_signed(&authority_key).unwrap().der().clone();
        let issuer = rcgen::Issuer::new(params, authority_key);
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["camera".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let folder = tempfile::tempdir().unwrap();
        // As Windows writes them.
        std::fs::write(folder.path().join("c.pem"), format!("\u{feff}{}", certificate.pem())).unwrap();
        std::fs::write(folder.path().join("k.pem"), format!("\u{feff}{}", key.serialize_pem())).unwrap();
        Self { folder, authority }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn identity(&self) -> Identity {
        Identity::read(&self.file("c.pem"), &self.file("k.pem")).unwrap()
    }

    /// A server that demands a certificate which this authority vouches for.
    async fn server(&self, version: &'static rustls::SupportedProtocolVersion) -> SocketAddr {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut roots = rustls::RootCertStore::empty();
        roots.add(self.authority.clone()).unwrap();
        let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let own = params.self_signed(&key).unwrap().der().clone();
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(
                vec![own],
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )
            .unwrap();
        serve_tls(config).await
    }
}

async fn get(base: &str, trust: Trust, identity: Option<Identity>) -> Result<Answer, TransportError> {
    let mut target = target(base, trust);
    target.way.identity = identity;
    let http = Http::new(&target, LIMITS).unwrap();
    http.send(Request::get("/").body(Bytes::new()).unwrap()).await
}

#[tokio::test]
async fn a_server_that_demands_a_certificate_is_shown_ours_and_told_where_there_is_none() {
    let (ours, stranger) = (Ours::new(), Ours::new());
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let base = format!("https://{}", ours.server(version).await);
        let answer = get(&base, Trust::Insecure, Some(ours.identity())).await.unwrap();
        assert_eq!(answer.body, "hi");
        let error = get(&base, Trust::Insecure, None).await.unwrap_err();
        assert!(matches!(error, TransportError::WantsCertificate { .. }), "{error:?}");
        let error = get(&base, Trust::Insecure, Some(stranger.identity()))
            .await
            .unwrap_err();
        assert!(matches!(error, TransportError::CertificateNotTaken { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_page_about_anything_else_is_no_demand_for_a_certificate() {
    let page = |_| {
        Response::builder()
            .status(400)
            .header("content-type", "text/html")
            .body(Bytes::from_static(b"<html>"))
            .unwrap()
    };
    let base = http(page).await;
    let error = preflight(&Http::new(&target(&base, Trust::System), LIMITS).unwrap())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("with a web page (status 400)"), "{error}");
}

#[test]
fn what_is_wrong_with_a_certificate_of_ours_is_told_by_file() {
    let (ours, other) = (Ours::new(), Ours::new());
    let read = |certificate: &Path, key: &Path| Identity::read(certificate, key).unwrap_err();
    let (certificate, key) = (ours.file("c.pem"), ours.file("k.pem"));
    assert!(matches!(
        read(&certificate, &other.file("k.pem")),
        IdentityError::Unlike { .. }
    ));
    assert!(matches!(
        read(&key, &key),
        IdentityError::Lacks {
            label: "CERTIFICATE",
            ..
        }
    ));
    assert!(matches!(
        read(&certificate, &certificate),
        IdentityError::Lacks {
            label: "PRIVATE KEY",
            ..
        }
    ));
    assert!(matches!(
        read(&certificate, &ours.file("none")),
        IdentityError::Unreadable { .. }
    ));
    std::fs::write(
        &key,
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----\n",
    )
    .unwrap();
    let sentence = read(&certificate, &key).to_string();
    assert!(
        sentence.contains("is encrypted") && sentence.contains("openssl pkey -in"),
        "{sentence}"
    );
    // One file may hold both.
    let both = other.file("both.pem");
    let text =
        std::fs::read_to_string(other.file("k.pem")).unwrap() + &std::fs::read_to_string(other.file("c.pem")).unwrap();
    std::fs::write(&both, text).unwrap();
    Identity::read(&both, &both).unwrap();
}

#[tokio::test]
async fn a_certificate_of_version_one_is_trusted_by_its_key_alone() {
    let certificate = CertificateDer::from_pem_slice(VERSION_ONE.as_bytes()).unwrap();
    let key = rcgen::KeyPair::from_pem(ITS_KEY).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.pem");
    std::fs::write(&file, VERSION_ONE).unwrap();
    let pin = Pin::of_certificate(&certificate).unwrap();
    let base = format!(
        "https://localhost:{}",
        tls_server(vec![certificate.clone()], &key).await.port()
    );
    assert_eq!(get(&base, Trust::Pin(pin), None).await.unwrap().body, "hi");
    for trust in [Trust::System, Trust::Ca(file)] {
        match get(&base, trust.clone(), None).await.unwrap_err() {
            TransportError::Untrusted { refused, .. } => {
                assert_eq!((refused.reason, refused.pin), (Refusal::VersionOne, Some(pin)));
            }
            other => panic!("{trust:?}: {other:?}"),
        }
    }
    // Its key must be held all the same, in either version of TLS.
    let other = rcgen::KeyPair::generate().unwrap();
    let base = format!(
        "https://localhost:{}",
        tls_server(vec![certificate], &other).await.port()
    );
    let error = get(&base, Trust::Pin(pin), None).await.unwrap_err();
    assert!(matches!(error, TransportError::Handshake { .. }), "{error:?}");
}

#[tokio::test]
async fn a_key_that_is_pinned_signs_tls_1_2_too() {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let certificate = CertificateDer::from_pem_slice(VERSION_ONE.as_bytes()).unwrap();
    let pin = Pin::of_certificate(&certificate).unwrap();
    for (pem, held) in [
        (ITS_KEY.to_owned(), true),
        (rcgen::KeyPair::generate().unwrap().serialize_pem(), false),
    ] {
        let key = provider
            .key_provider
            .load_private_key(PrivateKeyDer::from_pem_slice(pem.as_bytes()).unwrap())
            .unwrap();
        let shown = rustls::sign::CertifiedKey::new(vec![certificate.clone()], key);
        let config = rustls::ServerConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&[&rustls::version::TLS12])
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(shown)));
        let address = serve_tls(config).await;
        assert_eq!(
            get(&format!("https://{address}"), Trust::Pin(pin), None).await.is_ok(),
            held
        );
    }
}
