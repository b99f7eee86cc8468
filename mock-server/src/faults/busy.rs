//! Faults that show under pressure alone.

use crate::defects::Defect;
use crate::operation::Row;
use crate::state::State;
use std::sync::atomic::Ordering;

/// So many calls within [`LATELY_MS`] make a server busy.
const MANY: usize = 20;

/// So many are enough where something is put.
const SEVERAL: usize = 10;

const LATELY_MS: i64 = 500;

/// Counts a call.
pub(crate) fn count(server: &State) {
    let now = server.settings.clock.now_ms();
    let mut recent = server.memory.recent.lock();
    recent.push_back(now);
    while recent.len() > MANY || recent.front().is_some_and(|then| now - then > LATELY_MS) {
        recent.pop_front();
    }
}

/// Whether there were many calls lately.
pub(crate) fn is_busy(server: &State) -> bool {
    server.memory.recent.lock().len() >= MANY
}

/// Whether this call fails for it.
pub(crate) fn fails(server: &State, row: &Row) -> bool {
    server.has(Defect::BusyIs500)
        && Defect::BusyIs500.shows_at(row)
        && is_busy(server)
        && server.memory.calls.fetch_add(1, Ordering::Relaxed) % 7 == 6
}

/// Whether what is put now is lost for it.
pub(crate) fn loses_put(server: &State) -> bool {
    server.has(Defect::BusyLosesPuts)
        && server.memory.recent.lock().len() >= SEVERAL
        && server.memory.calls.fetch_add(1, Ordering::Relaxed) % 5 == 4
}
