//! What is found late, and what is kept for a while only.

use super::{Variant, Variants};
use crate::answer::{self, Answer, Problem};
use crate::route::percent_decoded;
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Where what was stored is found late.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Everywhere,
    Lists,
    Matches,
    Files,
    References,
    Searches,
}

/// So long what was stored is not found, and where.
const LATE: [(Variant, i64, Where); 8] = [
    (Variant::FoundLate, 700, Where::Everywhere),
    (Variant::FoundSoon, 150, Where::Everywhere),
    (Variant::FoundAfterASecond, 1_000, Where::Everywhere),
    (Variant::ListedLate, 500, Where::Lists),
    (Variant::MatchedLate, 500, Where::Matches),
    (Variant::FilesLate, 500, Where::Files),
    (Variant::ReferencesLate, 500, Where::References),
    (Variant::SearchedLate, 500, Where::Searches),
];
const DAY_MS: i64 = 86_400_000;
/// So long detections are kept.
const KEPT: [(Variant, i64); 5] = [
    (Variant::KeptADay, DAY_MS),
    (Variant::KeptTwoDays, 2 * DAY_MS),
    (Variant::KeptSevenDays, 7 * DAY_MS),
    (Variant::KeptThirtyDays, 30 * DAY_MS),
    (Variant::KeptNinetyDays, 90 * DAY_MS),
];

/// How long a server with these variants keeps detections, in milliseconds; zero for ever.
fn kept(server: &Variants) -> i64 {
    let chosen = KEPT.iter().find(|(variant, _)| server.has(*variant));
    chosen.map_or(0, |(_, span)| *span)
}

/// How long things are not found there, in milliseconds; zero where they are found at once.
fn late_in(server: &Variants, place: Where) -> i64 {
    let chosen = LATE.iter().find(|(variant, ..)| server.has(*variant));
    chosen
        .filter(|(_, _, late)| *late == Where::Everywhere && place != Where::Searches || *late == place)
        .map_or(0, |(_, span, _)| *span)
}

fn is_late(server: &Variants) -> bool {
    LATE.iter().any(|(variant, ..)| server.has(*variant))
}

/// What kind of a look a request is.
fn place(path: &str) -> Where {
    match path {
        path if path.contains("/detections/") => Where::Lists,
        path if path.contains("Photo/") || path.contains("/fileDocuments/") => Where::Files,
        path if path.contains("/checkImageReference/") => Where::References,
        path if path.ends_with("/recognize") || path.ends_with("/lookup") => Where::Matches,
        path if path.ends_with("/people") || path.contains("/entityField/") => Where::Searches,
        _ => Where::Everywhere,
    }
}

/// What was stored, by what it is found by, and when.
#[derive(Default)]
pub(super) struct Late(Mutex<HashMap<String, i64>>);

impl Late {
    fn is_young(&self, text: &str, now_ms: i64, late_ms: i64) -> bool {
        self.0
            .lock()
            .get(&text.to_ascii_lowercase())
            .is_some_and(|stored| now_ms - stored < late_ms)
    }
}

fn stores(request: &Request<Bytes>) -> bool {
    let path = request.uri().path();
    request.method() != Method::GET
        && ["publish", "faceEnroll", "upload", "entityFields"]
            .iter()
            .any(|name| path.contains(name))
}

/// A look at what was stored just now finds nothing.
pub(super) fn hidden(server: &Variants, request: &Request<Bytes>, now_ms: i64) -> Option<Answer> {
    let path = request.uri().path();
    let late_ms = late_in(server, place(path));
    if late_ms == 0 || request.method() != Method::GET {
        return None;
    }
    // Who asks is looked at first.
    let signed = request.headers().contains_key(http::header::AUTHORIZATION);
    let is_young = |text: &str| {
        let text = percent_decoded(&text.replace('+', "%20")).unwrap_or_default();
        server.late.is_young(&text, now_ms, late_ms)
    };
    if place(path) == Where::Searches {
        let query = request.uri().query().unwrap_or_default().split('&');
        let mut sought = path
            .split('/')
            .chain(query.filter_map(|pair| Some(pair.split_once('=')?.1)));
        return (signed && sought.any(is_young)).then(|| answer::json(&json!([])));
    }
    let mut parts = path.split('/');
    let young = parts.any(is_young);
    if server.has(Variant::ReferencesLate) {
        let reference = path.rsplit('/').next();
        return (young && signed).then(|| answer::json(&json!({"referenceId": reference, "exists": false})));
    }
    (young && signed).then(|| Problem::not_found("There is no such thing.").into_answer())
}

/// Notes what was stored, and takes out of an answer what cannot be found yet or is kept no longer.
pub(super) fn leaving(server: &Variants, request: &Request<Bytes>, answer: &mut Answer, now_ms: i64) {
    let mut body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let path = request.uri().path();
    let (late_ms, kept_ms) = (late_in(server, place(path)), kept(server));
    if is_late(server) {
        if stores(request) && answer.status().is_success() {
            let sent = super::sent(request);
            let mut found = Vec::new();
            for name in ["detectorName", "photoReferenceId", "stringValue", "name"] {
                found.extend(sent.get(name).and_then(Value::as_str).map(str::to_owned));
            }
            if path.contains("faceEnroll") || path.contains("upload") {
                ids(&body, &mut found);
            }
            let mut late = server.late.0.lock();
            for id in found {
                late.entry(id.to_ascii_lowercase()).or_insert(now_ms);
            }
        } else if path.ends_with("/recognize") || path.ends_with("/lookup") {
            let person = body.get("personId").and_then(Value::as_str).unwrap_or_default();
            let face = body.get("faceId").and_then(Value::as_str).unwrap_or_default();
            if [person, face]
                .iter()
                .any(|id| server.late.is_young(id, now_ms, late_ms))
            {
                *answer = Problem::not_found("No match.").into_answer();
                return;
            }
        }
    }
    let Value::Array(entries) = &mut body else { return };
    if !path.contains("/detections/") {
        return;
    }
    let before = entries.len();
    entries.retain(|entry| {
        let detector = entry.get("detector").and_then(Value::as_str).unwrap_or_default();
        let time = entry.get("dateTimeUtc").and_then(Value::as_str).unwrap_or_default();
        let age = now_ms - chrono::DateTime::parse_from_rfc3339(time).map_or(now_ms, |time| time.timestamp_millis());
        let late = late_ms > 0 && server.late.is_young(detector, now_ms, late_ms);
        let gone = kept_ms > 0 && age > kept_ms;
        !late && !gone
    });
    if entries.len() != before && answer.status() == StatusCode::OK {
        *answer.body_mut() = body.to_string().into();
    }
}

/// Every id of a body.
fn ids(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name.ends_with("Id") => found.push(text.clone()),
                    _ => ids(member, found),
                }
            }
        }
        Value::String(text) => found.push(text.clone()),
        _ => {}
    }
}
