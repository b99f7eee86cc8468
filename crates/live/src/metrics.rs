//! Metrics for Prometheus, served while a load run goes on.
//!
//! Whoever can reach the port may ask: nothing secret is among the metrics, and every connection is bounded in size and
//! time and their number is bounded, so that nobody can disturb the run through it.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HOST};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Connections at a time; more wait until one is done.
const CONNECTIONS: usize = 8;
/// A connection is given up after this, whatever it does.
const PATIENCE: Duration = Duration::from_secs(10);
/// A request's head may take this many bytes.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// Writes the metrics as they are when it is asked.
pub type Text = Arc<dyn Fn() -> String + Send + Sync>;

/// Serves the metrics at `/metrics` for ever.
pub async fn serve(listener: TcpListener, metrics: Text) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
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
        let metrics = Arc::clone(&metrics);
        tokio::spawn(async move {
            // A scraper that goes away, or takes too long, is no concern of the run.
            let _ = tokio::time::timeout(PATIENCE, connection(stream, &*metrics, own)).await;
            drop(place);
        });
    }
}

async fn connection(
    stream: TcpStream,
    metrics: &(dyn Fn() -> String + Send + Sync),
    own: bool,
) -> Result<(), hyper::Error> {
    let service = service_fn(|request: Request<Incoming>| {
        let answer = if own && !names_this_machine(&request) {
            elsewhere()
        } else {
            answer(request.method(), request.uri().path(), metrics)
        };
        async move { Ok::<_, Infallible>(answer) }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(MAX_HEAD_BYTES)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await
}

/// Whether a request was meant for this machine: a page on the web may give its own name our address, and would then read
/// what is only for those who sit here.
fn names_this_machine<T>(request: &Request<T>) -> bool {
    let Some(host) = request.headers().get(HOST) else {
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

fn elsewhere() -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::new(Bytes::from("ask for localhost or 127.0.0.1\n")));
    *answer.status_mut() = StatusCode::MISDIRECTED_REQUEST;
    answer
}

fn answer(method: &Method, path: &str, metrics: &(dyn Fn() -> String + Send + Sync)) -> Response<Full<Bytes>> {
    let text = |status: StatusCode, body: String| {
        let mut answer = Response::new(Full::new(Bytes::from(body)));
        *answer.status_mut() = status;
        let plain = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
        answer.headers_mut().insert(CONTENT_TYPE, plain);
        answer
    };
    match (method, path) {
        (&Method::GET | &Method::HEAD, "/metrics") => text(StatusCode::OK, metrics()),
        (&Method::GET | &Method::HEAD, _) => text(StatusCode::NOT_FOUND, "the metrics are at /metrics\n".to_owned()),
        _ => {
            let mut answer = text(StatusCode::METHOD_NOT_ALLOWED, String::new());
            answer
                .headers_mut()
                .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            answer
        }
    }
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
            let request = Request::builder().header(HOST, host).body(()).unwrap();
            assert_eq!(names_this_machine(&request), named, "{host:?}");
        }
        assert!(names_this_machine(&Request::new(())), "HTTP/1.0 names nobody");
    }
}
