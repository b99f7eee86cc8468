//! Comparing what came back with what was sent, as leniently as a .NET server may spell it.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use icu_normalizer::ComposingNormalizer;
use serde_json::Value;

/// Whether a member says the same: equal text and booleans, numbers of the same value, times of the same instant.
pub(super) fn same(sent: &Value, came: &Value) -> bool {
    match (sent, came) {
        (Value::Number(sent), Value::Number(came)) => match (sent.as_f64(), came.as_f64()) {
            (Some(sent), Some(came)) => (sent - came).abs() <= f64::EPSILON * sent.abs().max(1.0),
            _ => sent == came,
        },
        (Value::String(sent), Value::String(came)) => {
            sent == came
                || same_text(sent, came)
                || instant(sent).is_some_and(|time| instant(came) == Some(time))
                || period(sent).is_some_and(|span| period(came) == Some(span))
        }
        _ => sent == came,
    }
}

/// Whether two texts are the same to their reader: whichever way lines end, and whichever of Unicode's normal forms they are in.
fn same_text(sent: &str, came: &str) -> bool {
    let read = |text: &str| {
        let text = text.replace("\r\n", "\n");
        ComposingNormalizer::new_nfc().normalize(&text).into_owned()
    };
    read(sent) == read(came)
}

/// The names of the members of `sent` that `came` does not repeat.
pub(super) fn different(sent: &Value, came: &Value) -> Vec<String> {
    let members = sent.as_object().into_iter().flatten();
    members
        .filter(|(name, value)| !same(value, came.get(name.as_str()).unwrap_or(&Value::Null)))
        .map(|(name, _)| name.clone())
        .collect()
}

/// A time as ISO 8601 writes it; without an offset it is taken for UTC, as the API's times are.
pub(super) fn instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    if let Ok(time) = text.parse::<NaiveDateTime>() {
        return Some(time.and_utc());
    }
    let date = text.parse::<NaiveDate>().ok()?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc())
}

/// A span as .NET writes it, `days.hh:mm:ss` with or without its days and with up to seven places behind; in ticks of 100 ns.
fn period(text: &str) -> Option<u64> {
    let (days, time) = match text.split_once('.') {
        Some((days, time)) if !days.contains(':') => (days.parse::<u32>().ok()?, time),
        _ => (0, text),
    };
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let fraction: u64 = format!("{fraction:0<7}").parse().ok().filter(|_| fraction.len() <= 7)?;
    let [hours, minutes, seconds] = clock
        .splitn(3, ':')
        .map(|part| part.parse::<u64>().ok().filter(|_| part.len() == 2))
        .collect::<Option<Vec<_>>>()?
        .try_into()
        .ok()?;
    Some((((u64::from(days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 10_000_000 + fraction)
}

/// The text or number of a member, as text: ids come as either.
pub(super) fn text(value: &Value, name: &str) -> Option<String> {
    match value.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// An id as it came, and as a path writes it: some servers give numbers.
#[derive(Debug, Clone)]
pub(super) struct Id {
    /// As JSON bodies hold it.
    pub(super) raw: Value,
    text: String,
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.text)
    }
}

impl std::ops::Deref for Id {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// The id in a member.
pub(super) fn id(value: &Value, name: &str) -> Option<Id> {
    Some(Id {
        raw: value.get(name)?.clone(),
        text: text(value, name)?,
    })
}

/// Stands for every id where the shape of a body is looked at.
const SOME_ID: &str = "00000000-0000-0000-0000-000000000000";

/// A body whose ids are GUIDs, whatever the server has: what an id looks like is its own business, that there is one is not.
pub(super) fn with_some_ids(mut body: Value) -> Value {
    match &mut body {
        Value::Array(entries) => {
            for entry in entries {
                *entry = with_some_ids(entry.take());
            }
        }
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                let is_text = member.as_str().is_some_and(|text| !text.is_empty());
                *member = if name.ends_with("Id") && (is_text || member.is_number() || member.is_object()) {
                    SOME_ID.into()
                } else {
                    with_some_ids(member.take())
                };
            }
        }
        _ => {}
    }
    body
}

/// Whether two ids are the same; GUIDs are written in either case.
pub(super) fn same_id(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_are_compared_as_instants_and_numbers_by_value() {
        for (sent, came, expected) in [
            (
                json!("2026-01-31T18:32:05Z"),
                json!("2026-01-31T18:32:05.0000000Z"),
                true,
            ),
            (json!("2026-01-31T18:32:05Z"), json!("2026-01-31T18:32:05"), true),
            (json!("2026-01-31T18:32:05Z"), json!("2026-01-31T10:32:05-08:00"), true),
            (json!("2026-01-31T18:32:05Z"), json!("2026-01-31T18:32:06Z"), false),
            (json!(12.5), json!(12.50), true),
            (json!(12), json!(12.0), true),
            (json!(12), json!("12"), false),
            (json!("30.00:00:00"), json!("30.00:00:00.0000000"), true),
            (json!("00:00:00"), json!("0.00:00:00"), true),
            (json!("30.00:00:00"), json!("31.00:00:00"), false),
            (json!("01:30:00"), json!("1.30:00:00"), false),
            (json!("one\ntwo"), json!("one\r\ntwo"), true),
            (json!("one\ntwo"), json!("one two"), false),
            (json!("Zo\u{EB}"), json!("Zoe\u{308}"), true),
            (json!("Zo\u{EB}"), json!("Zoe"), false),
            (json!("a"), json!("A"), false),
            (json!("a"), json!(null), false),
            (json!(null), json!(null), true),
        ] {
            assert_eq!(same(&sent, &came), expected, "{sent} {came}");
        }
    }

    #[test]
    fn what_an_id_looks_like_is_the_servers_business() {
        let body = json!([{"personId": 17, "confidence": 1, "person": {"faceId": {"$oid": "x"}, "tagId": null, "noteId": ""}}]);
        let ids =
            json!([{"personId": SOME_ID, "confidence": 1, "person": {"faceId": SOME_ID, "tagId": null, "noteId": ""}}]);
        assert_eq!(with_some_ids(body), ids);
    }

    #[test]
    fn members_that_differ_are_named_and_extra_ones_are_not() {
        let sent = json!({"a": 1, "b": "x", "c": null});
        assert_eq!(different(&sent, &json!({"b": "y", "d": 1, "a": 1.0})), ["b"]);
    }
}
