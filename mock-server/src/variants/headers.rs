//! What the header fields of an answer say besides.

use super::{Variant, Variants};
use crate::answer::Answer;
use bytes::Bytes;
use chrono::DateTime;
use http::header::{CONTENT_TYPE, DATE, ETAG, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Fields that always say the same, by the variant that sends them.
const FIELDS: [(Variant, &[(&str, &str)]); 8] = [
    (
        Variant::HeadersAdded,
        &[
            ("x-request-id", "0HN4:00000001"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("api-supported-versions", "1.0"),
            ("cache-control", "no-store,no-cache"),
            ("vary", "Accept-Encoding, Origin"),
            ("set-cookie", "ARRAffinity=1f0c; Path=/; HttpOnly"),
        ],
    ),
    (
        Variant::OriginsAllowed,
        &[
            ("access-control-allow-origin", "https://portal.example"),
            ("access-control-allow-credentials", "true"),
            ("access-control-expose-headers", "X-Request-Id"),
            ("vary", "Origin"),
        ],
    ),
    (
        Variant::PoliciesNamed,
        &[
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
            ("permissions-policy", "camera=(), geolocation=()"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
        ],
    ),
    (
        Variant::ServerNamed,
        &[
            ("server", "Microsoft-IIS/10.0"),
            ("x-powered-by", "ASP.NET"),
            ("x-aspnet-version", "4.0.30319"),
        ],
    ),
    (
        Variant::ProxiesNamed,
        &[
            ("via", "1.1 varnish, 1.1 edge-7"),
            ("x-cache", "MISS, MISS"),
            ("age", "0"),
            ("x-served-by", "cache-fra-1"),
            ("alt-svc", "h3=\":443\"; ma=86400"),
        ],
    ),
    (
        Variant::TimingsTold,
        &[
            ("server-timing", "db;dur=1.7, app;dur=4.2"),
            ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            ("x-response-time", "6ms"),
        ],
    ),
    (
        Variant::EndAnnounced,
        &[
            ("deprecation", "@1767225600"),
            ("sunset", "Thu, 31 Dec 2099 23:59:59 GMT"),
            ("link", "<https://docs.example/v2>; rel=\"successor-version\""),
            ("warning", "299 - \"v1 will end\""),
        ],
    ),
    (
        Variant::LanguageNamed,
        &[
            ("content-language", "en-US"),
            ("content-location", "/identities/answer"),
        ],
    ),
];

/// Adds what the variants say.
pub(super) fn added(server: &Variants, request: &Request<Bytes>, answer: &mut Answer, now_ms: i64) {
    let content = content_type(server, answer);
    let tag = (server.has(Variant::AnswersTagged) && request.method() == Method::GET && answer.status().is_success())
        .then(|| tag_of(answer.body()));
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
    if server.has(Variant::ClockBehind)
        && let Some(then) = DateTime::from_timestamp_millis(now_ms - 60_000)
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

/// Sets a field whose value is visible ASCII.
pub(super) fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
