//! The server on sockets, asked by a client that knows nothing of it.

use proofload_mock_server::{Identities, Listen, Server, Settings};
use reqwest::{Client, Response, StatusCode};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn start(settings: Settings, certificate_is_ca: bool) -> Server {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listen = Listen {
        http: Some(free),
        https: Some(free),
        certificate_is_ca,
    };
    Server::start(Arc::new(Identities::new(settings)), listen)
        .await
        .expect("starts on free ports")
}

/// A client that trusts the server's certificate and nothing else.
fn client(server: &Server) -> Client {
    let pem = server.certificate_pem().expect("HTTPS is on");
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM"))
        .expect("a certificate");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .build()
        .expect("a client")
}

async fn log_in(client: &Client, base: &str) -> Response {
    let body = json!({"username": "publisher", "password": "publisher-pass"});
    let request = client.post(format!("{base}/api/v1/authenticate"));
    let request = request
        .header("content-type", "application/json")
        .body(body.to_string());
    request.send().await.expect("an answer")
}

async fn token(client: &Client, base: &str) -> String {
    let answer: Value = log_in(client, base).await.json().await.expect("JSON");
    answer["token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn http_and_https_serve_the_same_under_the_prefix() {
    let settings = Settings {
        prefix: "/identities".to_owned(),
        ..Settings::default()
    };
    let server = start(settings, false).await;
    let client = client(&server);
    let (http, https) = (server.http_addr().expect("HTTP"), server.https_addr().expect("HTTPS"));
    for root in [
        format!("http://{http}"),
        format!("https://{https}"),
        format!("https://localhost:{}", https.port()),
    ] {
        let base = format!("{root}/identities");
        let token = token(&client, &base).await;
        let renew = client.get(format!("{base}/api/v1/renewToken")).bearer_auth(&token);
        assert_eq!(
            renew.send().await.expect("an answer").status(),
            StatusCode::OK,
            "{root}"
        );
        assert_eq!(log_in(&client, &root).await.status(), StatusCode::NOT_FOUND, "{root}");
    }
    server.shutdown().await;
}

#[tokio::test]
async fn the_certificate_is_an_authority_only_when_asked() {
    // rustls takes no authority as the server's own certificate, which tells the two apart from outside.
    for (is_ca, works) in [(false, true), (true, false)] {
        let server = start(Settings::default(), is_ca).await;
        let url = format!("https://{}/", server.https_addr().expect("HTTPS"));
        assert_eq!(client(&server).get(url).send().await.is_ok(), works, "CA:{is_ca}");
        server.shutdown().await;
    }
}

#[tokio::test]
async fn a_token_of_64_kb_is_refused_and_the_connection_lives_on() {
    let server = start(Settings::default(), false).await;
    let address = server.http_addr().expect("HTTP");
    let url = format!("http://{address}/api/v1/renewToken");
    let client = Client::builder()
        .tls_backend_preconfigured(no_tls())
        .build()
        .expect("a client");
    for size in [1_000, 64 * 1024, 128 * 1024] {
        let answer = client
            .get(&url)
            .bearer_auth("x".repeat(size))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{size} bytes");
    }
    server.shutdown().await;
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_413_but_only_for_who_may() {
    let server = start(Settings::default(), false).await;
    let base = format!("http://{}", server.http_addr().expect("HTTP"));
    let client = Client::builder()
        .tls_backend_preconfigured(no_tls())
        .build()
        .expect("a client");
    let token = token(&client, &base).await;
    let huge = vec![b' '; 30_000_001];
    for (token, status) in [(token.as_str(), 413), ("none", 401)] {
        let request = client
            .post(format!("{base}/api/v1/faceEdge/publish"))
            .bearer_auth(token);
        let request = request.header("content-type", "application/json").body(huge.clone());
        assert_eq!(request.send().await.expect("an answer").status().as_u16(), status);
    }
    server.shutdown().await;
}

#[tokio::test]
async fn a_stopped_server_takes_nothing_more() {
    let server = start(Settings::default(), false).await;
    let address = server.http_addr().expect("HTTP");
    server.shutdown().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_request_that_is_none_gets_400() {
    let server = start(Settings::default(), false).await;
    let mut stream = TcpStream::connect(server.http_addr().expect("HTTP"))
        .await
        .expect("connects");
    stream.write_all(b"nonsense\r\n\r\n").await.expect("writes");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("reads");
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    server.shutdown().await;
}

#[tokio::test]
async fn http2_is_offered_over_tls() {
    let server = start(Settings::default(), false).await;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let pem = server.certificate_pem().expect("HTTPS is on");
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM"))
        .expect("a certificate");
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let stream = TcpStream::connect(server.https_addr().expect("HTTPS"))
        .await
        .expect("connects");
    let name = "localhost".try_into().expect("a name");
    let connector = tokio_rustls::TlsConnector::from(Arc::new(tls));
    let stream = connector.connect(name, stream).await.expect("a handshake");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    server.shutdown().await;
}

#[tokio::test]
async fn a_taken_port_is_said_in_one_sentence() {
    let server = start(Settings::default(), false).await;
    let taken = Listen {
        http: server.http_addr(),
        ..Listen::default()
    };
    let again = Server::start(Arc::new(Identities::new(Settings::default())), taken).await;
    let text = again.expect_err("the port is taken").to_string();
    assert!(text.starts_with("cannot listen on 127.0.0.1:"), "{text}");
    server.shutdown().await;
}

/// HTTP needs no trust; reqwest wants a TLS configuration all the same, or a process-wide provider.
fn no_tls() -> rustls::ClientConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}
