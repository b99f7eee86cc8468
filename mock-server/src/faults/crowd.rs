//! Faults that show only while many calls are under way at once: what `proofload load` is there to see.

use crate::accounts::{ACCOUNTS, SeededAccount};
use crate::defects::Defect;
use crate::operation::{Access, Row};
use crate::state::State;
use crate::stores::Image;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// More calls than these under way are a crowd.
const MANY: usize = 50;
/// The queue is full when more calls than these are under way.
const FULL: usize = 20;

/// A call that is under way until this is dropped.
#[derive(Debug)]
pub struct Entered(Arc<AtomicUsize>);

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A call comes in. A server without defects does not count them.
pub(crate) fn enter(server: &State) -> Option<Entered> {
    server.is_defective().then(|| {
        let under_way = server.memory.under_way.clone();
        under_way.fetch_add(1, Ordering::Relaxed);
        Entered(under_way)
    })
}

fn under_way(server: &State) -> usize {
    server.memory.under_way.load(Ordering::Relaxed)
}

fn is_crowded_and(server: &State, defect: Defect) -> bool {
    server.has(defect) && under_way(server) > MANY
}

/// Whether a signature is not looked at, to save time.
pub(super) fn takes_any_signature(server: &State) -> bool {
    is_crowded_and(server, Defect::TakesTamperedInACrowd)
}

/// Whether the permission is not looked up, to save time.
pub(super) fn skips_permissions(server: &State, row: &Row) -> bool {
    let has = server.has(Defect::SkipsPermissionsWhenFull) && under_way(server) > FULL;
    has && matches!(row.access, Access::Permission(_))
}

/// Who is answered in place of the caller: every third time, the account after it.
pub(crate) fn mixed_up(server: &State, caller: &'static SeededAccount) -> &'static SeededAccount {
    if !is_crowded_and(server, Defect::MixesUsersInACrowd)
        || server.memory.calls.fetch_add(1, Ordering::Relaxed) % 3 != 2
    {
        return caller;
    }
    let place = ACCOUNTS.iter().position(|account| account.name == caller.name);
    &ACCOUNTS[(place.unwrap_or_default() + 1) % ACCOUNTS.len()]
}

/// The picture that is looked at in place of the one that was sent: the one before it.
pub(crate) fn picture(server: &State, sent: Arc<Image>) -> Arc<Image> {
    if !server.has(Defect::MixesFacesInACrowd) {
        return sent;
    }
    let before = server.memory.last_picture.lock().replace(Arc::clone(&sent));
    before.filter(|_| under_way(server) > MANY).unwrap_or(sent)
}
