//! Metrics for Prometheus, served while a load run goes on. Nothing secret is among them.

use crate::server::{self, Limits, Place, text};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, StatusCode};
use parking_lot::Mutex;
use proofload_reports::prometheus::{self, Live};
use proofload_results::events::{Event, Observer};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;

/// Scrapers are few, and quick.
const LIMITS: Limits = Limits {
    connections: 8,
    lasts: Some(Duration::from_secs(10)),
};

/// What Prometheus is told of a load run.
#[derive(Debug)]
pub struct Metrics {
    live: Mutex<Live>,
    /// Whether the virtual users are ready: the run begins, or waits for the instant at which all machines do.
    is_started: AtomicBool,
}

impl Metrics {
    /// Metrics of a run of `scenario` on the target with the base URL `target`.
    pub fn new(scenario: &str, target: &str) -> Arc<Self> {
        Arc::new(Self {
            live: Mutex::new(Live::new(scenario, target)),
            is_started: AtomicBool::new(false),
        })
    }

    /// Serves them at `/metrics` until the program ends; and at `/started` whether the run is ready to begin, as startup probes ask.
    pub fn serve(self: &Arc<Self>, listener: TcpListener) {
        let metrics = Arc::clone(self);
        let answer = move |request: &Request<_>, _: &Place| match request.uri().path() {
            "/metrics" => {
                // Copied, so that rendering never makes the recorder wait.
                let live = metrics.live.lock().clone();
                let mut answer = text(StatusCode::OK, prometheus::render(&live));
                let plain = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
                answer.headers_mut().insert(CONTENT_TYPE, plain);
                answer
            }
            "/started" if metrics.is_started.load(Ordering::Relaxed) => text(StatusCode::OK, "started\n"),
            "/started" => text(StatusCode::SERVICE_UNAVAILABLE, "the virtual users get ready\n"),
            _ => text(StatusCode::NOT_FOUND, "the metrics are at /metrics\n"),
        };
        tokio::spawn(server::serve(listener, LIMITS, Arc::new(answer)));
    }
}

impl Observer for Metrics {
    fn observe(&self, event: &Event) {
        match event {
            Event::LoadReady | Event::LoadBegins(_) => self.is_started.store(true, Ordering::Relaxed),
            Event::LoadSecond(second) => self.live.lock().add(second),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    #[tokio::test]
    async fn a_startup_probe_is_told_when_the_users_are_ready() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let metrics = Metrics::new("camera-feed", "http://lab.example");
        metrics.serve(listener);
        let asked = async || {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let request = format!("GET /started HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            answer
        };
        assert!(asked().await.starts_with("HTTP/1.1 503 "));
        metrics.observe(&Event::LoadReady);
        assert!(asked().await.starts_with("HTTP/1.1 200 "));
    }
}
