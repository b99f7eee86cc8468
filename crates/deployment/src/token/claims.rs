//! The claims of a token that say when it begins and ends: read, not verified, since the server that sent it is the one
//! that will judge it.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, NaiveDateTime};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::time::Duration;

/// base64url that takes padding or leaves it: a client is lenient about what it merely peeks at.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The year 5000, in seconds since 1970. No token lives that long: a larger number counts milliseconds.
const YEAR_5000: f64 = 95_617_584_000.0;

/// The instants that a token states, in seconds since 1970; none for what is missing or unusable.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) exp: Option<f64>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) iat: Option<f64>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) nbf: Option<f64>,
}

impl Claims {
    /// Those of a JWT; none of what is no JWT.
    pub(super) fn of(token: &str) -> Option<Self> {
        serde_json::from_slice(&payload(token)?).ok()
    }
}

/// The user whom a JWT names; none of what names none.
#[derive(Deserialize)]
struct Name {
    unique_name: String,
}

/// The user whom a JWT names in its `unique_name`; none of what names none, or is no JWT.
pub fn unique_name(token: &str) -> Option<String> {
    let name: Name = serde_json::from_slice(&payload(token)?).ok()?;
    Some(name.unique_name)
}

/// The payload of a JWT, a JSON object by its beginning: a list would be taken for the members in their order.
fn payload(token: &str) -> Option<Vec<u8>> {
    let mut parts = token.split('.');
    let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let payload = BASE64URL.decode(payload).ok()?;
    payload.trim_ascii_start().starts_with(b"{").then_some(payload)
}

/// A `NumericDate` in seconds since 1970, whole or not. RFC 7519 has it a number of seconds; servers also write it as text, or
/// as a date, or count milliseconds and less.
fn numeric_date(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().or_else(|| calendar_date(text.trim())),
        _ => None,
    };
    let mut number = number.filter(|number| number.is_finite())?;
    for _ in 0..3 {
        if number > YEAR_5000 {
            number /= 1000.0;
        }
    }
    Some(number)
}

/// ISO 8601 with its offset, or without one and then in UTC; or the date of an e-mail.
fn calendar_date(text: &str) -> Option<f64> {
    let exact = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text));
    let seconds = match exact {
        Ok(exact) => exact.timestamp(),
        Err(_) => text.parse::<NaiveDateTime>().ok()?.and_utc().timestamp(),
    };
    Some(Duration::from_secs(u64::try_from(seconds).ok()?).as_secs_f64())
}

fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(numeric_date(&Value::deserialize(deserializer)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_instant_reads_however_it_is_written() {
        for (value, seconds) in [
            (json!(1_790_000_000), Some(1_790_000_000.0)),
            (json!(1_790_000_000.25), Some(1_790_000_000.25)),
            (json!("1790000000"), Some(1_790_000_000.0)),
            (json!(" 1790000000.5 "), Some(1_790_000_000.5)),
            (json!(1_790_000_000_500_u64), Some(1_790_000_000.5)),
            (json!("1790000000500"), Some(1_790_000_000.5)),
            (json!(1_790_000_000_500_000_u64), Some(1_790_000_000.5)),
            (json!("2026-09-21T14:13:20Z"), Some(1_790_000_000.0)),
            (json!("2026-09-21T16:13:20+02:00"), Some(1_790_000_000.0)),
            (json!("2026-09-21T14:13:20"), Some(1_790_000_000.0)),
            (json!("Mon, 21 Sep 2026 14:13:20 GMT"), Some(1_790_000_000.0)),
            (json!("2026-09-21"), None),
            (json!(95_617_584_000_u64), Some(95_617_584_000.0)),
            (json!(95_617_584_001_u64), Some(95_617_584.001)),
            (json!(-5), Some(-5.0)),
            (json!("soon"), None),
            (json!("NaN"), None),
            (json!("inf"), None),
            (json!(""), None),
            (json!(null), None),
            (json!(true), None),
            (json!([1]), None),
        ] {
            assert_eq!(numeric_date(&value), seconds, "{value}");
        }
    }
}
