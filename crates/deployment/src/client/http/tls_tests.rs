//! How certificates are trusted, against little servers that show the tests' own.

use super::*;
use crate::client::testing::{LIMITS, Tls, target, tls, tls_server};
use crate::{Pin, Trust};
use http::Request;

async fn get(base: &str, trust: Trust) -> Result<Answer, TransportError> {
    let http = Http::new(&target(base, trust), LIMITS).unwrap();
    http.send(Request::get("/").body(Bytes::new()).unwrap()).await
}

impl Tls {
    async fn get(&self, trust: Trust) -> Result<Answer, TransportError> {
        self.get_from("127.0.0.1", trust).await
    }

    async fn get_from(&self, host: &str, trust: Trust) -> Result<Answer, TransportError> {
        get(&format!("https://{host}:{}", self.address.port()), trust).await
    }
}

fn is_authority(params: &mut rcgen::CertificateParams) {
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
}

#[tokio::test]
async fn a_servers_own_certificate_is_trusted_whether_it_says_ca_or_not() {
    for server in [tls(|_| ()).await, tls(is_authority).await] {
        let answer = server.get(Trust::Ca(server.pem.clone())).await.unwrap();
        assert_eq!(answer.body, "hi");
    }
}

#[tokio::test]
async fn a_pin_trusts_its_key_and_no_other() {
    let (server, other) = (tls(|_| ()).await, tls(|_| ()).await);
    server.get(Trust::Pin(server.pin)).await.unwrap();
    let error = server.get(Trust::Pin(other.pin)).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("another key than the pinned one"), "{text}");
    assert!(text.contains(&server.pin.to_string()), "{text}");
}

#[tokio::test]
async fn insecure_trusts_anything() {
    tls(|_| ()).await.get(Trust::Insecure).await.unwrap();
}

#[tokio::test]
async fn an_untrusted_certificate_is_shown_with_its_key() {
    let (server, other) = (tls(|_| ()).await, tls(|_| ()).await);
    for trust in [Trust::System, Trust::Ca(other.pem.clone())] {
        let error = server.get(trust).await.unwrap_err();
        assert!(error.is_unreachable());
        let text = error.to_string();
        for part in ["is not trusted".to_owned(), format!("public key {}", server.pin)] {
            assert!(text.contains(&part), "{part} in {text}");
        }
    }
}

#[tokio::test]
async fn a_certificate_that_says_that_it_is_an_authority_is_told_without_the_words_of_the_library() {
    let (server, other) = (tls(is_authority).await, tls(|_| ()).await);
    for trust in [Trust::System, Trust::Ca(other.pem.clone())] {
        let text = server.get(trust).await.unwrap_err().to_string();
        assert!(
            text.contains("is signed by itself") && text.contains("(CA:TRUE)"),
            "{text}"
        );
        assert!(!text.contains("CaUsedAsEndEntity"), "{text}");
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused_by_name() {
    let server = tls(|params| {
        params.subject_alt_names = vec![rcgen::SanType::DnsName("elsewhere.example".try_into().unwrap())];
    })
    .await;
    let error = server.get(Trust::Ca(server.pem.clone())).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("it was made for elsewhere.example, not for 127.0.0.1"),
        "{text}"
    );
    assert!(text.contains("not for this host"), "{text}");
}

#[tokio::test]
async fn a_common_name_counts_when_there_is_no_other() {
    let named = |name: &'static str| {
        move |params: &mut rcgen::CertificateParams| {
            params.subject_alt_names = Vec::new();
            params.distinguished_name = rcgen::DistinguishedName::new();
            params.distinguished_name.push(rcgen::DnType::CommonName, name);
        }
    };
    let server = tls(named("localhost")).await;
    let trust = Trust::Ca(server.pem.clone());
    server.get_from("localhost", trust).await.unwrap();
    let server = tls(named("elsewhere.example")).await;
    let error = server.get(Trust::Ca(server.pem.clone())).await.unwrap_err();
    assert!(error.to_string().contains("elsewhere.example"), "{error}");
}

#[tokio::test]
async fn a_certificate_out_of_date_is_refused_by_date() {
    let server = tls(|params| {
        params.not_before = rcgen::date_time_ymd(2001, 1, 1);
        params.not_after = rcgen::date_time_ymd(2002, 2, 3);
    })
    .await;
    let error = server.get(Trust::Ca(server.pem.clone())).await.unwrap_err();
    assert!(error.to_string().contains("expired on 2002-02-03"), "{error}");
    let server = tls(|params| params.not_before = rcgen::date_time_ymd(2999, 1, 1)).await;
    let error = server.get(Trust::Ca(server.pem.clone())).await.unwrap_err();
    assert!(error.to_string().contains("not valid yet"), "{error}");
}

#[tokio::test]
async fn a_ca_file_that_is_none_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ca.pem");
    let with = |path: &std::path::Path| {
        Http::new(&target("https://localhost", Trust::Ca(path.to_owned())), LIMITS)
            .unwrap_err()
            .to_string()
    };
    assert!(with(&path).contains("ca.pem"));
    std::fs::write(&path, "hello").unwrap();
    assert!(with(&path).contains("holds no certificate"));
}

/// An authority, its PEM file, and a certificate that it issued for 127.0.0.1.
struct Issued {
    folder: tempfile::TempDir,
    chain: Vec<rustls::pki_types::CertificateDer<'static>>,
    key: rcgen::KeyPair,
}

/// With `between`, an intermediate authority stands between the two.
fn issued(between: bool) -> Issued {
    let authority = |name: &str| {
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        is_authority(&mut params);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params
    };
    let root_key = rcgen::KeyPair::generate().unwrap();
    let root = authority("root").self_signed(&root_key).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), root.pem()).unwrap();
    let mut issuer = rcgen::Issuer::new(authority("root"), root_key);
    let mut chain = Vec::new();
    if between {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = authority("between").signed_by(&key, &issuer).unwrap();
        chain.push(certificate.der().clone());
        issuer = rcgen::Issuer::new(authority("between"), key);
    }
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    chain.insert(0, certificate.der().clone());
    Issued { folder, chain, key }
}

#[tokio::test]
async fn an_authority_vouches_for_what_it_issued_directly_or_not() {
    for between in [false, true] {
        let issued = issued(between);
        let trust = Trust::Ca(issued.folder.path().join("ca.pem"));
        let address = tls_server(issued.chain.clone(), &issued.key).await;
        get(&format!("https://{address}"), trust.clone()).await.unwrap();
        // The same without what stands between: nobody can follow the chain any more.
        let address = tls_server(issued.chain[..1].to_vec(), &issued.key).await;
        let answer = get(&format!("https://{address}"), trust).await;
        assert_eq!(answer.is_ok(), !between);
    }
}

#[tokio::test]
async fn whoever_shows_a_certificate_must_hold_its_key() {
    let issued = issued(false);
    let other_key = rcgen::KeyPair::generate().unwrap();
    let pin = Pin::of_certificate(&issued.chain[0]).unwrap();
    let own = issued.folder.path().join("own.der");
    std::fs::write(&own, &issued.chain[0]).unwrap();
    let address = tls_server(issued.chain.clone(), &other_key).await;
    for trust in [
        Trust::Pin(pin),
        Trust::Ca(own),
        Trust::Ca(issued.folder.path().join("ca.pem")),
    ] {
        let base = format!("https://{address}");
        let error = get(&base, trust.clone()).await.unwrap_err();
        assert!(
            matches!(error, TransportError::Handshake { .. }),
            "{trust:?}: {error:?}"
        );
    }
}
