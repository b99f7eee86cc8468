//! What is found late, and what is kept for a while only.

use super::{Variant, Variants};
use crate::answer::{Answer, Problem};
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use parking_lot::Mutex;
use serde_json::Value;
use std::collections::HashMap;

/// So long what was stored is not found.
const LATE: [(Variant, i64); 1] = [(Variant::FoundLate, 700)];
const DAY_MS: i64 = 86_400_000;
/// So long detections are kept.
const KEPT: [(Variant, i64); 2] = [(Variant::KeptSevenDays, 7 * DAY_MS), (Variant::KeptADay, DAY_MS)];

/// What a server with these variants does, in milliseconds; zero where it does not.
fn span(server: &Variants, spans: &[(Variant, i64)]) -> i64 {
    let chosen = spans.iter().find(|(variant, _)| server.has(*variant));
    chosen.map_or(0, |(_, span)| *span)
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
        && ["publish", "faceEnroll", "upload"]
            .iter()
            .any(|name| path.contains(name))
}

/// A look at what was stored just now finds nothing.
pub(super) fn hidden(server: &Variants, request: &Request<Bytes>, now_ms: i64) -> Option<Answer> {
    let late_ms = span(server, &LATE);
    if late_ms == 0 || request.method() != Method::GET {
        return None;
    }
    let mut parts = request.uri().path().split('/');
    let young = parts.any(|part| server.late.is_young(part, now_ms, late_ms));
    // Who asks is looked at first.
    let signed = request.headers().contains_key(http::header::AUTHORIZATION);
    (young && signed).then(|| Problem::not_found("There is no such thing.").into_answer())
}

/// Notes what was stored, and takes out of an answer what cannot be found yet or is kept no longer.
pub(super) fn leaving(server: &Variants, request: &Request<Bytes>, answer: &mut Answer, now_ms: i64) {
    let mut body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let path = request.uri().path();
    let (late_ms, kept_ms) = (span(server, &LATE), span(server, &KEPT));
    if late_ms > 0 {
        if stores(request) && answer.status().is_success() {
            let sent = super::sent(request);
            let mut found = Vec::new();
            for name in ["detectorName", "photoReferenceId"] {
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
