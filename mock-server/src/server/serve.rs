//! From a connection to the core and back.

use super::answer::{Answered, Lost};
use super::body::{Received, receive};
use super::doors::{Doors, Visitor};
use super::idle::{Idle, Serving};
use crate::faults::transport::Fate;
use crate::identities::{BodyTooLarge, Identities};
use crate::queue::Turnstile;
use crate::variants::Variant;
use crate::variants::transport::{self, Conveyed};
use bytes::Bytes;
use http::header::{CONNECTION, RETRY_AFTER};
use http::{HeaderValue, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A request's headers may take this much, so that a token of 64 KB gets its `401` and not a reset.
const MAX_HEADER_BYTES: usize = 512 * 1024;

/// Requests may have this many headers.
const MAX_HEADERS: usize = 200;

/// A handshake or a request's head that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A call that hangs is given up after this: longer than any client waits.
const HUNG: Duration = Duration::from_secs(600);

/// Streams of one HTTP/2 connection that are served at the same time.
const MAX_STREAMS: u32 = 256;

/// What every connection answers with.
pub(super) struct Service {
    pub(super) identities: Arc<Identities>,
    /// Where a server of known capacity lets its answers out.
    pub(super) turnstile: Option<Turnstile>,
    pub(super) doors: Doors,
}

/// Takes connections for ever. One that cannot be taken (no file descriptors left) is waited out.
pub(super) async fn accept(
    listener: &TcpListener,
    tls: Option<TlsAcceptor>,
    service: &Arc<Service>,
    graceful: &GracefulShutdown,
) {
    let builder = Arc::new(builder(&service.identities.settings().variants));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true); // a small answer must not wait for the next; without it, it is merely slower
        let (service, watcher, builder) = (Arc::clone(service), graceful.watcher(), Arc::clone(&builder));
        let tls = tls.clone();
        tokio::spawn(async move {
            match tls {
                None => connection(&builder, stream, service, watcher).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(PATIENCE, tls.accept(stream)).await {
                        connection(&builder, stream, service, watcher).await;
                    }
                }
            }
        });
    }
}

fn builder(variants: &[Variant]) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .title_case_headers(variants.contains(&Variant::NamesCapitalised))
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(MAX_HEADER_BYTES)
        .max_headers(MAX_HEADERS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(MAX_HEADER_BYTES).unwrap_or(u32::MAX))
        .max_concurrent_streams(MAX_STREAMS)
        .initial_stream_window_size(1024 * 1024)
        .initial_connection_window_size(4 * 1024 * 1024);
    builder
}

async fn connection<S>(
    builder: &auto::Builder<TokioExecutor>,
    stream: S,
    answering: Arc<Service>,
    watcher: hyper_util::server::graceful::Watcher,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Some(visitor) = answering.doors.enter() else {
        return;
    };
    let visitor = Arc::new(visitor);
    let serving = Serving::default();
    let patience = transport::patience(&answering.identities.settings().variants);
    let stream = Idle::new(stream, serving.clone(), patience);
    let service = service_fn(move |request| {
        let (answering, served) = (Arc::clone(&answering), serving.one());
        let visitor = Arc::clone(&visitor);
        async move {
            let answer = arriving(respond(&answering, &visitor, request).await).await;
            drop(served);
            answer
        }
    });
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    let _ = watcher.watch(connection.into_owned()).await; // a client that goes away is no concern of the server
}

/// What of an answer arrives, and how. An error closes the connection.
async fn arriving(mut answer: Response<Bytes>) -> Result<Response<Answered>, Lost> {
    if let Some(how) = answer.extensions().get::<Conveyed>().copied() {
        tokio::time::sleep(how.delay).await;
        if how.last {
            answer
                .headers_mut()
                .insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if how.old {
            *answer.version_mut() = Version::HTTP_10;
        }
        return Ok(answer.map(|body| Answered::conveyed(body, how)));
    }
    match answer.extensions().get::<Fate>() {
        None => Ok(answer.map(Answered::whole)),
        Some(Fate::Cut) if answer.body().len() > 1 => Ok(answer.map(|body| Answered::cut(&body))),
        Some(Fate::Cut | Fate::Dropped) => Err(Lost),
        Some(Fate::Hung) => {
            tokio::time::sleep(HUNG).await;
            Err(Lost)
        }
    }
}

async fn respond(service: &Service, visitor: &Visitor, request: Request<Incoming>) -> Response<Bytes> {
    if visitor.is_beyond {
        let mut answer = refused(StatusCode::SERVICE_UNAVAILABLE, None);
        answer
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
        return answer;
    }
    let _under_way = service.identities.enter();
    let (mut parts, body) = request.into_parts();
    let (received, room) = receive(body).await;
    let body = match received {
        Received::Whole(body) => body,
        Received::TooLarge => {
            parts.extensions.insert(BodyTooLarge);
            Bytes::new()
        }
        Received::Broken => {
            let mut answer = Response::new(Bytes::new());
            *answer.status_mut() = StatusCode::BAD_REQUEST;
            return answer;
        }
    };
    let is_limited = !parts.uri.path().contains("/auth/");
    if let Some(turnstile) = service.turnstile.as_ref().filter(|_| is_limited)
        && let Err(retry_after_s) = turnstile.admit()
    {
        return refused(StatusCode::TOO_MANY_REQUESTS, Some(retry_after_s));
    }
    let served = service
        .turnstile
        .as_ref()
        .map(|turnstile| turnstile.pass(visitor.number));
    // What the answer really costs is part of its service time.
    let answer = service.identities.respond(&Request::from_parts(parts, body));
    drop(room);
    if let Some(served) = served {
        served.await;
    }
    answer
}

/// An answer without a body that refuses a call.
fn refused(status: StatusCode, retry_after_s: Option<f64>) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::new());
    *answer.status_mut() = status;
    if let Some(seconds) = retry_after_s {
        // Whole seconds (RFC 9110, section 10.2.3), none too short.
        let value = HeaderValue::from_str(&format!("{:.0}", seconds.ceil()));
        answer.headers_mut().extend(value.map(|value| (RETRY_AFTER, value)));
    }
    answer
}
