//! What the header fields of an answer say besides.

use super::fields::FIELDS;
use super::{Variant, Variants};
use crate::answer::Answer;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use chrono::DateTime;
use http::header::{CONTENT_TYPE, DATE, ETAG, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Adds what the variants say.
pub(super) fn added(server: &Variants, request: &Request<Bytes>, answer: &mut Answer, now_ms: i64) {
    let content = content_type(server, answer);
    let tag = (server.has(Variant::AnswersTagged) && request.method() == Method::GET && answer.status().is_success())
        .then(|| tag_of(answer.body()));
    let body = answer.body().clone();
    let headers = answer.headers_mut();
    if let Some(content) = content {
        headers.insert(CONTENT_TYPE, content);
    }
    for (_, fields) in FIELDS.iter().filter(|(variant, _)| server.has(*variant)) {
        for (name, value) in *fields {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    if let Some(tag) = tag {
        set(headers, ETAG, &tag);
        set(headers, http::header::CACHE_CONTROL, "private, must-revalidate");
    }
    if server.has(Variant::LimitsAnnounced) {
        let left = 100_000_u64.saturating_sub(server.counted());
        for name in ["x-ratelimit-limit", "ratelimit-limit"] {
            set(headers, HeaderName::from_static(name), "100000");
        }
        for name in ["x-ratelimit-remaining", "ratelimit-remaining"] {
            set(headers, HeaderName::from_static(name), &left.to_string());
        }
        set(headers, HeaderName::from_static("ratelimit-reset"), "60");
    }
    if server.has(Variant::CookiesTurn) {
        let cookie = format!("session={:016x}; Path=/; HttpOnly; SameSite=Lax", server.counted());
        set(headers, SET_COOKIE, &cookie);
    }
    if server.has(Variant::FieldsMany) {
        for n in 0..40 {
            let cookie = format!("balancer-{n}=0c4f7e; Path=/; Secure; HttpOnly; SameSite=None; Partitioned");
            append(headers, SET_COOKIE, &cookie);
            append(headers, HeaderName::from_static("x-upstream"), &format!("node-{n}"));
        }
    }
    if server.has(Variant::FieldsInLatin1)
        && let Ok(name) = HeaderValue::from_bytes(b"Z\xFCrich")
    {
        headers.insert(HeaderName::from_static("x-site"), name);
    }
    if server.has(Variant::DigestsTold) {
        let digest = BASE64_STANDARD.encode(Sha256::digest(&body));
        set(
            headers,
            HeaderName::from_static("content-digest"),
            &format!("sha-256=:{digest}:"),
        );
        set(headers, HeaderName::from_static("digest"), &format!("sha-256={digest}"));
    }
    let drift = match () {
        () if server.has(Variant::ClockBehind) => -60_000,
        () if server.has(Variant::ClockAhead) => 60_000,
        () => 0,
    };
    if drift != 0
        && let Some(then) = DateTime::from_timestamp_millis(now_ms + drift)
    {
        let text = then.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        set(headers, DATE, &text);
    }
}

/// Another way to say what an answer is.
fn content_type(server: &Variants, answer: &Answer) -> Option<HeaderValue> {
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let Some(kind) = kind else {
        let says_nothing = answer.body().is_empty() && answer.status().is_success();
        return (server.has(Variant::NothingIsText) && says_nothing).then(|| HeaderValue::from_static("text/plain"));
    };
    if server.has(Variant::JsonWithoutCharset) {
        return HeaderValue::from_str(kind.split(';').next().unwrap_or_default()).ok();
    }
    if !kind.starts_with("application/json") {
        return None;
    }
    if server.has(Variant::CharsetTight) {
        return Some(HeaderValue::from_static("application/json;charset=UTF-8"));
    }
    if server.has(Variant::JsonWithMetadata) {
        let kind = "application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8";
        return Some(HeaderValue::from_static(kind));
    }
    if server.has(Variant::JsonInCapitals) {
        return Some(HeaderValue::from_static("Application/JSON; Charset=\"UTF-8\""));
    }
    server
        .has(Variant::JsonOfAVersion)
        .then(|| HeaderValue::from_static("application/json; charset=utf-8; v=1.0"))
}

/// The tag of a body: a weak one, as a server that compresses sends it.
pub(super) fn tag_of(body: &[u8]) -> String {
    let mut tag = String::from("W/\"");
    for byte in Sha256::digest(body).iter().take(8) {
        let _ = write!(tag, "{byte:02x}");
    }
    tag + "\""
}

/// One more field of a name, whose value is visible ASCII.
fn append(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.append(name, value);
    }
}

/// Sets a field whose value is visible ASCII.
pub(super) fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
