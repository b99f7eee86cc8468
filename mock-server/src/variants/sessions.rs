//! How many sessions an account may have: with one more, the oldest ends, and every token of it.

use super::{Variant, Variants, is, sent};
use crate::accounts::SeededAccount;
use bytes::Bytes;
use http::{Method, Request};
use parking_lot::Mutex;
use serde_json::Value;
use std::collections::{HashMap, VecDeque};

/// How many an account may have.
const MOST: [(Variant, usize); 2] = [(Variant::SessionsOne, 1), (Variant::SessionsThree, 3)];

/// The tokens of each session, by account, the oldest session first.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<&'static str, VecDeque<Vec<String>>>>);

/// How many sessions an account may have, where that is limited.
pub(super) fn most(server: &Variants) -> Option<usize> {
    MOST.iter()
        .find(|(variant, _)| server.has(*variant))
        .map(|(_, most)| *most)
}

/// Notes a token that was made: by a login of a new session, by anything else of the session that asked. Tells what ends by it.
pub(super) fn begun(server: &Variants, request: &Request<Bytes>, asked_with: Option<&str>, token: &str) -> Vec<String> {
    let Some(most) = most(server) else { return Vec::new() };
    let mut sessions = server.sessions.0.lock();
    if !is(request, &Method::POST, "/authenticate") {
        let mut all = sessions.values_mut().flatten();
        if let Some(session) = all.find(|session| session.iter().any(|own| Some(own.as_str()) == asked_with)) {
            session.push(token.to_owned());
        }
        return Vec::new();
    }
    let body = sent(request);
    let name = body.get("username").and_then(Value::as_str).unwrap_or_default();
    let Some(account) = SeededAccount::find(name.trim()) else {
        return Vec::new();
    };
    let own = sessions.entry(account.name).or_default();
    own.push_back(vec![token.to_owned()]);
    let beyond = own.len().saturating_sub(most);
    own.drain(..beyond).flatten().collect()
}
