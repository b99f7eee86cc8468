//! Servers that count bad logins.

use super::{Variant, Variants, is, sent};
use crate::accounts::SeededAccount;
use crate::answer::{Answer, Problem};
use bytes::Bytes;
use http::header::{RETRY_AFTER, SET_COOKIE};
use http::{HeaderValue, Method, Request, StatusCode};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::collections::HashMap;

const SECOND_MS: i64 = 1_000;
/// So many logins of one account are taken in a second.
const A_SECOND: usize = 5;
const MINUTE_MS: i64 = 60_000;
/// So many bad logins lock an account.
const LOCKS_AT: usize = 5;

/// When an account is locked.
struct Lock {
    of: Variant,
    /// So many bad logins do it.
    at: usize,
    /// In this time, whatever lies between; `None`: in a row.
    within_ms: Option<i64>,
    /// How long it lasts.
    for_ms: i64,
}

const LOCKS: [Lock; 4] = [
    Lock {
        of: Variant::LoginsLockInARow,
        at: LOCKS_AT,
        within_ms: None,
        for_ms: 5 * MINUTE_MS,
    },
    Lock {
        of: Variant::LoginsLockInAMinute,
        at: LOCKS_AT,
        within_ms: Some(MINUTE_MS),
        for_ms: MINUTE_MS,
    },
    Lock {
        of: Variant::LoginsLockAtFour,
        at: 4,
        within_ms: None,
        for_ms: 30 * MINUTE_MS,
    },
    Lock {
        of: Variant::LoginsLockInTenMinutes,
        at: 10,
        within_ms: Some(10 * MINUTE_MS),
        for_ms: 10 * MINUTE_MS,
    },
];

/// When bad logins were made, by account.
#[derive(Default)]
pub(super) struct Logins(Mutex<HashMap<String, Counted>>);

#[derive(Default)]
struct Counted {
    bad: Vec<i64>,
    /// When any login was tried lately.
    tried: Vec<i64>,
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
pub(super) fn refused(server: &Variants, request: &mut Request<Bytes>, now_ms: i64) -> Option<Answer> {
    if server.has(Variant::NamesTrimmed) {
        trimmed(request);
    }
    let user = user(request)?;
    let mut logins = server.logins.0.lock();
    let counted = logins.entry(user).or_default();
    if server.has(Variant::LoginsThrottled) {
        counted.tried.retain(|at| now_ms - at < SECOND_MS);
        if counted.tried.len() >= A_SECOND {
            let later = HeaderValue::from_static("1");
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS).header(RETRY_AFTER, later);
            return Some(problem.into_answer());
        }
        counted.tried.push(now_ms);
    }
    (now_ms < counted.locked_until)
        .then(|| Problem::bad_request("The account is locked. Try again later.").into_answer())
}

/// Takes white space from around the name.
fn trimmed(request: &mut Request<Bytes>) {
    if !is(request, &Method::POST, "/authenticate") {
        return;
    }
    let mut body = sent(request);
    if let Some(name) = body.get("username").and_then(Value::as_str).map(str::trim) {
        body["username"] = name.to_owned().into();
        *request.body_mut() = body.to_string().into();
    }
}

/// Counts a login that was answered, and words its answer.
pub(super) fn leaving(server: &Variants, request: &Request<Bytes>, answer: &mut Answer, now_ms: i64) {
    if server.has(Variant::TriesLeftTold) {
        tries_told(server, request, answer);
    }
    let mut logins = server.logins.0.lock();
    // Where nothing was read, no password was judged.
    let is_bad = matches!(answer.status(), StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED);
    let Some(user) = user(request) else { return };
    let counted = logins.entry(user).or_default();
    for lock in LOCKS.iter().filter(|lock| server.has(lock.of)) {
        match (is_bad, lock.within_ms) {
            (true, _) => counted.bad.push(now_ms),
            (false, None) => counted.bad.clear(),
            (false, Some(_)) => {}
        }
        if let Some(within_ms) = lock.within_ms {
            counted.bad.retain(|at| now_ms - at < within_ms);
        }
        if counted.bad.len() >= lock.at {
            counted.locked_until = now_ms + lock.for_ms;
        }
    }
    if answer.status().is_success() {
        if server.has(Variant::LoginSetsCookie) {
            let cookie = HeaderValue::from_static(".AspNetCore.Identity.Application=CfDJ8; Path=/; Secure; HttpOnly");
            answer.headers_mut().append(SET_COOKIE, cookie);
        }
        welcomed(server, answer);
    }
}

/// Tells a bad login how many tries are left, whether there is such a user or not.
fn tries_told(server: &Variants, request: &Request<Bytes>, answer: &mut Answer) {
    let is_login = is(request, &Method::POST, "/authenticate");
    let Some(name) = sent(request).get("username").and_then(Value::as_str).map(str::to_owned) else {
        return;
    };
    if !is_login || answer.status() != StatusCode::BAD_REQUEST {
        return;
    }
    let mut logins = server.logins.0.lock();
    let tries = &mut logins.entry(format!("tries of {name}")).or_default().bad;
    tries.push(0);
    let left = LOCKS_AT - tries.len() % LOCKS_AT;
    let told = format!("Wrong user name or password. {left} attempts left.");
    *answer = Problem::bad_request(told).into_answer();
}

/// What a good login is told.
fn welcomed(server: &Variants, answer: &mut Answer) {
    let rewords = [Variant::LoginSaysMore, Variant::NamesAsStored, Variant::LoginNestsUser];
    if !rewords.iter().any(|variant| server.has(*variant)) {
        return;
    }
    let Ok(mut body) = serde_json::from_slice::<Value>(answer.body()) else {
        return;
    };
    if server.has(Variant::LoginSaysMore) {
        body["expiresIn"] = json!(3600);
        body["refreshToken"] = Value::Null;
        body["permissions"] = json!(["Face Publishing", "Read Tags"]);
        body["mustChangePassword"] = json!(false);
    }
    if server.has(Variant::LoginNestsUser) {
        let user = json!({"id": 17, "username": body["username"], "roles": [], "lastLogin": null});
        body["user"] = user;
        body["tokenType"] = json!("Bearer");
    }
    if server.has(Variant::NamesAsStored)
        && let Some(name) = body.get("username").and_then(Value::as_str)
    {
        body["username"] = name.to_uppercase().into();
    }
    *answer.body_mut() = body.to_string().into();
}
