//! HTTP/2, where the server offers it and the person asks for it: hyper's client, one connection for each user.

use super::MAX_KEPT_BYTES;
use super::body_seen::BodySeen;
use super::date_field::DateField;
use super::error::WireError;
use bytes::Bytes;
use http::header::DATE;
use http::{HeaderName, HeaderValue, Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};

/// Fields that HTTP/2 says by other means.
const HOP_FIELDS: [&str; 3] = ["host", "connection", "content-length"];
/// More fields than this no request of ours has.
const MAX_FIELDS: usize = 32;

/// An HTTP/2 connection.
pub(super) struct Http2 {
    sender: SendRequest<Full<Bytes>>,
}

/// An answer over HTTP/2.
pub(super) struct Http2Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// What was seen of the body, asked for or not.
    pub(super) seen: BodySeen,
    /// The server's clock, where the body was asked for.
    pub(super) date: DateField,
}

impl Http2 {
    /// Agrees on HTTP/2 over a connection.
    pub(super) async fn handshake(
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    ) -> Result<Self, WireError> {
        let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .map_err(lost)?;
        // It ends with the connection; whoever waits for an answer hears of it.
        tokio::spawn(async move {
            let _ = connection.await;
        });
        Ok(Self { sender })
    }

    /// Whether another request may be sent.
    pub(super) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Sends a request that was composed for HTTP/1.1 and reads the whole answer.
    pub(super) async fn exchange(
        &mut self,
        head: &[u8],
        tail: &[u8],
        body_limit: u64,
        mut kept: Option<Vec<u8>>,
    ) -> Result<Http2Answer, WireError> {
        let request = translate(head, tail).ok_or(WireError::Protocol("the request fits no HTTP/2 request"))?;
        let answer = self.sender.send_request(request).await.map_err(lost)?;
        let status = answer.status().as_u16();
        let server_clock = answer.headers().get(DATE).filter(|_| kept.is_some());
        let server_clock = server_clock.map_or(DateField::NONE, |value| DateField::of(value.as_bytes()));
        let mut seen = BodySeen::default();
        for (name, value) in answer.headers() {
            seen.field(name.as_str(), value.as_bytes());
        }
        let mut body = answer.into_body();
        let mut received = 0;
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(lost)?.into_data() else {
                continue;
            };
            received += data.len() as u64;
            seen.bytes(&data);
            if received > body_limit {
                return Err(WireError::BodyTooLong);
            }
            if let Some(kept) = &mut kept {
                let room = MAX_KEPT_BYTES.saturating_sub(kept.len());
                kept.extend_from_slice(&data[..data.len().min(room)]);
            }
        }
        Ok(Http2Answer {
            status,
            body: kept.unwrap_or_default(),
            seen,
            date: server_clock,
        })
    }
}

/// The same request for HTTP/2; `None` when it is none.
fn translate(head: &[u8], tail: &[u8]) -> Option<Request<Full<Bytes>>> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut parsed = httparse::Request::new(&mut fields);
    let httparse::Status::Complete(end) = parsed.parse(head).ok()? else {
        return None;
    };
    let host = parsed
        .headers
        .iter()
        .find(|field| field.name.eq_ignore_ascii_case("host"))?;
    let uri = Uri::builder()
        .scheme("https")
        .authority(host.value)
        .path_and_query(parsed.path?)
        .build()
        .ok()?;
    let mut request = Request::builder().method(parsed.method?).uri(uri);
    for field in parsed.headers.iter().filter(|field| !HOP_FIELDS.contains(&field.name)) {
        let mut value = HeaderValue::from_bytes(field.value).ok()?;
        value.set_sensitive(field.name == "authorization");
        request = request.header(HeaderName::from_bytes(field.name.as_bytes()).ok()?, value);
    }
    let body = [&head[end..], tail].concat();
    request.body(Full::new(body.into())).ok()
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn lost(error: hyper::Error) -> WireError {
    // The error itself says little; those that it came of say what happened.
    let mut told = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        told = format!("{told}: {error}");
        source = error.source();
    }
    WireError::Lost(std::io::Error::other(told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_keeps_its_meaning() {
        let head =
            b"POST /p/api?x=1 HTTP/1.1\r\nhost: h:5009\r\nauthorization: Bearer t\r\ncontent-length: 4\r\n\r\nab";
        let request = translate(head, b"cd").unwrap();
        assert_eq!(
            (request.method().as_str(), request.uri().to_string().as_str()),
            ("POST", "https://h:5009/p/api?x=1")
        );
        assert_eq!(request.headers()["authorization"], "Bearer t");
        assert!(request.headers()["authorization"].is_sensitive());
        assert!(!request.headers().contains_key("host") && !request.headers().contains_key("content-length"));
        assert!(translate(b"POST / HTTP/1.1\r\n", b"").is_none());
    }
}
