//! Which answers only say that there were too many calls, and when to come again.

use super::throttle::{Route, Throttle};
use http::StatusCode;
use http::header::RETRY_AFTER;
use proofload_deployment::client::Answer;
use proofload_deployment::client::login::server_date;
use std::time::{Duration, SystemTime};

/// How often a call that is answered 429, or told when to come again, is made anew at most.
const TRIES: u32 = 20;
/// The same for a 503 that says nothing: it may be the answer to this very call.
const TRIES_UNTOLD: u32 = 7;

/// What an answer means for the pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PushBack {
    /// It is an answer.
    None,
    /// Too many calls; after this time, where it says so, the call is to be made again.
    Again(Option<Duration>),
    /// Too many calls, and it has been tried often enough.
    InVain,
}

/// What an answer means for the pace, when it is that of a call of `route` which was pushed back `tries` times before.
pub(super) fn of(answer: &Answer, route: &Route, throttle: &Throttle, tries: u32) -> PushBack {
    let told = retry_after(answer, SystemTime::now());
    let most = match answer.status {
        StatusCode::TOO_MANY_REQUESTS => TRIES,
        StatusCode::SERVICE_UNAVAILABLE if told.is_some() => TRIES,
        StatusCode::SERVICE_UNAVAILABLE if throttle.believes_in_limits() => TRIES_UNTOLD,
        _ => return PushBack::None,
    };
    if tries < most && throttle.is_shut(route).is_none() {
        return PushBack::Again(told);
    }
    throttle.in_vain(route);
    PushBack::InVain
}

/// In how long to come again: `Retry-After` has seconds or a date.
fn retry_after(answer: &Answer, now: SystemTime) -> Option<Duration> {
    let value = answer.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = server_date(value.as_bytes())?;
    // By the clock that the answer is dated by, where it has one.
    let date = answer.headers.get(http::header::DATE);
    let now = date.and_then(|date| server_date(date.as_bytes())).unwrap_or(now);
    Some(at.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Draft;
    use http::HeaderMap;

    fn answer(status: u16, headers: &[(&'static str, &'static str)]) -> Answer {
        let pairs = headers.iter().map(|(name, value)| {
            let name = http::HeaderName::from_static(name);
            (name, http::HeaderValue::from_static(value))
        });
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: pairs.collect::<HeaderMap>(),
            body: bytes::Bytes::new(),
            truncated: false,
            elapsed: Duration::ZERO,
        }
    }

    #[test]
    fn seconds_and_dates_say_when_to_come_again() {
        let dated = [
            ("retry-after", "Sat, 28 Nov 2026 10:00:07 GMT"),
            ("date", "Sat, 28 Nov 2026 10:00:00 GMT"),
        ];
        for (headers, seconds) in [(&[("retry-after", "3")][..], 3), (&dated[..], 7)] {
            let told = retry_after(&answer(429, headers), SystemTime::now());
            assert_eq!(told, Some(Duration::from_secs(seconds)));
        }
        assert_eq!(
            retry_after(&answer(429, &[("retry-after", "soon")]), SystemTime::now()),
            None
        );
    }

    #[test]
    fn a_503_is_an_answer_once_it_was_three_times_the_same_whenever_it_was_asked_for() {
        let throttle = Throttle::new(Duration::ZERO);
        let of = |answer: &Answer, throttle: &Throttle, tries| {
            let route = Route::of(&Draft::new(http::Method::GET, "/api/v1/Tags"));
            super::of(answer, &route, throttle, tries)
        };
        let unavailable = answer(503, &[]);
        for _ in 0..3 {
            assert_eq!(of(&unavailable, &throttle, 0), PushBack::Again(None));
            assert_eq!(of(&unavailable, &throttle, TRIES_UNTOLD), PushBack::InVain);
        }
        assert_eq!(of(&unavailable, &throttle, 0), PushBack::None);
        let told = answer(503, &[("retry-after", "1")]);
        assert_eq!(of(&told, &throttle, 0), PushBack::Again(Some(Duration::from_secs(1))));
        assert_eq!(of(&answer(500, &[]), &throttle, 0), PushBack::None);
    }
}
