//! Little servers for the tests of this folder: each test has its own, on a free port.

use super::{Http, Limits};
use crate::{Account, Allow, BaseUrl, Permissions, Pin, Target, Trust, Way};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A target without accounts.
pub fn target(base: &str, trust: Trust) -> Target {
    Target {
        name: "test".to_owned(),
        base: BaseUrl::parse(base).unwrap(),
        trust,
        way: Way::default(),
        accounts: Vec::new(),
        allow: Allow {
            reads: true,
            writes: false,
            load: false,
        },
        signing_key: None,
        embedded: false,
    }
}

/// An account whose password needs quoting in JSON.
pub fn account() -> Account {
    Account {
        name: "main".to_owned(),
        username: "svc-main".to_owned(),
        password: "pass \"word\"".into(),
        permissions: Permissions::All,
    }
}

/// Short enough for tests that run into it, long enough for a busy machine to do everything else.
pub const LIMITS: Limits = Limits {
    timeout: Duration::from_secs(5),
    body_bytes: 64 << 10,
};

/// A client of the server at `base`.
pub fn client(base: &str) -> Http {
    Http::new(&target(base, Trust::System), LIMITS).unwrap()
}

/// Serves every connection with `serve`; ends with the test's runtime.
pub async fn listen<F, S>(serve: S) -> SocketAddr
where
    S: Fn(TcpStream) -> F + Send + Sync + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// Serves HTTP with `answer`.
pub async fn http(answer: impl Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static) -> String {
    let answer = Arc::new(answer);
    let address = listen(move |stream| serve_http(stream, answer.clone())).await;
    format!("http://{address}")
}

/// Serves HTTP with `answer`, one exchange on each connection: the next request on it is not answered, as where a server
/// closes an idle connection at the very moment that it is used again.
pub async fn http_once(answer: impl Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static) -> String {
    let answer = Arc::new(answer);
    let address = listen(move |stream| {
        let (answer, used) = (answer.clone(), Arc::new(AtomicBool::new(false)));
        async move {
            let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                let (answer, used) = (answer.clone(), used.clone());
                async move {
                    if used.swap(true, Ordering::SeqCst) {
                        return Err(std::io::Error::other("closed for being idle"));
                    }
                    let (parts, body) = request.into_parts();
                    let body = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
                    Ok(answer(Request::from_parts(parts, body)).map(Full::new))
                }
            });
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        }
    })
    .await;
    format!("http://{address}")
}

/// Serves HTTP on one connection.
pub async fn serve_http<I, A>(stream: I, answer: Arc<A>)
where
    I: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    A: Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
{
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let answer = answer.clone();
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            Ok::<_, Infallible>(answer(Request::from_parts(parts, body)).map(Full::new))
        }
    });
    // A client that goes away in the middle is part of some tests.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Reads a request's head, then writes `bytes` and hangs up, or holds the line when `hold` is set.
pub async fn raw(bytes: &'static [u8], hold: bool) -> String {
    let address = listen(move |mut stream| async move {
        let mut head = Vec::new();
        while !head.windows(4).any(|window| window == b"\r\n\r\n") {
            let mut buffer = [0; 4096];
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => return,
                // The beginning of a TLS handshake.
                Ok(_) if head.is_empty() && buffer[0] == 0x16 => return,
                Ok(count) => head.extend_from_slice(&buffer[..count]),
            }
        }
        let _ = stream.write_all(bytes).await;
        if hold {
            std::future::pending::<()>().await;
        }
    })
    .await;
    format!("http://{address}")
}

/// A port on which nothing listens.
pub async fn dead_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// A certificate, its PEM file, and a server that shows it.
pub struct Tls {
    _directory: tempfile::TempDir,
    /// The certificate.
    pub pem: std::path::PathBuf,
    /// Its pin.
    pub pin: Pin,
    /// Where the server listens.
    pub address: SocketAddr,
}

/// Serves HTTPS with a self-signed certificate for `localhost`, as `change` makes it.
pub async fn tls(change: impl FnOnce(&mut rcgen::CertificateParams)) -> Tls {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    change(&mut params);
    let certificate = params.self_signed(&key).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let pem = directory.path().join("c.pem");
    std::fs::write(&pem, certificate.pem()).unwrap();
    let pin = Pin::of_certificate(certificate.der()).unwrap();
    let address = tls_server(vec![certificate.der().clone()], &key).await;
    Tls {
        _directory: directory,
        pem,
        pin,
        address,
    }
}

/// Serves HTTPS with `chain`, and with `key` whether it belongs to the chain or not.
pub async fn tls_server(chain: Vec<CertificateDer<'static>>, key: &rcgen::KeyPair) -> SocketAddr {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let key = provider.key_provider.load_private_key(key).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(CertifiedKey::new(chain, key))));
    serve_tls(config).await
}

/// Serves HTTPS, as `config` has it, with the answer `hi`.
pub async fn serve_tls(config: rustls::ServerConfig) -> SocketAddr {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    listen(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                serve_http(stream, Arc::new(|_| Response::new(Bytes::from_static(b"hi")))).await;
            }
        }
    })
    .await
}
