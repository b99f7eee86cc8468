//! How virtual users log in before a run: one first, then a few at a time, and nobody after a refusal.
//!
//! A wrong password must cost an account one refused login, not one for every user: that would lock it. A login that fails for
//! another reason, a server that is just starting or lets only so many in at a time, is tried again; that is counted here.

use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Logins at a time once the first one succeeded, over all threads.
const AT_A_TIME: usize = 32;
/// Logins are tried again for so long, counted from the last one that succeeded.
const PATIENCE: Duration = Duration::from_secs(30);

/// Lets users log in.
#[derive(Debug)]
pub(crate) struct LoginGate {
    turns: Semaphore,
    open: AtomicBool,
    last_success: Mutex<Option<Instant>>,
    /// Why logins were tried again, and how often.
    retried: Mutex<BTreeMap<String, u64>>,
}

impl LoginGate {
    /// A gate that lets one user in.
    pub(crate) fn new() -> Self {
        Self {
            turns: Semaphore::new(1),
            open: AtomicBool::new(false),
            last_success: Mutex::new(None),
            retried: Mutex::default(),
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

    /// Whether a login that failed for `why`, first at `since`, is to be tried again at `at`; counts it then.
    pub(crate) fn tries_again(&self, why: String, since: Instant, at: Instant) -> bool {
        let from = self.last_success.lock().map_or(since, |success| success.max(since));
        let again = at.saturating_duration_since(from) < PATIENCE;
        if again {
            *self.retried.lock().entry(why).or_default() += 1;
        }
        again
    }

    /// Whether a login had to be tried again.
    pub(crate) fn is_in_trouble(&self) -> bool {
        !self.retried.lock().is_empty()
    }

    /// How often logins were tried again and why, in one sentence; none when they were not.
    pub(crate) fn told(&self) -> Option<String> {
        let retried = self.retried.lock();
        let total: u64 = retried.values().sum();
        let mut reasons: Vec<(&String, &u64)> = retried.iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let named: Vec<String> = reasons
            .iter()
            .take(3)
            .map(|(why, count)| format!("{count} x {why}"))
            .collect();
        let times = if total == 1 { "once" } else { "times" };
        let count = if total == 1 { String::new() } else { format!("{total} ") };
        (total > 0).then(|| {
            format!(
                "logins before the run were tried again {count}{times}: {}",
                named.join(", ")
            )
        })
    }

    /// Learns how a login went: the first success lets a few in at a time, a failure nobody any more.
    pub(crate) fn learn(&self, succeeded: bool) {
        if succeeded {
            *self.last_success.lock() = Some(Instant::now());
        }
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

    #[test]
    fn logins_are_tried_again_for_half_a_minute_and_that_is_told() {
        let (gate, since) = (LoginGate::new(), Instant::now());
        assert_eq!(gate.told(), None);
        for (seconds, again) in [(1, true), (29, true), (31, false)] {
            let at = since + Duration::from_secs(seconds);
            assert_eq!(gate.tries_again("status 503".to_owned(), since, at), again, "{seconds}");
        }
        assert_eq!(
            gate.told().unwrap(),
            "logins before the run were tried again 2 times: 2 x status 503"
        );
    }
}
