//! How long a token lives, by what it says itself.

use super::claims::Claims;
use std::time::{Duration, SystemTime};

/// No token is believed to live longer; it keeps arithmetic on instants within bounds.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How long `token` lives from when it was received, or none when it does not say.
///
/// The two clocks need not agree: the life is the distance between the token's own `exp` and its `iat` or `nbf` (the
/// later of them, as a renewed token may keep the first one's `iat`), or between `exp` and the `date` of the answer it
/// came in, whichever is shorter. Only a token that comes with none of these is measured by our own `calendar`. Claims that
/// contradict one another (a token born expired) count as not saying.
pub fn life(token: &str, date: Option<SystemTime>, calendar: SystemTime) -> Option<Duration> {
    let claims = Claims::of(token)?;
    let expires = claims.exp?;
    let issued = [claims.iat, claims.nbf].into_iter().flatten().reduce(f64::max);
    let date = date.and_then(since_epoch);
    let known = [issued, date];
    let ours = if known == [None, None] {
        since_epoch(calendar)
    } else {
        None
    };
    known
        .into_iter()
        .chain([ours])
        .flatten()
        .map(|from| expires - from)
        .filter(|life| *life > 0.0)
        .reduce(f64::min)
        .map(|life| Duration::from_secs_f64(life.min(LONGEST.as_secs_f64())))
}

fn since_epoch(instant: SystemTime) -> Option<f64> {
    let since = instant.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(since.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    const NOW: u64 = 1_790_000_000;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn of(payload: &str, date: Option<u64>) -> Option<u64> {
        let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload));
        life(&token, date.map(at), at(NOW)).map(|life| life.as_secs())
    }

    #[test]
    fn the_life_is_the_tokens_own_whatever_the_clocks_say() {
        let table: [(&str, Option<u64>, Option<u64>); 21] = [
            (r#"{"exp":4600,"iat":1000}"#, None, Some(3600)),
            (r#"{"exp":4600,"nbf":1000}"#, None, Some(3600)),
            // A renewed token that keeps the first one's iat.
            (r#"{"exp":4600,"iat":1000,"nbf":4000}"#, None, Some(600)),
            (r#"{"exp":4600,"iat":1000}"#, Some(4000), Some(600)),
            // A Date that makes no sense beside the token is left out.
            (r#"{"exp":4600,"iat":1000}"#, Some(999_999), Some(3600)),
            (r#"{"exp":4600}"#, Some(4000), Some(600)),
            (r#"{"exp":1790000060}"#, None, Some(60)),
            // However it is written.
            (r#"{"exp":1790000060.5,"iat":1790000000.5}"#, None, Some(60)),
            (r#"{"exp":"1790000060","iat":"1790000000"}"#, None, Some(60)),
            (r#"{"exp":1790000060000,"iat":1790000000000}"#, None, Some(60)),
            (r#"{"exp":1790000060000,"iat":1790000000}"#, None, Some(60)),
            // Unusable claims count as missing.
            (r#"{"exp":1790000060,"iat":"today","nbf":null}"#, None, Some(60)),
            (r#"{"exp":1000,"iat":1000}"#, None, None),
            (r#"{"exp":900,"iat":1000}"#, None, None),
            (r#"{"exp":"soon","iat":1000}"#, None, None),
            (r#"{"exp":null,"iat":1000}"#, None, None),
            (r#"{"iat":1000}"#, None, None),
            (r#"{"exp":1e300,"iat":0}"#, None, Some(30 * 24 * 3600)),
            ("[4600,1000,1000]", None, None),
            ("{}", None, None),
            ("not json", None, None),
        ];
        for (payload, date, expected) in table {
            assert_eq!(of(payload, date), expected, "{payload} {date:?}");
        }
    }

    #[test]
    fn what_is_no_jwt_does_not_say() {
        for token in ["", "opaque", "a.b", "a.b.c", "a.b.c.d", "..", "é.é.é"] {
            assert_eq!(life(token, None, at(NOW)), None, "{token}");
        }
    }
}
