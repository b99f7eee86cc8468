//! A cache that gives what it has to whoever asks: it knows paths, and no callers.

use crate::answer::Answer;
use crate::defects::Defect;
use crate::operation::Row;
use crate::state::State;
use bytes::Bytes;
use http::{Method, Request};

/// Puts what was given into the cache.
pub(crate) fn keep(server: &State, row: &Row, request: &Request<Bytes>, answer: &Answer) {
    let kept = [Defect::PhotosAreCached, Defect::PeopleAreCached];
    let keeps = kept.iter().any(|defect| server.has(*defect) && defect.shows_at(row));
    if keeps && request.method() == Method::GET && answer.status().is_success() {
        server.memory.given.lock().insert(request.uri().path().to_owned());
    }
}

/// Whether whoever asks is given it out of the cache, whatever a right server would say to them.
pub(crate) fn gives(server: &State, defect: Defect, row: &Row, path: &str) -> bool {
    server.has(defect) && defect.shows_at(row) && server.memory.given.lock().contains(path)
}
