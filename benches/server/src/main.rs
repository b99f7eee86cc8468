//! A bare hyper server to measure load generators against: it answers every call with about 130 bytes and does nothing else.
//!
//! `proofload-bench-server [--https] [--http2] [--stall] [--arrivals FILE]` prints its base URL as one line. With `--http2` it speaks
//! HTTP/2, too, in clear text to clients that know (prior knowledge). With `--stall` everything
//! freezes for one second every five seconds, and each freeze goes to stderr as `stall FROM TO` in Unix nanoseconds.
//! With `--arrivals FILE` the instant of every request (Unix nanoseconds, one a line) is written there when stdin closes.
//! `proofload-bench-server --pace ADDRESS RATE SECONDS` is no server but the barest client: the least that a machine allows.

mod pace;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::cell::RefCell;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::LocalSet;

type Failed = Box<dyn std::error::Error + Send + Sync>;
/// Tasks of this thread only.
#[derive(Clone)]
struct Here;

impl<F: Future<Output = ()> + 'static> hyper::rt::Executor<F> for Here {
    fn execute(&self, task: F) {
        tokio::task::spawn_local(task);
    }
}

type Arrivals = Option<Rc<RefCell<Vec<u128>>>>;

/// A login's answer with a token that ends in the year 2100.
const ANSWER: &[u8] = br#"{"username":"bench","token":"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1bmlxdWVfbmFtZSI6ImJlbmNoIiwiZXhwIjo0MTAyNDQ0ODAwfQ.c2lnbmF0dXJl"}"#;

const STALL: Duration = Duration::from_secs(1);
const STALL_EVERY: Duration = Duration::from_secs(5);

fn main() -> Result<(), Failed> {
    let args: Vec<String> = std::env::args().collect();
    if let [_, pace, address, per_s, seconds] = args.as_slice()
        && pace == "--pace"
    {
        return pace::pace(address, per_s.parse()?, Duration::from_secs(seconds.parse()?));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, serve())
}

async fn serve() -> Result<(), Failed> {
    let args: Vec<String> = std::env::args().collect();
    let given = |name: &str| args.iter().position(|arg| arg == name);
    let https = given("--https").is_some();
    let speaks_http2 = given("--http2").is_some();
    let file = given("--arrivals").and_then(|at| args.get(at + 1)).cloned();
    let arrivals: Arrivals = file.as_ref().map(|_| Rc::default());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let scheme = if https { "https" } else { "http" };
    say(&format!("{scheme}://{}", listener.local_addr()?));
    if given("--stall").is_some() {
        tokio::task::spawn_local(stall());
    }
    let accepting = accept(
        listener,
        https.then(|| acceptor(speaks_http2)).transpose()?,
        speaks_http2,
        arrivals.clone(),
    );
    tokio::select! {
        result = accepting => result,
        () = end_of_stdin() => {
            if let (Some(file), Some(arrivals)) = (file, arrivals) {
                let mut lines = String::new();
                for arrival in arrivals.borrow().iter() {
                    let _ = writeln!(lines, "{arrival}");
                }
                std::fs::write(file, lines)?;
            }
            Ok(())
        }
    }
}

async fn accept(
    listener: TcpListener,
    tls: Option<tokio_rustls::TlsAcceptor>,
    http2: bool,
    arrivals: Arrivals,
) -> Result<(), Failed> {
    loop {
        let (tcp, _) = listener.accept().await?;
        tcp.set_nodelay(true)?;
        let (tls, arrivals) = (tls.clone(), arrivals.clone());
        tokio::task::spawn_local(async move {
            match tls {
                None => converse(tcp, http2, arrivals).await,
                Some(tls) => {
                    if let Ok(stream) = tls.accept(tcp).await {
                        converse(stream, http2, arrivals).await;
                    }
                }
            }
        });
    }
}

/// Answers on one connection until the client leaves; whatever ends it is the client's business.
async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin + 'static, http2: bool, arrivals: Arrivals) {
    let service = service_fn(move |request: Request<Incoming>| {
        if let Some(arrivals) = &arrivals {
            arrivals.borrow_mut().push(unix_ns());
        }
        async move {
            let mut body = request.into_body();
            while let Some(Ok(_)) = body.frame().await {}
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(ANSWER))))
        }
    });
    let stream = TokioIo::new(stream);
    let _ = if http2 {
        hyper_util::server::conn::auto::Builder::new(Here)
            .serve_connection(stream, service)
            .await
    } else {
        let one = hyper::server::conn::http1::Builder::new().serve_connection(stream, service);
        one.await.map_err(Into::into)
    };
}

/// Freezes the only thread there is.
async fn stall() {
    let mut every = tokio::time::interval_at(tokio::time::Instant::now() + STALL_EVERY, STALL_EVERY);
    loop {
        every.tick().await;
        let from = unix_ns();
        std::thread::sleep(STALL);
        note(&format!("stall {from} {}", unix_ns()));
    }
}

fn acceptor(http2: bool) -> Result<tokio_rustls::TlsAcceptor, Failed> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    if http2 {
        config.alpn_protocols.insert(0, b"h2".to_vec());
    }
    Ok(tokio_rustls::TlsAcceptor::from(Arc::new(config)))
}

async fn end_of_stdin() {
    let mut stdin = tokio::io::stdin();
    let mut byte = [0; 64];
    while matches!(stdin.read(&mut byte).await, Ok(count) if count > 0) {}
}

fn unix_ns() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos())
}

#[expect(clippy::print_stdout, reason = "the base URL on stdout is what scripts wait for")]
fn say(line: &str) {
    println!("{line}");
}

#[expect(
    clippy::print_stderr,
    reason = "the stall log on stderr is what scripts compute the truth from"
)]
fn note(line: &str) {
    eprintln!("{line}");
}
