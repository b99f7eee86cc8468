//! What a site takes to be too long, too large, too small, or of no kind that it knows.

mod files;
mod members;

use super::{Variant, Variants, sent};
use crate::answer::{self, Answer, Problem};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode};
use serde_json::Value;

const LARGEST_BODY: usize = 1 << 20;
const LONGEST_HEAD: usize = 8 * 1024;
/// What IIS takes of a query, and HTTP.sys of one part of a path.
const LONGEST_QUERY: usize = 2_048;
const LONGEST_SEGMENT: usize = 260;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

/// The largest page of detections: refused beyond, or cut.
const REFUSED_PAGES: [(Variant, u64); 2] = [(Variant::PagesLimited, 50), (Variant::PagesOfTwenty, 20)];
const CUT_PAGES: [(Variant, u64); 2] = [(Variant::PagesCut, 50), (Variant::PagesCutToTwenty, 20)];

/// The number that a variant of the list has.
fn of<T: Copy>(server: &Variants, list: &[(Variant, T)]) -> Option<T> {
    list.iter()
        .find(|(variant, _)| server.has(*variant))
        .map(|(_, number)| *number)
}

/// A request that is not read at all.
pub(super) fn unread(server: &Variants, request: &Request<Bytes>) -> Option<Answer> {
    if server.has(Variant::BodiesLimited) && request.body().len() > LARGEST_BODY {
        let page = "<html><head><title>413 Request Entity Too Large</title></head></html>";
        return Some(refused_in_front(StatusCode::PAYLOAD_TOO_LARGE, page));
    }
    if server.has(Variant::HeadsLimited) {
        if request.uri().to_string().len() > LONGEST_HEAD {
            return Some(refused_in_front(StatusCode::URI_TOO_LONG, ""));
        }
        if request.headers().values().any(|value| value.len() > LONGEST_HEAD) {
            return Some(refused_in_front(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, ""));
        }
    }
    let query = request.uri().query().unwrap_or_default();
    if server.has(Variant::QueriesLimited) && query.len() > LONGEST_QUERY {
        let page = "<html><head><title>404.15 - Query String Too Long</title></head></html>";
        return Some(refused_in_front(StatusCode::NOT_FOUND, page));
    }
    let too_long = |segment: &str| segment.len() > LONGEST_SEGMENT;
    if server.has(Variant::SegmentsLimited) && request.uri().path().split('/').any(too_long) {
        let page =
            "<html><head><title>Bad Request</title></head><body><h2>Bad Request - Invalid URL</h2></body></html>";
        return Some(refused_in_front(StatusCode::BAD_REQUEST, page));
    }
    None
}

/// Before a server reads a request it has no more to say than a status, or a page of the proxy's.
fn refused_in_front(status: StatusCode, page: &'static str) -> Answer {
    let mut answer = if page.is_empty() {
        answer::empty()
    } else {
        answer::bytes(
            HeaderValue::from_static("text/html"),
            Bytes::from_static(page.as_bytes()),
        )
    };
    *answer.status_mut() = status;
    answer
}

/// Asks for no larger page than there is.
pub(super) fn arriving(server: &Variants, request: &mut Request<Bytes>) {
    if let Some(largest) = of(server, &CUT_PAGES)
        && let Some(take) = take(request).filter(|take| *take > largest)
    {
        let uri = request
            .uri()
            .to_string()
            .replace(&format!("take={take}"), &format!("take={largest}"));
        if let Ok(uri) = uri.parse() {
            *request.uri_mut() = uri;
        }
    }
}

fn take(request: &Request<Bytes>) -> Option<u64> {
    let pages = request.uri().path().contains("/detections/");
    let mut pairs = request.uri().query().filter(|_| pages)?.split('&');
    pairs.find_map(|pair| pair.strip_prefix("take=")?.parse().ok())
}

/// Why a request that is right in itself is not taken here.
pub(super) fn refused(server: &Variants, request: &Request<Bytes>, now_ms: i64) -> Option<Answer> {
    if let Some(largest) = of(server, &REFUSED_PAGES)
        && take(request).is_some_and(|take| take > largest)
    {
        let message = format!("The field take must be between 0 and {largest}.");
        return Some(Problem::invalid("take", message).into_answer());
    }
    if request.method() == Method::GET || request.method() == Method::DELETE {
        return None;
    }
    let path = request.uri().path();
    let body = sent(request);
    if path.contains("/people/") || path.contains("/Tags") {
        for (name, member) in body.as_object().into_iter().flatten() {
            if let Some(message) = members::objection(server, name, member) {
                return Some(Problem::invalid(name, message).into_answer());
            }
        }
    }
    if path.ends_with("/upload") {
        return files::refused(server, request.body());
    }
    if path.contains("/publish")
        && let Some(message) = untimely(server, &body, now_ms)
    {
        return Some(Problem::invalid("detectTimeUtc", message).into_answer());
    }
    if let Some(message) = files::picture(server, &body) {
        return Some(Problem::invalid("", message).into_answer());
    }
    None
}

/// What a site has against the time of a detection.
fn untimely(server: &Variants, body: &Value, now_ms: i64) -> Option<&'static str> {
    let time = body.get("detectTimeUtc").and_then(Value::as_str).unwrap_or_default();
    let age = now_ms - chrono::DateTime::parse_from_rfc3339(time).ok()?.timestamp_millis();
    match () {
        () if server.has(Variant::OldFacesRefused) && age > DAY_MS => {
            Some("The time of detection is more than a day ago.")
        }
        () if server.has(Variant::FutureFacesRefused) && age < -5 * MINUTE_MS => {
            Some("The time of detection is in the future.")
        }
        () => None,
    }
}
