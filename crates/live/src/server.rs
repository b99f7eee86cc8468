//! What every server for watchers has in common: how many may ask, how long, how much, and who.
//!
//! Whoever can reach the port may try: every connection is bounded in size and time, their number is bounded, and none of
//! them can hold up the run.

use bytes::Bytes;
use http::header::{ALLOW, HOST};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use parking_lot::Mutex;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;

/// A client that sends no request for so long, or takes nothing of its answer, is given up.
const PATIENCE: Duration = Duration::from_secs(10);
/// A request's head may take this many bytes.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// The body of an answer: known, or one that goes on.
pub(crate) type Body = UnsyncBoxBody<Bytes, Infallible>;
/// A place that a connection takes up until the last of its answer is on its way.
pub(crate) type Place = Mutex<Option<OwnedSemaphorePermit>>;
/// Answers a request of which only the head is looked at.
pub(crate) type Answer = dyn Fn(&Request<Incoming>, &Place) -> Response<Body> + Send + Sync;

/// Who may ask.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Connections at a time; more wait until one is done.
    pub(crate) connections: usize,
    /// How long a connection may take in all; none for as long as its client takes what it is sent.
    pub(crate) lasts: Option<Duration>,
}

/// Answers for ever.
pub(crate) async fn serve(listener: TcpListener, limits: Limits, answer: Arc<Answer>) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let own = listener.local_addr().is_ok_and(|address| address.ip().is_loopback());
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let Ok((stream, _)) = listener.accept().await else {
            // No file descriptors left, say: that passes.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let answer = Arc::clone(&answer);
        tokio::spawn(async move {
            // A client that goes away, or takes too long, is no concern of the run.
            let asked = connection(stream, answer, own);
            match limits.lasts {
                Some(lasts) => _ = tokio::time::timeout(lasts, asked).await,
                None => _ = asked.await,
            }
            drop(place);
        });
    }
}

async fn connection(stream: TcpStream, answer: Arc<Answer>, own: bool) -> Result<(), hyper::Error> {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(PATIENCE));
    let place = Arc::new(Place::default());
    let taken = Arc::clone(&place);
    let service = service_fn(move |request: Request<Incoming>| {
        let answered = if own && !names_this_machine(request.headers()) {
            text(StatusCode::MISDIRECTED_REQUEST, "ask for localhost or 127.0.0.1\n")
        } else if request.method() != Method::GET && request.method() != Method::HEAD {
            let mut refused = text(StatusCode::METHOD_NOT_ALLOWED, "");
            refused
                .headers_mut()
                .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            refused
        } else {
            answer(&request, &taken)
        };
        async move { Ok::<_, Infallible>(answered) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(MAX_HEAD_BYTES)
        .keep_alive(false)
        .serve_connection(TokioIo::new(Box::pin(stream)), service)
        .await;
    drop(place);
    served
}

/// An answer of plain text.
pub(crate) fn text(status: StatusCode, said: impl Into<Bytes>) -> Response<Body> {
    let mut answer = Response::new(Full::new(said.into()).boxed_unsync());
    *answer.status_mut() = status;
    answer
}

/// Whether a request was meant for this machine: a page on the web may give its own name our address, and would then read
/// what is only for those who sit here.
fn names_this_machine(head: &HeaderMap) -> bool {
    let Some(host) = head.get(HOST) else {
        return true;
    };
    let host = host.to_str().unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_matches(['[', ']']).parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machines_names_are_answered_where_only_it_may_ask() {
        for (host, named) in [
            ("localhost:9464", true),
            ("127.0.0.1:9464", true),
            ("127.0.0.1", true),
            ("[::1]:9464", true),
            ("LOCALHOST", true),
            ("evil.example:9464", false),
            ("localhost.evil.example", false),
            ("10.0.0.1:9464", false),
            ("", false),
        ] {
            let head = HeaderMap::from_iter([(HOST, HeaderValue::from_static(host))]);
            assert_eq!(names_this_machine(&head), named, "{host:?}");
        }
        assert!(names_this_machine(&HeaderMap::new()), "HTTP/1.0 names nobody");
    }
}
