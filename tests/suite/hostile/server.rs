//! The clean mock behind a hand-written HTTP server, which misbehaves on one operation.

use crate::hostile::misbehaviour::Misbehaviour;
use bytes::Bytes;
use proofload_mock_server::{Identities, Settings};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;

/// A server on a free port; what its threads wait for ends when it is dropped.
pub(crate) struct Server {
    scheme: &'static str,
    address: SocketAddr,
    /// Dropped with the server, which wakes every connection that waits.
    _connections: Arc<Mutex<Vec<Sender<()>>>>,
}

/// Two certificates of one key for 127.0.0.1, of which one has expired.
pub(crate) struct Certificates {
    folder: tempfile::TempDir,
    good: Arc<ServerConfig>,
    expired: Arc<ServerConfig>,
}

impl Certificates {
    pub(crate) fn make() -> Self {
        let key = rcgen::KeyPair::generate().expect("a key");
        let certificate = |expired: bool| {
            let mut params = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a name");
            if expired {
                params.not_after = rcgen::date_time_ymd(2002, 2, 3);
            }
            params.self_signed(&key).expect("a certificate")
        };
        let (good, expired) = (certificate(false), certificate(true));
        let folder = tempfile::tempdir().expect("a folder");
        let both = format!("{}{}", good.pem(), expired.pem());
        std::fs::write(folder.path().join("ca.pem"), both).expect("written");
        let config = |certificate: &rcgen::Certificate| server_config(certificate.der().clone(), &key);
        Self {
            good: config(&good),
            expired: config(&expired),
            folder,
        }
    }

    /// A file that trusts both, so that only the date decides.
    pub(crate) fn good_pem(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

fn server_config(certificate: CertificateDer<'static>, key: &rcgen::KeyPair) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the usual versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .expect("a key and its certificate");
    Arc::new(config)
}

impl Server {
    /// Serves HTTP and does as `misbehaviour` says on `GET /api/v1/Tags`.
    pub(crate) fn start(misbehaviour: Misbehaviour) -> Self {
        Self::misbehaving(misbehaviour, |method, path| method == "GET" && path == "/api/v1/Tags")
    }

    /// Serves HTTP and does as `misbehaviour` says where `badly` says so.
    pub(crate) fn misbehaving(misbehaviour: Misbehaviour, badly: fn(&str, &str) -> bool) -> Self {
        Self::listen("http", move |mut stream, identities, closing| {
            let mut reader = BufReader::new(stream.try_clone()?);
            while let Some(request) = read(&mut reader)? {
                if badly(request.method().as_str(), request.uri().path()) {
                    return misbehaviour.answer(&mut stream, closing);
                }
                write(&mut stream, &identities.respond(&request), "keep-alive")?;
            }
            Ok(())
        })
    }

    /// Serves HTTPS, one exchange on each connection, and shows the expired certificate from connection `turn` on.
    pub(crate) fn start_tls(certificates: &Certificates, turn: usize) -> Self {
        let (good, expired) = (certificates.good.clone(), certificates.expired.clone());
        let count = AtomicUsize::new(0);
        Self::listen("https", move |stream, identities, _| {
            let config = if count.fetch_add(1, Ordering::SeqCst) < turn {
                good.clone()
            } else {
                expired.clone()
            };
            let connection = ServerConnection::new(config).map_err(io::Error::other)?;
            let mut reader = BufReader::new(StreamOwned::new(connection, stream));
            if let Some(request) = read(&mut reader)? {
                let stream = reader.get_mut();
                write(stream, &identities.respond(&request), "close")?;
                stream.conn.send_close_notify();
                stream.flush()?;
            }
            Ok(())
        })
    }

    fn listen<F>(scheme: &'static str, serve: F) -> Self
    where
        F: Fn(TcpStream, &Identities, &Receiver<()>) -> io::Result<()> + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let identities = Arc::new(Identities::new(Settings::default()));
        let connections: Arc<Mutex<Vec<Sender<()>>>> = Arc::default();
        let (open, serve) = (Arc::downgrade(&connections), Arc::new(serve));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(stream), Some(connections)) = (stream, open.upgrade()) else {
                    return;
                };
                let (until, closing) = mpsc::channel();
                connections.lock().expect("not poisoned").push(until);
                let (identities, serve) = (identities.clone(), serve.clone());
                // A client that hangs up in the middle is what these tests are about.
                thread::spawn(move || drop(serve(stream, &identities, &closing)));
            }
        });
        Self {
            scheme,
            address,
            _connections: connections,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }
}

/// Reads one request; none when the client has hung up.
fn read(reader: &mut impl BufRead) -> io::Result<Option<http::Request<Bytes>>> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return Ok(None);
    };
    let mut request = http::Request::builder().method(method).uri(path);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        request = request.header(name, value.trim());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    request.body(body.into()).map(Some).map_err(io::Error::other)
}

fn write(stream: &mut impl Write, response: &http::Response<Bytes>, connection: &str) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {}\r\nconnection: {connection}\r\n", response.status()).into_bytes();
    for (name, value) in response.headers() {
        if name != http::header::CONTENT_LENGTH {
            head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
    }
    head.extend(format!("content-length: {}\r\n\r\n", response.body().len()).into_bytes());
    head.extend(response.body());
    stream.write_all(&head)?;
    stream.flush()
}
