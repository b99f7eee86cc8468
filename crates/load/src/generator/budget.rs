//! How many calls a run may still make, where users set the pace: one count for all threads.

use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Notify;

/// The calls that are left.
#[derive(Debug)]
pub(crate) struct Budget {
    all: u64,
    left: AtomicU64,
    /// When the last of them was taken, in nanoseconds on the run's clock; 0 for not yet.
    spent_at_ns: AtomicU64,
    spent: Notify,
}

impl Budget {
    /// So many calls.
    pub(crate) fn new(calls: u64) -> Self {
        Self {
            all: calls,
            left: AtomicU64::new(calls),
            spent_at_ns: AtomicU64::new(0),
            spent: Notify::new(),
        }
    }

    /// Takes a round of so many calls, which is not cut in two; `false` when none is left.
    pub(crate) fn take(&self, calls: u64, now_ns: u64) -> bool {
        let less = |left: u64| (left > 0).then(|| left.saturating_sub(calls));
        let Ok(before) = self.left.fetch_update(Ordering::AcqRel, Ordering::Acquire, less) else {
            return false;
        };
        if before <= calls {
            self.spent_at_ns.store(now_ns.max(1), Ordering::Release);
            self.spent.notify_one();
        }
        true
    }

    /// How many there were.
    pub(crate) fn all(&self) -> u64 {
        self.all
    }

    /// How many are left.
    pub(crate) fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }

    /// Waits until the last call is taken.
    pub(crate) async fn spent(&self) {
        self.spent.notified().await;
    }

    /// When the last call was taken.
    pub(crate) fn spent_at_ns(&self) -> Option<u64> {
        Some(self.spent_at_ns.load(Ordering::Acquire)).filter(|at_ns| *at_ns > 0)
    }
}
