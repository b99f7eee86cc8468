//! Ids of other shapes, exchanged for the server's own in both directions.

use super::shapes::{SHAPES, Shape};
use super::{Variant, Variants};
use crate::answer::{Answer, Problem};
use crate::route::percent_decoded;
use bytes::Bytes;
use http::{Request, StatusCode};
use parking_lot::Mutex;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// Ids that were given out, as the client knows them and as the server does.
#[derive(Default)]
pub(super) struct Ids(Mutex<Given>);

#[derive(Default)]
struct Given {
    known: HashMap<String, Uuid>,
    /// Which one it is, in the order in which they were first shown.
    counted: HashMap<Uuid, u64>,
}

impl Ids {
    /// An id as the client is to know it, so that it is known again.
    fn given(&self, id: Uuid, shape: Shape) -> Value {
        let mut given = self.0.lock();
        let next = given.counted.len() as u64 + 1;
        let shown = shape(id, *given.counted.entry(id).or_insert(next));
        let text = shown.as_str().map_or_else(|| shown.to_string(), str::to_owned);
        given.known.insert(text, id);
        shown
    }

    fn known(&self, text: &str) -> Option<Uuid> {
        self.0.lock().known.get(text).copied()
    }
}

fn is_changed(server: &Variants) -> bool {
    server.has(Variant::UnknownIdIs404) || SHAPES.iter().any(|(variant, _)| server.has(*variant))
}

/// Exchanges what stands in path, query and JSON for the server's ids.
pub(super) fn arriving(server: &Variants, request: &mut Request<Bytes>) {
    if !is_changed(server) {
        return;
    }
    let text = request.uri().to_string();
    let (path, query) = text.split_once('?').unwrap_or((&text, ""));
    let segment = |segment: &str| {
        let decoded = percent_decoded(segment).unwrap_or_default();
        match server.ids.known(&decoded) {
            Some(id) => id.to_string(),
            // Of this server's shape, and of nothing.
            None if decoded.parse::<u64>().is_ok() || decoded.starts_with("p-") => nothing(&decoded),
            None => segment.to_owned(),
        }
    };
    // What a search looks for is no id.
    let path = if path.contains("/entityValue/") {
        path.to_owned()
    } else {
        path.split('/').map(segment).collect::<Vec<_>>().join("/")
    };
    let pairs: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| exchanged(server, pair))
        .collect();
    let target = if pairs.is_empty() {
        path
    } else {
        format!("{path}?{}", pairs.join("&"))
    };
    if let Ok(uri) = target.parse() {
        *request.uri_mut() = uri;
    }
    if let Ok(mut value) = serde_json::from_slice::<Value>(request.body()) {
        inward(server, &mut value);
        *request.body_mut() = value.to_string().into();
    }
    form(server, request);
}

/// An id that nothing has, the same each time.
fn nothing(text: &str) -> String {
    let number = text
        .bytes()
        .fold(1_u128, |sum, byte| sum.wrapping_mul(257).wrapping_add(u128::from(byte)));
    Uuid::from_u128(number).to_string()
}

/// A person's id in a form is a part of its own line.
fn form(server: &Variants, request: &mut Request<Bytes>) {
    let marker = b"name=\"personId\"\r\n\r\n";
    let body = request.body().clone();
    let Some(at) = body.windows(marker.len()).position(|window| window == marker) else {
        return;
    };
    let start = at + marker.len();
    let length = body[start..].iter().position(|byte| *byte == b'\r').unwrap_or_default();
    let shown = String::from_utf8_lossy(&body[start..start + length]).into_owned();
    if let Some(id) = server.ids.known(&shown) {
        let whole = [&body[..start], id.to_string().as_bytes(), &body[start + length..]].concat();
        *request.body_mut() = whole.into();
    }
}

fn exchanged(server: &Variants, pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, value)) if name.to_ascii_lowercase().ends_with("id") => match known_encoded(server, value) {
            Some(id) => format!("{name}={id}"),
            None if value.parse::<u64>().is_ok() => {
                format!("{name}={}", nothing(value))
            }
            None => pair.to_owned(),
        },
        _ => pair.to_owned(),
    }
}

fn known_encoded(server: &Variants, value: &str) -> Option<Uuid> {
    // A blank is a plus sign there, too.
    let spaced = percent_decoded(&value.replace('+', "%20"))?;
    server
        .ids
        .known(&spaced)
        .or_else(|| server.ids.known(&percent_decoded(value)?))
}

fn is_id(name: &str) -> bool {
    (name.ends_with("Id") || name == "id") && name != "photoReferenceId" && name != "sharedId"
}

fn inward(server: &Variants, value: &mut Value) {
    let Value::Object(members) = value else { return };
    for (_, member) in members.iter_mut().filter(|(name, _)| is_id(name)) {
        let text = match &*member {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => continue,
        };
        if let Some(id) = server.ids.known(&text) {
            *member = id.to_string().into();
        }
    }
}

/// Writes ids as the variant does.
pub(super) fn shown(server: &Variants, value: &mut Value) {
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(|entry| shown(server, entry)),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                match &*member {
                    Value::String(text) if is_id(name) => {
                        if let Ok(id) = Uuid::parse_str(text) {
                            *member = outward(server, id);
                        }
                    }
                    _ => shown(server, member),
                }
            }
        }
        _ => {}
    }
}

fn outward(server: &Variants, id: Uuid) -> Value {
    if let Some((_, shape)) = SHAPES.iter().find(|(variant, _)| server.has(*variant)) {
        return server.ids.given(id, *shape);
    }
    if server.has(Variant::GuidsInCapitals) {
        return id.to_string().to_uppercase().into();
    }
    if server.has(Variant::GuidsWithoutDashes) {
        return id.simple().to_string().into();
    }
    id.to_string().into()
}

/// What a refusal of an id's shape becomes: not found.
pub(super) fn not_found(server: &Variants, answer: &mut Answer) {
    let about_ids = answer.status() == StatusCode::BAD_REQUEST
        && serde_json::from_slice::<Value>(answer.body()).is_ok_and(|body| body.pointer("/errors/id").is_some());
    if about_ids && is_changed(server) {
        *answer = Problem::new(StatusCode::NOT_FOUND).into_answer();
    }
}
