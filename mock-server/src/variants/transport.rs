//! How an answer comes: in chunks, in parts, late, over a connection that ends. The core says which, the standalone server does it.

use super::{Variant, Variants, is};
use crate::answer::Answer;
use bytes::Bytes;
use http::{Method, Request};
use std::time::Duration;

/// Every so many answers a connection is worn out.
const WORN_AFTER: u64 = 50;
/// What hashing a password well takes.
const HASHING: Duration = Duration::from_millis(400);

/// How an answer comes; stands in the extensions of the response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a way of its own, and any of them go together"
)]
pub(crate) struct Conveyed {
    /// Its length is not said.
    pub(crate) chunked: bool,
    /// Its body comes in two parts.
    pub(crate) in_parts: bool,
    /// It is of HTTP/1.0.
    pub(crate) old: bool,
    /// Its connection ends with it.
    pub(crate) last: bool,
    /// So much later than it could.
    pub(crate) delay: Duration,
}

/// Notes how an answer comes.
pub(super) fn conveyed(server: &Variants, request: &Request<Bytes>, answer: &mut Answer) {
    let refused = answer.status().is_client_error();
    let login = server.has(Variant::LoginsSlow) && is(request, &Method::POST, "/authenticate");
    let conveyed = Conveyed {
        chunked: server.has(Variant::AnswersChunked),
        in_parts: server.has(Variant::AnswersDripped),
        old: server.has(Variant::AnswersOfHttp10),
        last: server.has(Variant::AnswersClose)
            || server.has(Variant::AnswersOfHttp10)
            || server.has(Variant::RefusalsClose) && refused
            || server.has(Variant::ConnectionsWorn) && server.counted().is_multiple_of(WORN_AFTER),
        delay: if login { HASHING } else { Duration::ZERO },
    };
    if conveyed != Conveyed::default() {
        answer.extensions_mut().insert(conveyed);
    }
}
