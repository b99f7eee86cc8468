//! What a site takes to be too long, too large, too small.

use super::{Variant, Variants, sent};
use crate::answer::{self, Answer, Problem};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode};
use serde_json::Value;

/// The longest name, and the longest other text, in characters.
const LONGEST: [usize; 2] = [50, 200];
const LARGEST_FILE: usize = 64 * 1024;
const SMALLEST_PIXELS: u16 = 160;
const LARGEST_BODY: usize = 1 << 20;
const LONGEST_HEAD: usize = 8 * 1024;
const LARGEST_PAGE: u64 = 50;
const LARGEST_NUMBER: f64 = 1e9;
const DAY_MS: i64 = 86_400_000;

/// Members that are names.
const NAMES: [&str; 7] = [
    "firstName",
    "lastName",
    "middleName",
    "title",
    "name",
    "tagName",
    "summary",
];
/// Members that carry a picture.
const PICTURES: [&str; 4] = ["expanded", "faceImage", "faceImage1", "faceImage2"];

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
    if server.has(Variant::PagesCut)
        && let Some(take) = take(request).filter(|take| *take > LARGEST_PAGE)
    {
        let uri = request
            .uri()
            .to_string()
            .replace(&format!("take={take}"), &format!("take={LARGEST_PAGE}"));
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
    if server.has(Variant::PagesLimited) && take(request).is_some_and(|take| take > LARGEST_PAGE) {
        let message = format!("The field take must be between 0 and {LARGEST_PAGE}.");
        return Some(Problem::invalid("take", message).into_answer());
    }
    if request.method() == Method::GET || request.method() == Method::DELETE {
        return None;
    }
    let path = request.uri().path();
    let body = sent(request);
    if path.contains("/people/") || path.contains("/Tags") {
        for (name, member) in body.as_object().into_iter().flatten() {
            if let Some(message) = objection(server, name, member) {
                return Some(Problem::invalid(name, message).into_answer());
            }
        }
    }
    if path.ends_with("/upload") {
        return file(server, request.body());
    }
    let old = server.has(Variant::OldFacesRefused) && path.contains("/publish") && is_old(&body, now_ms);
    if old {
        let message = "The time of detection is more than a day ago.";
        return Some(Problem::invalid("detectTimeUtc", message).into_answer());
    }
    if server.has(Variant::PicturesNotSmall) {
        let in_json = body.as_object().into_iter().flatten();
        let in_json = in_json.filter(|(name, _)| PICTURES.contains(&name.as_str()));
        let pictures: Vec<Vec<u8>> = in_json
            .filter_map(|(_, member)| BASE64_STANDARD.decode(member.as_str().unwrap_or_default()).ok())
            .collect();
        let shortest = pictures.iter().filter_map(|jpeg| pixels(jpeg)).min();
        if shortest.is_some_and(|shortest| shortest < SMALLEST_PIXELS) {
            let message = format!("A picture has at least {SMALLEST_PIXELS} pixels on each side.");
            return Some(Problem::invalid("", message).into_answer());
        }
    }
    None
}

/// What a site has against one member of what is to be kept.
fn objection(server: &Variants, name: &str, member: &Value) -> Option<String> {
    let text = member.as_str().unwrap_or_default();
    let longest = LONGEST[usize::from(!NAMES.contains(&name))];
    if server.has(Variant::TextsLimited) && text.chars().count() > longest {
        return Some(format!(
            "The field {name} must be a string with a maximum length of {longest}."
        ));
    }
    if server.has(Variant::MarkupRefused) && text.contains(['<', '>']) {
        return Some("A potentially dangerous value was detected from the client.".to_owned());
    }
    if server.has(Variant::SymbolsRefused) && text.chars().any(|c| u32::from(c) > 0xFFFF) {
        return Some(format!("The field {name} has characters that are not supported."));
    }
    let beyond = member.as_f64().is_some_and(|number| number.abs() > LARGEST_NUMBER);
    (server.has(Variant::NumbersLimited) && beyond)
        .then(|| format!("The field {name} must be between -1000000000 and 1000000000."))
}

/// What a site has against a document.
fn file(server: &Variants, form: &[u8]) -> Option<Answer> {
    if server.has(Variant::FilesLimited) && form.len() > LARGEST_FILE {
        let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE).detail("A document has 64 KB at most.");
        return Some(problem.into_answer());
    }
    let known = ["image/", "application/pdf", "text/"];
    let type_of_file = |line: &[u8]| {
        let line = String::from_utf8_lossy(line).to_ascii_lowercase();
        line.strip_prefix("content-type:").map(|kind| kind.trim().to_owned())
    };
    let types = form
        .split(|byte| *byte == b'\n')
        .filter(|line| line.len() < 200)
        .filter_map(type_of_file);
    let foreign = types
        .into_iter()
        .any(|kind| !known.iter().any(|known| kind.starts_with(known)));
    (server.has(Variant::KindsOfFilesLimited) && foreign)
        .then(|| Problem::bad_request("A document is a picture, PDF or text.").into_answer())
}

fn is_old(body: &Value, now_ms: i64) -> bool {
    let time = body.get("detectTimeUtc").and_then(Value::as_str).unwrap_or_default();
    chrono::DateTime::parse_from_rfc3339(time).is_ok_and(|time| now_ms - time.timestamp_millis() > DAY_MS)
}

/// The shorter side of a JPEG.
fn pixels(jpeg: &[u8]) -> Option<u16> {
    let mut at = 2;
    while let Some(&[0xFF, marker, high, low]) = jpeg.get(at..at + 4) {
        if matches!(marker, 0xC0..=0xC3) {
            let frame = jpeg.get(at + 5..at + 9)?;
            let side = |at: usize| u16::from_be_bytes([frame[at], frame[at + 1]]);
            return Some(side(0).min(side(2)));
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
    None
}
