//! Metrics for Prometheus, served while a load run goes on. Nothing secret is among them.

use crate::server::{self, Limits, Place, text};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, StatusCode};
use parking_lot::Mutex;
use proofload_reports::prometheus::{self, Live};
use proofload_results::events::{Event, Observer};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// Scrapers are few, and quick.
const LIMITS: Limits = Limits {
    connections: 8,
    lasts: Some(Duration::from_secs(10)),
};

/// What Prometheus is told of a load run.
#[derive(Debug)]
pub struct Metrics(Mutex<Live>);

impl Metrics {
    /// Metrics of a run of `scenario` on the target with the base URL `target`.
    pub fn new(scenario: &str, target: &str) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Live::new(scenario, target))))
    }

    /// Serves them at `/metrics` until the program ends.
    pub fn serve(self: &Arc<Self>, listener: TcpListener) {
        let metrics = Arc::clone(self);
        let answer = move |request: &Request<_>, _: &Place| match request.uri().path() {
            "/metrics" => {
                // Copied, so that rendering never makes the recorder wait.
                let live = metrics.0.lock().clone();
                let mut answer = text(StatusCode::OK, prometheus::render(&live));
                let plain = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
                answer.headers_mut().insert(CONTENT_TYPE, plain);
                answer
            }
            _ => text(StatusCode::NOT_FOUND, "the metrics are at /metrics\n"),
        };
        tokio::spawn(server::serve(listener, LIMITS, Arc::new(answer)));
    }
}

impl Observer for Metrics {
    fn observe(&self, event: &Event) {
        if let Event::LoadSecond(second) = event {
            self.0.lock().add(second);
        }
    }
}
