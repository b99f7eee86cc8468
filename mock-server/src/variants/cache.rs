//! A cache in front of reads: what was read is answered again for a while, whatever was written since.

use super::{Variant, Variants};
use crate::answer::Answer;
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Method, Request};
use parking_lot::Mutex;
use std::collections::HashMap;

/// What is kept, and for so many milliseconds.
const KEPT: [(Variant, i64); 4] = [
    (Variant::ReadsCached, 400),
    (Variant::ReadsCachedLong, 800),
    (Variant::ListsCached, 400),
    (Variant::ReplicaLags, 400),
];

fn chosen(server: &Variants) -> Option<(Variant, i64)> {
    KEPT.into_iter().find(|(variant, _)| server.has(*variant))
}

/// Answers by who asked for what, and when they were made.
#[derive(Default)]
pub(super) struct Cache(Mutex<HashMap<String, (i64, Answer)>>);

/// What an answer is kept by; nothing for what is not kept.
fn key(server: &Variants, request: &Request<Bytes>) -> Option<String> {
    let path = request.uri().path();
    let caller = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let is_kept = match chosen(server)?.0 {
        Variant::ListsCached => path.ends_with("/people") || path.ends_with("/Tags") || path.contains("/entityField/"),
        _ => path.contains("/people") || path.contains("/Tags"),
    };
    (request.method() == Method::GET && is_kept).then(|| format!("{caller} {}", request.uri()))
}

/// The answer that is kept.
pub(super) fn kept(server: &Variants, request: &Request<Bytes>, now_ms: i64) -> Option<Answer> {
    let key = key(server, request)?;
    let (variant, kept_ms) = chosen(server)?;
    // One of two replicas is behind, and they are asked in turn.
    if variant == Variant::ReplicaLags && server.counted().is_multiple_of(2) {
        return None;
    }
    let mut cache = server.cache.0.lock();
    cache.retain(|_, (made, _)| now_ms - *made < kept_ms);
    cache.get(&key).map(|(_, answer)| answer.clone())
}

/// Keeps an answer.
pub(super) fn keep(server: &Variants, request: &Request<Bytes>, answer: &Answer, now_ms: i64) {
    if answer.status().is_success()
        && let Some(key) = key(server, request)
    {
        let mut cache = server.cache.0.lock();
        // The replica that is behind stays so until its time is over, whatever the other one has answered since.
        if chosen(server).is_some_and(|(variant, _)| variant == Variant::ReplicaLags) && cache.contains_key(&key) {
            return;
        }
        cache.insert(key, (now_ms, answer.clone()));
    }
}
