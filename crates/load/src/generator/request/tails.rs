//! What requests end with, the pictures: made once, however many requests there are.

use bytes::Bytes;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// An operation, and whether nothing of its body stands before its pictures.
type Key = (String, bool);

/// What requests end with, by operation.
#[derive(Debug, Default)]
pub(crate) struct Tails(Mutex<HashMap<Key, Arc<[Bytes]>>>);

impl Tails {
    /// Those of an operation's requests, one for each image.
    pub(super) fn of(&self, operation: &str, first_of_all: bool, make: impl FnOnce() -> Arc<[Bytes]>) -> Arc<[Bytes]> {
        let mut known = self.0.lock();
        let key = (operation.to_owned(), first_of_all);
        known.entry(key).or_insert_with(make).clone()
    }
}
