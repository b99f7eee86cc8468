//! How virtual users log in before a run: one first, then a few at a time, and nobody after a refusal.
//!
//! A wrong password must cost an account one refused login, not one for every user: that would lock it.

use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Logins at a time once the first one succeeded, over all threads.
const AT_A_TIME: usize = 32;

/// Lets users log in.
#[derive(Debug)]
pub(crate) struct LoginGate {
    turns: Semaphore,
    open: AtomicBool,
}

impl LoginGate {
    /// A gate that lets one user in.
    pub(crate) fn new() -> Self {
        Self {
            turns: Semaphore::new(1),
            open: AtomicBool::new(false),
        }
    }

    /// Waits for a turn to log in; `None` when another user's login failed: this one is not tried.
    pub(crate) async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// Whether a login succeeded.
    pub(crate) fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }

    /// Learns how a login went: the first success lets a few in at a time, a failure nobody any more.
    pub(crate) fn learn(&self, succeeded: bool) {
        if !succeeded {
            self.turns.close();
        } else if !self.open.swap(true, Ordering::AcqRel) {
            self.turns.add_permits(AT_A_TIME - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(gate: &LoginGate) -> usize {
        gate.turns.available_permits()
    }

    #[tokio::test]
    async fn one_goes_first_then_a_few_and_nobody_after_a_refusal() {
        let gate = LoginGate::new();
        let first = gate.enter().await.unwrap();
        assert_eq!(free(&gate), 0, "the others wait for the first");
        gate.learn(true);
        drop(first);
        assert_eq!(free(&gate), AT_A_TIME);
        let next = gate.enter().await.unwrap();
        gate.learn(true);
        drop(next);
        assert_eq!(free(&gate), AT_A_TIME, "later successes change nothing");
        gate.learn(false);
        assert!(gate.enter().await.is_none());
    }
}
