//! A cache in front of reads: what was read is answered again for a while, whatever was written since.

use super::{Variant, Variants};
use crate::answer::Answer;
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Method, Request};
use parking_lot::Mutex;
use std::collections::HashMap;

/// So long an answer is kept.
const KEPT_MS: i64 = 400;

/// Answers by who asked for what, and when they were made.
#[derive(Default)]
pub(super) struct Cache(Mutex<HashMap<String, (i64, Answer)>>);

/// What an answer is kept by; nothing for what is not kept.
fn key(server: &Variants, request: &Request<Bytes>) -> Option<String> {
    let path = request.uri().path();
    let caller = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let is_kept = path.contains("/people") || path.contains("/Tags");
    (server.has(Variant::ReadsCached) && request.method() == Method::GET && is_kept)
        .then(|| format!("{caller} {}", request.uri()))
}

/// The answer that is kept.
pub(super) fn kept(server: &Variants, request: &Request<Bytes>, now_ms: i64) -> Option<Answer> {
    let key = key(server, request)?;
    let mut cache = server.cache.0.lock();
    cache.retain(|_, (made, _)| now_ms - *made < KEPT_MS);
    cache.get(&key).map(|(_, answer)| answer.clone())
}

/// Keeps an answer.
pub(super) fn keep(server: &Variants, request: &Request<Bytes>, answer: &Answer, now_ms: i64) {
    if answer.status().is_success()
        && let Some(key) = key(server, request)
    {
        server.cache.0.lock().insert(key, (now_ms, answer.clone()));
    }
}
