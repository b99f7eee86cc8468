//! Times, numbers and scores as they are kept.

use super::{Variant, Variants};
use chrono::{DateTime, SecondsFormat, Timelike as _, Utc};
use serde_json::{Value, json};

/// Pixels on a side, where boxes are fractions of the picture.
const SIDE: f64 = 1000.0;

/// Shows one member as the variants keep it.
pub(super) fn shown(server: &Variants, name: &str, member: &mut Value) {
    if matches!(name, "confidence" | "quality")
        && let Some(score) = member.as_f64()
    {
        *member = self::score(server, score, member);
    }
    if name == "numberValue"
        && let Some(number) = member.as_f64()
    {
        *member = self::number(server, number, member);
    }
    if name == "boundingBox"
        && server.has(Variant::BoxesAsFractions)
        && let Value::Object(sides) = member
    {
        for side in sides.values_mut() {
            *side = json!(side.as_f64().unwrap_or_default() / SIDE);
        }
    }
    if server.has(Variant::NumbersAsFloats)
        && let Some(number) = member.as_i64().filter(|_| name != "status" && !name.ends_with("Id"))
    {
        *member = json!(f64::from(i32::try_from(number).unwrap_or_default()));
    }
    if server.has(Variant::FractionsOfFloats) && member.is_f64() && name != "numberValue" {
        *member = json!(single(member.as_f64().unwrap_or_default()));
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

fn score(server: &Variants, score: f64, as_it_is: &Value) -> Value {
    if server.has(Variant::ScoresInPercent) && score <= 1.0 {
        return json!(score * 100.0);
    }
    if server.has(Variant::ScoresToAThousand) && score <= 1.0 {
        return json!((score * 1000.0).round());
    }
    if server.has(Variant::ScoresRounded) {
        return json!(rounded(score, 2));
    }
    as_it_is.clone()
}

fn number(server: &Variants, number: f64, as_it_is: &Value) -> Value {
    if server.has(Variant::NumbersToTwoPlaces) {
        return json!(rounded(number, 2));
    }
    if server.has(Variant::NumbersToSixPlaces) {
        return json!(rounded(number, 6));
    }
    if server.has(Variant::NumbersAsSingles) {
        return json!(single(number));
    }
    as_it_is.clone()
}

fn rounded(number: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (number * scale).round() / scale
}

#[expect(clippy::cast_possible_truncation, reason = "that is what single precision keeps")]
fn single(number: f64) -> f64 {
    f64::from(number as f32)
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
    if server.has(Variant::TimesToTheMicrosecond) {
        return Some(time.to_rfc3339_opts(SecondsFormat::Micros, true));
    }
    if server.has(Variant::TimesTrimmed) {
        let whole = time.format("%Y-%m-%dT%H:%M:%S%.3f").to_string();
        return Some(format!("{}Z", whole.trim_end_matches('0').trim_end_matches('.')));
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
    if server.has(Variant::TimesToTheHundredth) {
        return to_parts(time, 100);
    }
    if server.has(Variant::TimesOfDatetime) {
        return to_parts(time, 300);
    }
    None
}

/// The nearest time of so many parts of a second, to the millisecond.
fn to_parts(time: DateTime<Utc>, parts: i64) -> Option<String> {
    let millis = time.timestamp_millis();
    let part = (millis * parts + 500).div_euclid(1000);
    let nearest = DateTime::from_timestamp_millis((part * 1000 + parts / 2).div_euclid(parts))?;
    Some(nearest.to_rfc3339_opts(SecondsFormat::Millis, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_kept_as_the_database_does() {
        for (variant, kept) in [
            (Variant::TimesToTheTick, "2026-11-22T05:30:00.1280000Z"),
            (Variant::TimesToTheMicrosecond, "2026-11-22T05:30:00.128000Z"),
            (Variant::TimesToTheHundredth, "2026-11-22T05:30:00.130Z"),
            (Variant::TimesOfDatetime, "2026-11-22T05:30:00.127Z"),
            (Variant::TimesInSeconds, "2026-11-22T05:30:00Z"),
        ] {
            let server = Variants::new(&[variant]).expect("one");
            assert_eq!(
                time(&server, "2026-11-22T05:30:00.128Z").as_deref(),
                Some(kept),
                "{variant}"
            );
        }
        let server = Variants::new(&[Variant::TimesTrimmed]).expect("one");
        assert_eq!(
            time(&server, "2026-11-22T05:30:00.120Z").as_deref(),
            Some("2026-11-22T05:30:00.12Z")
        );
        assert_eq!(
            time(&server, "2026-11-22T05:30:10.000Z").as_deref(),
            Some("2026-11-22T05:30:10Z")
        );
        assert_eq!(time(&server, "no time of this kind"), None);
    }
}
