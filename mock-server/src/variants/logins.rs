//! Servers that count bad logins.

use super::{Variant, Variants, is, sent};
use crate::accounts::SeededAccount;
use crate::answer::{Answer, Problem};
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use parking_lot::Mutex;
use serde_json::Value;
use std::collections::HashMap;

const MINUTE_MS: i64 = 60_000;
/// So many bad logins lock an account.
const LOCKS_AT: usize = 5;

/// When bad logins were made, by account.
#[derive(Default)]
pub(super) struct Logins(Mutex<HashMap<String, Counted>>);

#[derive(Default)]
struct Counted {
    bad: Vec<i64>,
    locked_until: i64,
}

fn user(request: &Request<Bytes>) -> Option<String> {
    if !is(request, &Method::POST, "/authenticate") {
        return None;
    }
    let name = sent(request).get("username").and_then(Value::as_str)?.to_owned();
    SeededAccount::find(&name).map(|account| account.name.to_owned())
}

/// A login while its account is locked, or its address too busy.
pub(super) fn refused(server: &Variants, request: &Request<Bytes>, now_ms: i64) -> Option<Answer> {
    let logins = server.logins.0.lock();
    let counted = logins.get(&user(request)?)?;
    (now_ms < counted.locked_until)
        .then(|| Problem::bad_request("The account is locked. Try again later.").into_answer())
}

/// Counts a login that was answered.
pub(super) fn leaving(server: &Variants, request: &Request<Bytes>, answer: &Answer, now_ms: i64) {
    let mut logins = server.logins.0.lock();
    // Where nothing was read, no password was judged.
    let is_bad = matches!(answer.status(), StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED);
    let Some(user) = user(request) else { return };
    let counted = logins.entry(user).or_default();
    if server.has(Variant::LoginsLockInARow) {
        if is_bad {
            counted.bad.push(now_ms);
        } else {
            counted.bad.clear();
        }
        if counted.bad.len() >= LOCKS_AT {
            counted.locked_until = now_ms + 5 * MINUTE_MS;
        }
    }
    if server.has(Variant::LoginsLockInAMinute) && is_bad {
        counted.bad.push(now_ms);
        counted.bad.retain(|at| now_ms - at < MINUTE_MS);
        if counted.bad.len() >= LOCKS_AT {
            counted.locked_until = now_ms + MINUTE_MS;
        }
    }
}
