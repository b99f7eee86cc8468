//! How an answer comes: in chunks, in parts, late, over a connection that ends. The core says which, the standalone server does it.

use super::{Variant, Variants, is};
use crate::answer::Answer;
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use std::time::Duration;

/// Every so many answers a connection is worn out.
const WORN_AFTER: u64 = 50;
const SOON_WORN_AFTER: u64 = 3;
/// Every so many answers one waits for a collection of garbage.
const PAUSE_AFTER: u64 = 25;
/// Bytes of a part, where a body comes in many.
const PART: usize = 16;
/// Which answers, by what was asked and the status.
type Which = fn(&Request<Bytes>, StatusCode) -> bool;

/// How many milliseconds later an answer comes, and which do.
const LATER: [(Variant, u64, Which); 7] = [
    // What hashing a password well takes.
    (Variant::LoginsSlow, 400, |request, _| is_login(request)),
    (Variant::LoginsVerySlow, 1_500, |request, _| is_login(request)),
    (Variant::BadLoginsSlow, 700, |request, status| {
        is_login(request) && !status.is_success()
    }),
    (Variant::AnswersDelayed, 40, |_, _| true),
    (Variant::WritesSlow, 120, |request, status| {
        request.method() != Method::GET && status.is_success()
    }),
    (Variant::ReadsSlow, 120, |request, status| {
        request.method() == Method::GET && status.is_success()
    }),
    (Variant::RefusalsSlow, 100, |_, status| status.is_client_error()),
];

fn is_login(request: &Request<Bytes>) -> bool {
    is(request, &Method::POST, "/authenticate")
}

/// How an answer comes; stands in the extensions of the response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Conveyed {
    /// Its length is not said.
    pub(crate) chunked: bool,
    /// Its body comes in parts of so many bytes; zero for whole.
    pub(crate) part: usize,
    /// It is of HTTP/1.0.
    pub(crate) old: bool,
    /// Its connection ends with it.
    pub(crate) last: bool,
    /// So much later than it could.
    pub(crate) delay: Duration,
}

/// Notes how an answer comes.
pub(super) fn conveyed(server: &Variants, request: &Request<Bytes>, answer: &mut Answer) {
    let (status, length) = (answer.status(), answer.body().len());
    let refused = status.is_client_error();
    let later = LATER.iter().find(|(variant, ..)| server.has(*variant));
    let later = later.filter(|(_, _, which)| which(request, status));
    let pauses = server.has(Variant::AnswersPause) && server.counted().is_multiple_of(PAUSE_AFTER);
    let worn = [
        (Variant::ConnectionsWorn, WORN_AFTER),
        (Variant::ConnectionsSoonWorn, SOON_WORN_AFTER),
    ];
    let worn = worn.into_iter().find(|(variant, _)| server.has(*variant));
    let old = server.has(Variant::AnswersOfHttp10) || server.has(Variant::RefusalsOfHttp10) && refused;
    let conveyed = Conveyed {
        chunked: server.has(Variant::AnswersChunked) || server.has(Variant::RefusalsChunked) && refused,
        part: match () {
            () if server.has(Variant::AnswersDripped) => length.div_ceil(2),
            () if server.has(Variant::AnswersInParts) => PART.max(length / 64),
            () => 0,
        },
        old,
        last: old
            || server.has(Variant::AnswersClose)
            || server.has(Variant::RefusalsClose) && refused
            || worn.is_some_and(|(_, after)| server.counted().is_multiple_of(after)),
        delay: Duration::from_millis(if pauses {
            400
        } else {
            later.map_or(0, |(_, later, _)| *later)
        }),
    };
    if conveyed != Conveyed::default() {
        answer.extensions_mut().insert(conveyed);
    }
}

/// How long a connection may say nothing, where that is not long.
pub(crate) fn patience(chosen: &[Variant]) -> Option<Duration> {
    chosen
        .contains(&Variant::ConnectionsSoonIdle)
        .then_some(Duration::from_millis(300))
}
