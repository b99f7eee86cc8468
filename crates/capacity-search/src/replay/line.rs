//! A line before some workers: who came first is served first (Lindley 1952 for one worker, Kiefer and Wolfowitz 1955 for
//! several).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A line before some workers.
pub(super) struct Line {
    /// When each worker is free, in nanoseconds, the earliest first.
    free_at_ns: BinaryHeap<Reverse<u64>>,
}

impl Line {
    /// One in which nobody waits.
    pub(super) fn new(workers: usize) -> Self {
        Self {
            free_at_ns: (0..workers).map(|_| Reverse(0)).collect(),
        }
    }

    /// When a call that comes at `at_ns` is begun.
    pub(super) fn begins_ns(&self, at_ns: u64) -> u64 {
        self.free_at_ns.peek().map_or(at_ns, |earliest| earliest.0.max(at_ns))
    }

    /// How many workers are busy at an instant.
    pub(super) fn busy(&self, at_ns: u64) -> u64 {
        self.free_at_ns.iter().filter(|free| free.0 > at_ns).count() as u64
    }

    /// The call that is begun next is done at `done_ns`.
    pub(super) fn done(&mut self, done_ns: u64) {
        if let Some(mut earliest) = self.free_at_ns.peek_mut() {
            earliest.0 = done_ns;
        }
    }

    /// Takes a call that comes at `at_ns` and needs `needs_ns` of a worker, and says when it is done.
    pub(super) fn take(&mut self, at_ns: u64, needs_ns: u64) -> u64 {
        let done_ns = self.begins_ns(at_ns).saturating_add(needs_ns);
        self.done(done_ns);
        done_ns
    }
}
