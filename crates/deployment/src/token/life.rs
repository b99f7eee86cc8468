//! How long a token lives, by what it says itself.

use super::claims::Claims;
use std::time::{Duration, SystemTime};

/// No token is believed to live longer; it keeps arithmetic on instants within bounds.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How long a token lives from when it was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// None when the token does not say.
    pub lasts: Option<Duration>,
    /// Whether the server says so. Without its clock, `exp` is held against ours, which may be another: the token may end
    /// sooner.
    pub stated: bool,
}

impl Life {
    /// That of a token which does not say.
    pub const UNSTATED: Self = Self {
        lasts: None,
        stated: false,
    };

    /// The life of `token`, which came in an answer of that `date`, when our own clock showed `calendar`.
    ///
    /// The two clocks need not agree: the life is the distance between the token's own `exp` and its `iat` or `nbf` (the
    /// later of them, as a renewed token may keep the first one's `iat`), or between `exp` and the `date` of the answer it
    /// came in, whichever is shorter. Only a token that comes with none of these is measured by our own `calendar`. Claims that
    /// contradict one another (a token born expired) count as not saying.
    pub fn of(token: &str, date: Option<SystemTime>, calendar: SystemTime) -> Self {
        Claims::of(token).map_or(Self::UNSTATED, |claims| Self::by(&claims, date, calendar))
    }

    /// The same of a token that was given for `old`, of whose stated life `left` was left: one that keeps the first one's `iat` is
    /// not as old as that looks.
    pub fn of_renewed(
        token: &str,
        date: Option<SystemTime>,
        calendar: SystemTime,
        old: &str,
        left: Option<Duration>,
    ) -> Self {
        let Some(claims) = Claims::of(token) else {
            return Self::UNSTATED;
        };
        let life = Self::by(&claims, date, calendar);
        let before = || Claims::of(old).and_then(|claims| claims.exp);
        let (Some(left), Some(after), Some(before)) = (left, claims.exp, before()) else {
            return life;
        };
        let by_the_old = left.as_secs_f64() + after - before;
        match life.lasts {
            Some(lasts) if life.stated && by_the_old >= lasts.as_secs_f64() => life,
            _ if by_the_old > 0.0 => Self {
                lasts: Some(bounded(by_the_old)),
                stated: true,
            },
            _ => life,
        }
    }

    fn by(claims: &Claims, date: Option<SystemTime>, calendar: SystemTime) -> Self {
        let Some(expires) = claims.exp else {
            return Self::UNSTATED;
        };
        let left = |from: f64| Some(expires - from).filter(|life| *life > 0.0);
        let issued = [claims.iat, claims.nbf].into_iter().flatten().reduce(f64::max);
        let date = date.and_then(since_epoch);
        let known = [issued, date];
        let stated = known.into_iter().flatten().filter_map(left).reduce(f64::min);
        let ours = since_epoch(calendar).filter(|_| known == [None, None]).and_then(left);
        Self {
            lasts: stated.or(ours).map(bounded),
            stated: stated.is_some(),
        }
    }
}

/// How long `token` lives from when it was received, or none when it does not say: [`Life::of`].
pub fn life(token: &str, date: Option<SystemTime>, calendar: SystemTime) -> Option<Duration> {
    Life::of(token, date, calendar).lasts
}

fn bounded(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.min(LONGEST.as_secs_f64()))
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
    fn only_the_servers_own_clock_states_a_life() {
        let stated = |payload: &str, date: Option<u64>| {
            let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload));
            Life::of(&token, date.map(at), at(NOW)).stated
        };
        assert!(stated(r#"{"exp":4600,"iat":1000}"#, None));
        assert!(stated(r#"{"exp":4600}"#, Some(4000)));
        assert!(!stated(r#"{"exp":1790000060}"#, None));
        assert!(!stated(r#"{"exp":1000,"iat":1000}"#, None));
        assert!(!stated("{}", Some(4000)));
    }

    #[test]
    fn a_renewed_token_is_as_long_behind_the_old_one_as_it_says() {
        let token = |payload: &str| format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload));
        let renewed = |old: &str, left: u64, new: &str| {
            let left = Some(Duration::from_secs(left));
            Life::of_renewed(&token(new), None, at(NOW), &token(old), left)
        };
        let lasts = |seconds| Life {
            lasts: Some(Duration::from_secs(seconds)),
            stated: true,
        };
        // The first one's iat is kept.
        let kept = renewed(r#"{"exp":1060,"iat":1000}"#, 20, r#"{"exp":1100,"iat":1000}"#);
        assert_eq!(kept, lasts(60));
        let fresh = renewed(r#"{"exp":1060,"iat":1000}"#, 20, r#"{"exp":1100,"iat":1040}"#);
        assert_eq!(fresh, lasts(60));
        // A server that gives the new one less than that says so itself.
        let shorter = renewed(r#"{"exp":1060,"iat":1000}"#, 20, r#"{"exp":1100,"iat":1090}"#);
        assert_eq!(shorter, lasts(10));
        // Nothing to go by.
        let unsaid = renewed("{}", 20, "{}");
        assert_eq!(unsaid, Life::UNSTATED);
    }

    #[test]
    fn what_is_no_jwt_does_not_say() {
        for token in ["", "opaque", "a.b", "a.b.c", "a.b.c.d", "..", "é.é.é"] {
            assert_eq!(life(token, None, at(NOW)), None, "{token}");
        }
    }
}
