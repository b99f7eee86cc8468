//! What defective servers remember and should not.

use crate::accounts::SeededAccount;
use crate::operation::Operation;
use crate::stores::{Image, Tag};
use parking_lot::Mutex;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize};

/// State that all requests share by mistake.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) last_login: Mutex<Option<String>>,
    pub(crate) last_renewal: Mutex<Option<&'static SeededAccount>>,
    pub(crate) last_logged_in: Mutex<Option<&'static SeededAccount>>,
    /// When the last calls were, in milliseconds.
    pub(crate) recent: Mutex<VecDeque<i64>>,
    /// Calls so far.
    pub(crate) calls: AtomicU64,
    pub(crate) last_profile: Mutex<Option<&'static SeededAccount>>,
    pub(crate) allowed: Mutex<HashSet<Operation>>,
    /// Paths of what somebody was given.
    pub(crate) given: Mutex<HashSet<String>>,
    pub(crate) renewals: AtomicUsize,
    pub(crate) listed_tags: Mutex<Option<Vec<Tag>>>,
    /// Answers so far.
    pub(crate) answers: AtomicU64,
    pub(crate) deleted_tags: Mutex<Vec<Tag>>,
    /// Calls that are under way.
    pub(crate) under_way: Arc<AtomicUsize>,
    pub(crate) last_picture: Mutex<Option<Arc<Image>>>,
}

/// Puts a caller in, and takes out whoever was there before; at first that is the caller.
pub(crate) fn previous(
    seat: &Mutex<Option<&'static SeededAccount>>,
    caller: &'static SeededAccount,
) -> &'static SeededAccount {
    seat.lock().replace(caller).unwrap_or(caller)
}
