//! One exchange with a server that may be hostile: no redirects, no decompression, bounded bodies and waits.

mod blame;
mod clients;
mod detoured;
mod proxied;
mod resolver;

use super::retrace::Stop;
use super::room::Room;
use super::transport_error::{self, TransportError};
use crate::{BaseUrl, OwnHeaders, Target, Way};
use bytes::Bytes;
use clients::Clients;
use detoured::Detoured;
use http::header::{CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};
use http::{HeaderMap, Method, StatusCode};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;
use tokio::time::timeout_at;

/// Bounds on every exchange.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the first byte sent to the last received.
    pub timeout: Duration,
    /// Of one response body, and of an error 64 KiB at most; what comes after is not read.
    pub body_bytes: usize,
}

impl Default for Limits {
    /// Half a minute, and 8 MiB: more than any documented answer needs.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            body_bytes: 8 << 20,
        }
    }
}

/// What a server answered.
#[derive(Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, cut at [`Limits::body_bytes`], or where many large bodies are held at the same time.
    pub body: Bytes,
    /// Whether the body was cut.
    pub truncated: bool,
    /// From the first byte sent to the last received.
    pub elapsed: Duration,
}

impl fmt::Debug for Answer {
    /// Says nothing of headers and body: either may hold a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .field("truncated", &self.truncated)
            .field("elapsed", &self.elapsed)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// The media type of the body in lower case, without parameters; empty when not stated.
    pub fn media_type(&self) -> String {
        self.headers
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .map(|media_type| media_type.trim().to_ascii_lowercase())
            .unwrap_or_default()
    }

    /// Whether the body is a web page: by its media type, or by how it begins.
    pub fn is_html(&self) -> bool {
        self.media_type() == "text/html" || looks_like_html(&self.body)
    }
}

/// Whether a body begins as a web page does.
pub fn looks_like_html(body: &[u8]) -> bool {
    // What begins as JSON, behind a byte order mark too, is none: most answers are told by that.
    if body.iter().take(4).any(|byte| matches!(byte, b'{' | b'[' | b'"')) {
        return false;
    }
    let start = String::from_utf8_lossy(&body[..body.len().min(512)]);
    let start = start.trim_start().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// Whether a body begins as what is compressed with gzip, zlib or Zstandard does.
pub fn looks_compressed(body: &[u8]) -> bool {
    match body {
        [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] => true,
        // Letters, but for what follows them.
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => {
            std::str::from_utf8(&body[..body.len().min(64)]).is_err_and(|error| error.error_len().is_some())
        }
        _ => false,
    }
}

/// What a request goes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// One that an earlier exchange left open, where there is one.
    Kept,
    /// One of its own.
    New,
}

/// Sends requests to one target. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Http {
    shared: Arc<Shared>,
    base: BaseUrl,
    limits: Limits,
}

struct Shared {
    clients: Clients,
    connect_timeout: Duration,
    way: Way,
    /// Where connections are made to another place than the base URL names.
    detoured: Option<Arc<Detoured>>,
    /// Whether the port of a plain `http` target turned out to speak TLS.
    speaks_tls: OnceCell<bool>,
    /// Where connections turned out to come to a stop.
    stop: OnceCell<Stop>,
    /// Whether the port of an `https` target turned out to speak plain HTTP.
    plain_http: OnceCell<bool>,
    /// What all bodies that are held at the same time may take, beyond the small ones.
    room: Room,
    /// Whether the server ever answered in HTTP: then its odd answers are its own, and no TLS port's.
    speaks_http: AtomicBool,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http")
            .field("base", &self.base)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The most that is read of an answer that is no success, in bytes.
const ERROR_BODY: usize = 64 << 10;

/// A body that is no longer than this is read whatever else is held, in bytes.
const SMALL_BODY: usize = 64 << 10;

/// What all longer bodies that are held at the same time have room in, in bytes: a few of the largest lists.
const LARGE_BODIES: usize = 24 << 20;

/// The longest a connection may take, TLS included.
const CONNECT: Duration = Duration::from_secs(10);

impl Http {
    /// A client for `target`.
    ///
    /// # Errors
    /// The target's trust cannot be set up.
    pub fn new(target: &Target, limits: Limits) -> Result<Self, TransportError> {
        let tls = if target.base.is_tls() {
            target.trust.client_config(&target.way)
        } else {
            // Never used, and so spared the reading of the system's trust store; but reqwest must have one.
            crate::Trust::Insecure.client_config(&target.way)
        }
        .map_err(|error| TransportError::Trust(Arc::new(error)))?;
        // Below the whole time-out, so that a slow connection is told apart from a slow answer.
        let connect_timeout = CONNECT.min(limits.timeout * 9 / 10);
        let unsendable = |error: reqwest::Error| TransportError::Unsendable {
            exchange: target.base.to_string(),
            why: error.without_url().to_string(),
        };
        let detoured = Detoured::of(&target.way, &target.base);
        let clients = Clients::new(&target.way, &target.base, &tls, connect_timeout).map_err(unsendable)?;
        Ok(Self {
            shared: Arc::new(Shared {
                clients,
                connect_timeout,
                way: target.way.clone(),
                detoured,
                speaks_tls: OnceCell::new(),
                plain_http: OnceCell::new(),
                stop: OnceCell::new(),
                room: Room::of(LARGE_BODIES),
                speaks_http: AtomicBool::new(false),
            }),
            base: target.base.clone(),
            limits,
        })
    }

    /// The base URL that requests go below.
    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// The header fields that every request carries beside its own.
    pub fn carried(&self) -> &OwnHeaders {
        &self.shared.way.headers
    }

    /// The bounds on every exchange.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The same client with other bounds on its exchanges (the bound on connecting stays); connections are shared.
    #[must_use]
    pub fn with_limits(&self, limits: Limits) -> Self {
        Self { limits, ..self.clone() }
    }

    /// The same client below another base URL of the same server; connections are shared.
    #[must_use]
    pub fn with_base(&self, base: BaseUrl) -> Self {
        Self { base, ..self.clone() }
    }

    /// Sends `request`, whose URI is a path and query below the target's base URL (`/api/v1/Tags?tagName=x`).
    ///
    /// A safe request (GET, HEAD) whose connection closes without an answer is sent once more on a new connection: a
    /// server may close an idle connection at the very moment it is used again.
    ///
    /// # Errors
    /// There was no whole answer; the error says what was tried and what came back.
    pub async fn send(&self, request: http::Request<Bytes>) -> Result<Answer, TransportError> {
        let again = request.method().is_safe().then(|| request.clone());
        match (self.send_once(request, Connection::Kept).await, again) {
            (Err(TransportError::Closed { .. }), Some(request)) => self.send_once(request, Connection::New).await,
            (answer, _) => answer,
        }
    }

    /// Sends `request` once and no more, for callers who keep count of what is not answered.
    ///
    /// # Errors
    /// As [`Http::send`]. On a connection that was kept, [`TransportError::Closed`] may mean that the server had closed it
    /// for being idle; on a new one it cannot.
    pub async fn send_once(
        &self,
        request: http::Request<Bytes>,
        connection: Connection,
    ) -> Result<Answer, TransportError> {
        let clients = self.shared.clients.reaching(&self.base, &self.shared.way).await;
        let client = match connection {
            Connection::Kept => &clients.pooled,
            Connection::New => &clients.fresh,
        };
        match self.exchange(client, request).await {
            Err(error) if !self.shared.speaks_http.load(Ordering::Relaxed) => Err(self.other_scheme(error).await),
            answer => answer,
        }
    }

    async fn exchange(
        &self,
        client: &reqwest::Client,
        request: http::Request<Bytes>,
    ) -> Result<Answer, TransportError> {
        let (parts, body) = request.into_parts();
        let exchange = transport_error::exchange(&self.base, &parts.method, &parts.uri);
        let request = self.absolute(parts, body, &exchange)?;
        let began = Instant::now();
        let deadline = tokio::time::Instant::from_std(began + self.limits.timeout);
        let mut response = timeout_at(deadline, client.execute(request))
            .await
            .map_err(|_| TransportError::AnswerTimedOut {
                exchange: exchange.clone(),
                after: self.limits.timeout,
            })?
            .map_err(|error| {
                transport_error::before_answer(
                    &error,
                    &self.base,
                    &exchange,
                    self.shared.connect_timeout,
                    &self.shared.way,
                )
            })?;
        self.shared.speaks_http.store(true, Ordering::Relaxed);
        // An error has little to say, and one without an end says no more in more bytes.
        let most = if response.status().is_success() {
            self.limits.body_bytes
        } else {
            self.limits.body_bytes.min(ERROR_BODY)
        };
        let mut body = Vec::new();
        let mut taken = self.shared.room.taken();
        let mut truncated = false;
        loop {
            let chunk = timeout_at(deadline, response.chunk())
                .await
                .map_err(|_| TransportError::BodyTimedOut {
                    exchange: exchange.clone(),
                    after: self.limits.timeout,
                    received: body.len(),
                })?
                .map_err(|error| transport_error::in_body(&error, &exchange, body.len()))?;
            let Some(chunk) = chunk else { break };
            let room = most.saturating_sub(body.len());
            let part = &chunk[..chunk.len().min(room)];
            let is_small = body.len() + part.len() <= SMALL_BODY;
            let part = if is_small || taken.more(part.len()) {
                part
            } else {
                // Its beginning tells what it is.
                &part[..SMALL_BODY.saturating_sub(body.len())]
            };
            body.extend_from_slice(part);
            truncated = part.len() < chunk.len();
            if truncated {
                break;
            }
        }
        Ok(Answer {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body: taken.body(body),
            truncated,
            elapsed: began.elapsed(),
        })
    }

    fn absolute(
        &self,
        parts: http::request::Parts,
        body: Bytes,
        exchange: &str,
    ) -> Result<reqwest::Request, TransportError> {
        let unsendable = |why: String| TransportError::Unsendable {
            exchange: exchange.to_owned(),
            why,
        };
        let below = parts
            .uri
            .path_and_query()
            .ok_or_else(|| unsendable("its URI has no path".to_owned()))?;
        let mut url: url::Url = self
            .base
            .join(below.as_str())
            .parse()
            .map_err(|error: url::ParseError| unsendable(error.to_string()))?;
        let mut headers = parts.headers;
        self.shared.way.headers.add_to(&mut headers);
        if let Some(detoured) = &self.shared.detoured {
            detoured.take(&mut url, &mut headers);
        }
        let mut request = reqwest::Request::new(parts.method, url);
        *request.headers_mut() = headers;
        let has_content = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
        if !body.is_empty() {
            *request.body_mut() = Some(body.into());
        } else if has_content && !request.headers().contains_key(TRANSFER_ENCODING) {
            // Unsaid, it would make some servers answer 411 (RFC 9110, 8.6: a client should say so).
            request
                .headers_mut()
                .entry(CONTENT_LENGTH)
                .or_insert(HeaderValue::from_static("0"));
        }
        Ok(request)
    }
}

#[cfg(test)]
mod mutual_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tls_tests;
