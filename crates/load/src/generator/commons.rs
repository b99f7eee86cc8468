//! What the threads of a run tell each other beside the schedule, for those who guard the doors: how much is under way, and
//! a token to bend.

use crate::generator::held_token::Held;
use crate::generator::token_traffic::TokenTraffic;
use parking_lot::Mutex;
use proofload_results::load::{Breach, GuardKind};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What the threads of a run tell each other.
#[derive(Debug)]
pub(crate) struct Commons {
    /// Arrivals in flight by thread, as each told last.
    in_flight: Vec<AtomicU64>,
    /// Whether a token is asked for; looked at whenever a user gets one.
    wanted: AtomicBool,
    specimen: Mutex<Option<Specimen>>,
    /// Answers that were somebody else's while the users got ready, by operation.
    pub(crate) early: Mutex<Vec<(usize, Breach)>>,
    /// What users do for their tokens beside their journeys.
    pub(crate) tokens: TokenTraffic,
    /// Guards that cannot be tried, which turned out while the run got ready.
    pub(crate) untried: Mutex<BTreeMap<GuardKind, String>>,
}

/// A good token, to be bent.
#[derive(Debug, Clone)]
pub(crate) struct Specimen {
    pub(crate) secret: SecretString,
    /// When it ends, if its server says so.
    pub(crate) ends: Option<Instant>,
}

impl Commons {
    /// For so many threads; a token is only asked for when there are `guards`.
    pub(crate) fn new(threads: usize, guards: bool) -> Self {
        Self {
            in_flight: (0..threads).map(|_| AtomicU64::new(0)).collect(),
            wanted: AtomicBool::new(guards),
            specimen: Mutex::default(),
            early: Mutex::default(),
            tokens: TokenTraffic::default(),
            untried: Mutex::default(),
        }
    }

    /// A thread tells how many arrivals it has in flight.
    pub(crate) fn tell(&self, thread: usize, in_flight: u64) {
        if let Some(told) = self.in_flight.get(thread) {
            told.store(in_flight, Ordering::Relaxed);
        }
    }

    /// Arrivals in flight on all other threads, as they told last.
    pub(crate) fn beside(&self, thread: usize) -> u64 {
        let others = self.in_flight.iter().enumerate().filter(|(other, _)| *other != thread);
        others.map(|(_, told)| told.load(Ordering::Relaxed)).sum()
    }

    /// A user got a token: it is copied when one is asked for.
    pub(crate) fn offer(&self, held: &Held) {
        if self.wanted.load(Ordering::Relaxed) && self.wanted.swap(false, Ordering::Relaxed) {
            let now = Instant::now();
            let left = held.left(now).and_then(|left| now.checked_add(left));
            *self.specimen.lock() = Some(Specimen {
                secret: held.secret.clone(),
                ends: left,
            });
        }
    }

    /// The token that was offered since the last time, and asks for another.
    pub(crate) fn specimen(&self) -> Option<Specimen> {
        let specimen = self.specimen.lock().take();
        if specimen.is_some() {
            self.wanted.store(true, Ordering::Relaxed);
        }
        specimen
    }
}

/// Servers accept a token for five minutes beyond its end by default; only after these it must be refused.
pub(crate) const CLOCK_SKEW: Duration = Duration::from_secs(330);

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_deployment::token::Life;
    use secrecy::ExposeSecret;

    #[test]
    fn a_token_is_copied_only_where_one_is_asked_for() {
        let held = |text: &str| Held::new(text.into(), Life::UNSTATED, Instant::now());
        let commons = Commons::new(1, true);
        commons.offer(&held("a"));
        commons.offer(&held("b"));
        let first = commons.specimen().unwrap();
        assert_eq!((first.secret.expose_secret(), first.ends), ("a", None));
        assert!(commons.specimen().is_none(), "handed on once");
        commons.offer(&held("c"));
        assert_eq!(commons.specimen().unwrap().secret.expose_secret(), "c");
        let unguarded = Commons::new(1, false);
        unguarded.offer(&held("a"));
        assert!(unguarded.specimen().is_none());
    }

    #[test]
    fn what_is_in_flight_beside_a_thread_is_that_of_the_others() {
        let commons = Commons::new(3, false);
        for thread in 0..4 {
            commons.tell(thread, 10 + thread as u64);
        }
        assert_eq!(commons.beside(1), 22);
    }
}
