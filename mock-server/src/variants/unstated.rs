//! What an answer says where the documents state its status and no more: what a write tells of what it wrote, what becomes of
//! a face that nobody has, what a comparison or a reference is answered with.

use super::{Variant, Variants, refusals};
use crate::answer::{self, Answer, Problem};
use bytes::Bytes;
use http::{HeaderValue, Method, Request};
use serde_json::{Value, json};

/// Writes whose answer the documents describe.
const DESCRIBED: [&str; 7] = [
    "/authenticate",
    "/publish",
    "/publishWithResponse",
    "/recognize",
    "/lookup",
    "/faceEnroll",
    "/faceDetect",
];

/// What is told from what the server within says; nothing, where that is told.
type Telling = fn(&Value) -> Option<Value>;

/// What a write says, by variant, from what the server within says.
const WRITTEN: [(Variant, Telling); 6] = [
    (Variant::WritesSayTrue, |_| Some(json!(true))),
    (Variant::WritesSayNull, |_| Some(Value::Null)),
    (Variant::WritesSayMessage, |_| {
        Some(json!({"success": true, "message": "Saved.", "errors": []}))
    }),
    (Variant::WritesSayId, |said| id_of(said).cloned()),
    (Variant::WritesSayData, |said| {
        Some(json!({"data": said, "status": "ok"}))
    }),
    (Variant::WritesSayList, |said| (!said.is_null()).then(|| json!([said]))),
];

/// The id of what was written: its first member that is one.
fn id_of(said: &Value) -> Option<&Value> {
    let members = said.as_object()?;
    members.iter().find(|(name, _)| name.ends_with("Id")).map(|(_, id)| id)
}

/// Says it in the manner of the variants.
pub(super) fn said(server: &Variants, request: &Request<Bytes>, answer: &mut Answer) {
    let path = request.uri().path();
    if request.method() != Method::GET && answer.status().is_success() {
        if path.ends_with("/faceCompare") {
            return compared(server, answer);
        }
        if path.ends_with("/faceDetect") {
            return detected(server, answer);
        }
        if !DESCRIBED.iter().any(|described| path.ends_with(described)) {
            written(server, answer);
        }
    }
    if path.contains("/checkImageReference/") && answer.status().is_success() {
        referred(server, answer);
    }
    // Not where there is no such path.
    if path.ends_with("/recognize") && refusals::is_about_a_thing(answer) {
        unmatched(server, answer);
    }
}

fn written(server: &Variants, answer: &mut Answer) {
    let within: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    if server.has(Variant::WritesSayNothing) {
        return *answer = answer::empty();
    }
    if server.has(Variant::WritesSayOk) {
        let text = HeaderValue::from_static("text/plain; charset=utf-8");
        return *answer = answer::bytes(text, Bytes::from_static(b"OK"));
    }
    let told = WRITTEN.iter().find(|(variant, _)| server.has(*variant));
    if let Some(told) = told.and_then(|(_, tell)| tell(&within)) {
        *answer = answer::json(&told);
    }
}

fn compared(server: &Variants, answer: &mut Answer) {
    let within: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let similarity = within.get("similarity").and_then(Value::as_f64).unwrap_or_default();
    if server.has(Variant::ComparisonsAreNumbers) {
        *answer = answer::json(&json!(similarity));
    } else if server.has(Variant::ComparisonsAreDistances) {
        *answer = answer::json(&json!({"distance": 1.0 - similarity, "threshold": 0.4}));
    } else if server.has(Variant::ComparisonsAreWords) {
        let verdict = if within.get("match") == Some(&json!(true)) {
            "Same"
        } else {
            "Different"
        };
        *answer = answer::json(&json!({"verdict": verdict}));
    }
}

fn detected(server: &Variants, answer: &mut Answer) {
    let within: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let faces = within
        .as_object()
        .into_iter()
        .flatten()
        .find_map(|(_, member)| member.as_array());
    if server.has(Variant::FacesAreAList) {
        *answer = answer::json(&json!(faces));
    } else if server.has(Variant::FacesAreCounted) {
        *answer = answer::json(&json!({"count": faces.map_or(0, Vec::len)}));
    }
}

fn referred(server: &Variants, answer: &mut Answer) {
    let within: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let exists = within.get("exists") == Some(&json!(true));
    if server.has(Variant::ReferencesAreTruths) {
        *answer = answer::json(&json!(exists));
    } else if server.has(Variant::ReferencesUnknownAre404) && !exists {
        *answer = Problem::not_found("There is no such reference.").into_answer();
    }
}

fn unmatched(server: &Variants, answer: &mut Answer) {
    if server.has(Variant::NoMatchIsNull) {
        *answer = answer::json(&Value::Null);
    } else if server.has(Variant::NoMatchIsNobody) {
        *answer =
            answer::json(&json!({"faceId": null, "personId": null, "firstName": null, "lastName": null, "tags": []}));
    } else if server.has(Variant::NoMatchIs400) {
        *answer = Problem::bad_request("No match.").into_answer();
    }
}
