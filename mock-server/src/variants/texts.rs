//! Texts as a database keeps them.

use super::{Variant, Variants};
use bytes::Bytes;
use http::{Method, Request};
use serde_json::Value;

/// Longer than this no text is, but a picture may be.
const LONGEST_TEXT: usize = 4096;
/// Members that are texts, and may be missing.
const OPTIONAL: [&str; 4] = ["middleName", "title", "street2", "description"];

fn keeps_texts(path: &str) -> bool {
    (path.contains("/people/") || path.contains("/Tags")) && !path.contains("Photo/") && !path.contains("/detections/")
}

/// Stores the texts of a request as the site does.
pub(super) fn arriving(server: &Variants, request: &mut Request<Bytes>) {
    let changes = [
        Variant::TextsTrimmed,
        Variant::TextsTrimmedAtTheEnd,
        Variant::LinesEndAlike,
        Variant::ControlsDropped,
    ];
    let writes = request.method() == Method::PUT || request.method() == Method::POST;
    if !writes || !keeps_texts(request.uri().path()) || !changes.iter().any(|change| server.has(*change)) {
        return;
    }
    let Ok(mut body) = serde_json::from_slice::<Value>(request.body()) else {
        return;
    };
    for text in body.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut) {
        if let Value::String(kept) = text
            && kept.len() <= LONGEST_TEXT
        {
            *kept = stored(server, kept);
        }
    }
    *request.body_mut() = body.to_string().into();
}

fn stored(server: &Variants, text: &str) -> String {
    if server.has(Variant::TextsTrimmed) {
        return text.trim().to_owned();
    }
    if server.has(Variant::TextsTrimmedAtTheEnd) {
        return text.trim_end().to_owned();
    }
    if server.has(Variant::LinesEndAlike) {
        return text.replace("\r\n", "\n");
    }
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))
        .collect()
}

/// Writes texts of no characters as the database gives them back.
pub(super) fn shown(server: &Variants, path: &str, value: &mut Value) {
    if !keeps_texts(path) && !path.ends_with("/people") {
        return;
    }
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(|entry| shown(server, path, entry)),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if server.has(Variant::EmptyIsNull) && member.as_str() == Some("") {
                    *member = Value::Null;
                } else if server.has(Variant::NullIsEmpty) && member.is_null() && OPTIONAL.contains(&name.as_str()) {
                    *member = "".into();
                } else {
                    shown(server, path, member);
                }
            }
        }
        _ => {}
    }
}
