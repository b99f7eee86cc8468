//! JSON that says the same in another way.

use super::{Variant, Variants};
use chrono::{DateTime, SecondsFormat, Timelike as _};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// Lists whose order nobody states.
const UNORDERED: [&str; 6] = ["aliases", "addresses", "entityFields", "tags", "notes", "roles"];

/// What a variant makes of a body.
pub(super) fn reshaped(server: &Variants, path: &str, value: &mut Value) {
    let top = path.contains("/people") && !path.contains("/detections/") || path.contains("/Tags");
    if let Value::Array(entries) = value
        && server.has(Variant::ListsTurned)
        && top
    {
        entries.reverse();
    }
    each(server, value);
}

fn each(server: &Variants, value: &mut Value) {
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(|entry| each(server, entry)),
        Value::Object(members) => {
            let names: Vec<String> = members.keys().cloned().collect();
            for name in names {
                let Some(member) = members.get_mut(&name) else { continue };
                member_of(server, &name, member);
                each(server, member);
                if server.has(Variant::NullsLeftOut) && member.is_null() {
                    members.remove(&name);
                }
            }
            if server.has(Variant::MembersAdded) {
                members.insert("links".to_owned(), json!({"self": null}));
                members.insert("version".to_owned(), json!(3));
            }
            if server.has(Variant::MembersTurned) {
                let turned: Map<String, Value> = std::mem::take(members).into_iter().rev().collect();
                *members = turned;
            }
        }
        _ => {}
    }
}

fn member_of(server: &Variants, name: &str, member: &mut Value) {
    if server.has(Variant::ListsTurned)
        && UNORDERED.contains(&name)
        && let Value::Array(entries) = member
    {
        entries.reverse();
    }
    if matches!(name, "confidence" | "quality")
        && let Some(score) = member.as_f64()
    {
        if server.has(Variant::ScoresInPercent) && score <= 1.0 {
            *member = json!(score * 100.0);
        }
        if server.has(Variant::ScoresRounded) {
            *member = json!((score * 100.0).round() / 100.0);
        }
    }
    if name == "numberValue"
        && server.has(Variant::NumbersToTwoPlaces)
        && let Some(number) = member.as_f64()
    {
        *member = json!((number * 100.0).round() / 100.0);
    }
    if server.has(Variant::NumbersAsFloats)
        && let Some(number) = member.as_i64().filter(|_| name != "status" && !name.ends_with("Id"))
    {
        *member = json!(f64::from(i32::try_from(number).unwrap_or_default()));
    }
    if name == "image" && server.has(Variant::NoImagesInLists) {
        *member = Value::Null;
    }
    if let Some(text) = member.as_str()
        && let Some(time) = time(server, text)
    {
        *member = time.into();
    }
}

/// A time in the manner of the variant; nothing for what is no time.
fn time(server: &Variants, text: &str) -> Option<String> {
    if !(20..=35).contains(&text.len()) || text.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    let time = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
    if server.has(Variant::TimesToTheTick) {
        return Some(format!("{}0000Z", time.format("%Y-%m-%dT%H:%M:%S%.3f")));
    }
    if server.has(Variant::TimesWithOffset) {
        return Some(time.to_rfc3339_opts(SecondsFormat::Millis, false));
    }
    if server.has(Variant::TimesWithoutZone) {
        return Some(time.format("%Y-%m-%dT%H:%M:%S%.3f").to_string());
    }
    if server.has(Variant::TimesInSeconds) {
        return Some(time.with_nanosecond(0)?.to_rfc3339_opts(SecondsFormat::Secs, true));
    }
    None
}

/// The JSON as the variant writes it.
pub(super) fn written(server: &Variants, value: &Value) -> String {
    if server.has(Variant::JsonIndented) {
        return serde_json::to_string_pretty(value).unwrap_or_default();
    }
    let text = value.to_string();
    if !server.has(Variant::JsonEscaped) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() && !matches!(c, '<' | '>' | '&' | '\'' | '+') {
            escaped.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04X}");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_json_says_the_same() {
        let server = Variants::new(&[Variant::JsonEscaped]).expect("one");
        let value = json!({"a": "Zoë <b> 😀 it's 1+1"});
        let text = written(&server, &value);
        assert!(text.is_ascii());
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
    }
}
