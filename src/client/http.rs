//! One exchange with a server that may be hostile: no redirects, no decompression, bounded bodies and waits.

use crate::target::Target;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::time::Duration;

/// Bounds on every exchange.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the first byte sent to the last received.
    pub timeout: Duration,
    /// Of one response body; what comes after is not read.
    pub body_bytes: usize,
}

/// What a server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, cut at [`Limits::body_bytes`].
    pub body: Bytes,
    /// Whether the body was cut.
    pub truncated: bool,
    /// From the first byte sent to the last received.
    pub elapsed: Duration,
}

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {}

/// Sends requests to one target. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Http {}

impl Http {
    /// A client for `target`.
    ///
    /// # Errors
    /// The target's trust cannot be set up.
    pub fn new(target: &Target, limits: Limits) -> Result<Self, TransportError> {
        let _ = (target, limits);
        todo!("helper C")
    }

    /// Sends `request`, whose URI is a path and query below the target's base URL (`/api/v1/Tags?tagName=x`).
    ///
    /// # Errors
    /// There was no whole answer; the error says what was tried and what came back.
    pub async fn send(&self, request: http::Request<Bytes>) -> Result<Answer, TransportError> {
        let _ = request;
        todo!("helper C")
    }
}
