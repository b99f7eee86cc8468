//! Times, numbers and scores as they are kept.

use super::{Variant, Variants};
use chrono::{DateTime, FixedOffset, SecondsFormat, Timelike as _, Utc};
use serde_json::{Map, Value, json};

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
        && let Value::Object(sides) = member
    {
        boxed(server, sides);
    }
    if name == "timeZone"
        && let Some(zone) = member.as_str().and_then(|zone| zone_named(server, zone))
    {
        *member = zone.into();
    }
    if name == "defaultExpirePeriod" && server.has(Variant::PeriodsOfDays) && member == "00:00:00" {
        *member = "0.00:00:00".into();
    }
    if name == "dateValue"
        && server.has(Variant::DatesWithoutTime)
        && let Some((day, _)) = member.as_str().and_then(|time| time.split_once('T'))
    {
        *member = format!("{day}T00:00:00Z").into();
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

/// The sides of a box around a face, whose unit nobody states.
fn boxed(server: &Variants, sides: &mut Map<String, Value>) {
    let of = |side: &Value| side.as_f64().unwrap_or_default();
    let scale = match () {
        () if server.has(Variant::BoxesAsFractions) => SIDE,
        () if server.has(Variant::BoxesInPercent) => SIDE / 100.0,
        () => 1.0,
    };
    for side in sides.values_mut() {
        *side = json!(of(side) / scale);
    }
    // A face that the edge of the picture cuts begins outside it.
    if server.has(Variant::BoxesBeyondThePicture) {
        for name in ["x", "y"] {
            sides.insert(name.to_owned(), json!(-12.5));
        }
    }
    if server.has(Variant::BoxesByEdges) {
        let at = |name: &str| sides.get(name).map_or(0.0, of);
        let (left, top) = (at("x"), at("y"));
        let (right, bottom) = (left + at("width"), top + at("height"));
        let edges = json!({"left": left, "top": top, "right": right, "bottom": bottom});
        *sides = edges.as_object().cloned().unwrap_or_default();
    }
}

/// Other names of the zones that clients name, as Windows has them and as older systems do.
const ZONES: [(&str, &str, &str); 6] = [
    ("America/Los_Angeles", "Pacific Standard Time", "US/Pacific"),
    ("America/New_York", "Eastern Standard Time", "US/Eastern"),
    ("Asia/Kolkata", "India Standard Time", "Asia/Calcutta"),
    ("Asia/Tokyo", "Tokyo Standard Time", "Japan"),
    ("Europe/London", "GMT Standard Time", "GB"),
    ("UTC", "UTC", "Etc/UTC"),
];

fn zone_named(server: &Variants, zone: &str) -> Option<&'static str> {
    let (_, windows, older) = ZONES.iter().find(|(name, ..)| *name == zone)?;
    match () {
        () if server.has(Variant::ZonesOfWindows) => Some(windows),
        () if server.has(Variant::ZonesOfOld) => Some(older),
        () => None,
    }
}

fn score(server: &Variants, score: f64, as_it_is: &Value) -> Value {
    if server.has(Variant::ScoresInPercent) && score <= 1.0 {
        return json!(score * 100.0);
    }
    if server.has(Variant::ScoresToAThousand) && score <= 1.0 {
        return json!((score * 1000.0).round());
    }
    if server.has(Variant::ScoresToAByte) && score <= 1.0 {
        return json!((score * 255.0).round());
    }
    if server.has(Variant::ScoresAsDistances) {
        return json!(1.0 - score);
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
    if server.has(Variant::NumbersToFourPlaces) {
        return json!(rounded(number, 4));
    }
    if server.has(Variant::NumbersToFifteenDigits) {
        return format!("{number:.14e}")
            .parse::<f64>()
            .map_or_else(|_| as_it_is.clone(), Value::from);
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
    if server.has(Variant::TimesToTheNanosecond) {
        return Some(time.to_rfc3339_opts(SecondsFormat::Nanos, true));
    }
    if server.has(Variant::TimesOfAnotherZone) {
        let there = time.with_timezone(&FixedOffset::east_opt(5 * 3600 + 1800)?);
        return Some(there.to_rfc3339_opts(SecondsFormat::Millis, true));
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
    let parts = [
        (Variant::TimesToTheNearestSecond, 1),
        (Variant::TimesToTheTenth, 10),
        (Variant::TimesToTheHundredth, 100),
        (Variant::TimesOfDatetime, 300),
    ];
    let (_, parts) = parts.into_iter().find(|(variant, _)| server.has(*variant))?;
    to_parts(time, parts)
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
            (Variant::TimesToTheNearestSecond, "2026-11-22T05:30:00.000Z"),
            (Variant::TimesToTheTenth, "2026-11-22T05:30:00.100Z"),
            (Variant::TimesToTheNanosecond, "2026-11-22T05:30:00.128000000Z"),
            (Variant::TimesOfAnotherZone, "2026-11-22T11:00:00.128+05:30"),
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
