//! How long a token lives, by what it says itself.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};
use std::time::{Duration, SystemTime};

/// No token is believed to live longer; it keeps arithmetic on instants within bounds.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// base64url that takes padding or leaves it: a client is lenient about what it merely peeks at.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// How long `token` lives from when it was received, or none when it does not say.
///
/// The two clocks need not agree: the lifetime is the distance between the token's own `exp` and its `iat` or `nbf` (the
/// later of them, as a renewed token may keep the first one's `iat`), or between `exp` and the `Date` of the answer it
/// came in, whichever is shorter. Only a token that comes with none of these is measured by our own calendar. Claims that
/// contradict one another (a token born expired) count as not saying.
pub(super) fn lifetime(token: &str, date: Option<SystemTime>, calendar: SystemTime) -> Option<Duration> {
    let claims = claims(token)?;
    let expires = seconds(&claims, "exp")?;
    let issued = [seconds(&claims, "iat"), seconds(&claims, "nbf")]
        .into_iter()
        .flatten()
        .reduce(f64::max);
    let known: Vec<f64> = [issued, date.and_then(since_epoch)].into_iter().flatten().collect();
    let known = if known.is_empty() {
        since_epoch(calendar).into_iter().collect()
    } else {
        known
    };
    known
        .into_iter()
        .map(|from| expires - from)
        .filter(|lifetime| *lifetime > 0.0)
        .reduce(f64::min)
        .map(|lifetime| Duration::from_secs_f64(lifetime.min(LONGEST.as_secs_f64())))
}

/// The claims of a JWT, unverified: the server that sent it is the one that will judge it.
fn claims(token: &str) -> Option<Map<String, Value>> {
    let mut parts = token.split('.');
    let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    serde_json::from_slice(&BASE64URL.decode(payload).ok()?).ok()
}

/// A `NumericDate`, seconds since 1970, whole or not.
fn seconds(claims: &Map<String, Value>, name: &str) -> Option<f64> {
    claims.get(name)?.as_f64().filter(|value| value.is_finite())
}

fn since_epoch(instant: SystemTime) -> Option<f64> {
    let since = instant.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(since.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    const NOW: u64 = 1_790_000_000;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn of(payload: &str, date: Option<u64>) -> Option<u64> {
        let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload));
        lifetime(&token, date.map(at), at(NOW)).map(|lifetime| lifetime.as_secs())
    }

    #[test]
    fn the_lifetime_is_the_tokens_own_whatever_the_clocks_say() {
        let table: [(&str, Option<u64>, Option<u64>); 13] = [
            (r#"{"exp":4600,"iat":1000}"#, None, Some(3600)),
            (r#"{"exp":4600,"nbf":1000}"#, None, Some(3600)),
            // A renewed token that keeps the first one's iat.
            (r#"{"exp":4600,"iat":1000,"nbf":4000}"#, None, Some(600)),
            (r#"{"exp":4600,"iat":1000}"#, Some(4000), Some(600)),
            // A Date that makes no sense beside the token is left out.
            (r#"{"exp":4600,"iat":1000}"#, Some(999_999), Some(3600)),
            (r#"{"exp":4600}"#, Some(4000), Some(600)),
            (r#"{"exp":1790000060}"#, None, Some(60)),
            (r#"{"exp":1000,"iat":1000}"#, None, None),
            (r#"{"exp":"soon","iat":1000}"#, None, None),
            (r#"{"iat":1000}"#, None, None),
            (r#"{"exp":1e300,"iat":0}"#, None, Some(30 * 24 * 3600)),
            ("[1]", None, None),
            ("not json", None, None),
        ];
        for (payload, date, expected) in table {
            assert_eq!(of(payload, date), expected, "{payload} {date:?}");
        }
    }

    #[test]
    fn what_is_no_jwt_does_not_say() {
        for token in ["", "opaque", "a.b", "a.b.c", "a.b.c.d", "..", "é.é.é"] {
            assert_eq!(lifetime(token, None, at(NOW)), None, "{token}");
        }
    }
}
