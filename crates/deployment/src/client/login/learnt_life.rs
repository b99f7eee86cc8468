//! How long tokens live that do not say so, as far as it was seen. An end that was seen once may have been no end of a life: a
//! server that restarts, or forgets its sessions, refuses old and young tokens alike.

use parking_lot::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A token that is refused sooner came to no end: nobody gives out tokens for less.
const LEAST: Duration = Duration::from_secs(1);

/// What was learnt of the life of an account's tokens.
#[derive(Debug, Default)]
pub(super) struct LearntLife {
    /// What is taken for it, in milliseconds; 0 for nothing.
    known: AtomicU64,
    /// Up to this age, in milliseconds, a token may be accepted without contradicting what was seen; 0 where nothing was.
    bound: AtomicU64,
    last_end: Mutex<Option<End>>,
}

/// A token came to its end.
#[derive(Debug, Clone, Copy)]
struct End {
    at: Instant,
    age: Duration,
}

impl LearntLife {
    /// What is taken for the life of a token that does not say.
    pub(super) fn known(&self) -> Option<Duration> {
        match self.known.load(Ordering::Relaxed) {
            0 => None,
            millis => Some(Duration::from_millis(millis)),
        }
    }

    /// A token that came at `got` was accepted before, and is refused now. Two ends make a life, at about the same age: of a
    /// token, and of another that came after that one had ended. Whether it came to the end of a life that is known now.
    pub(super) fn ended(&self, got: Instant, now: Instant) -> bool {
        let age = now.saturating_duration_since(got);
        if age < LEAST {
            return false;
        }
        let mut last = self.last_end.lock();
        match *last {
            Some(end) if got <= end.at => return self.is_known(age), // the same event, seen by another
            Some(end) if alike(end.age, age) => {
                let shorter = age.min(end.age);
                self.known.store(millis(shorter), Ordering::Relaxed);
            }
            Some(_) | None => {}
        }
        *last = Some(End { at: now, age });
        self.set_bound(*last);
        self.is_known(age)
    }

    fn is_known(&self, age: Duration) -> bool {
        self.known().is_some_and(|known| alike(known, age))
    }

    /// A token of that `age` was accepted at `now`. Where that is older than any should become, what was seen was no life. Cheap
    /// enough for every call.
    pub(super) fn lived(&self, age: Duration, now: Instant) {
        let bound = self.bound.load(Ordering::Relaxed);
        if bound == 0 || millis(age) <= bound {
            return;
        }
        let mut last = self.last_end.lock();
        // A call that was answered before that end proves nothing.
        if last.is_some_and(|end| now <= end.at) {
            return;
        }
        *last = last.filter(|end| age <= beyond(end.age));
        if self.known().is_some_and(|known| age > beyond(known)) {
            self.known.store(0, Ordering::Relaxed);
        }
        self.set_bound(*last);
    }

    fn set_bound(&self, last: Option<End>) {
        let shortest = [last.map(|end| end.age), self.known()].into_iter().flatten().min();
        let bound = shortest.map_or(0, |life| millis(beyond(life)));
        self.bound.store(bound, Ordering::Relaxed);
    }
}

/// Whether two ages may be the same life: tokens are found out when they are next used.
fn alike(one: Duration, other: Duration) -> bool {
    one.abs_diff(other) <= one.max(other).mul_f64(0.2)
}

/// At this age a token of such a life would be refused for sure.
fn beyond(life: Duration) -> Duration {
    life.mul_f64(1.25)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_revocation_of_all_tokens_is_no_life() {
        let (life, start) = (LearntLife::default(), Instant::now());
        for user in 0..200 {
            life.ended(start + ms(user), start + ms(2_000 + user));
        }
        assert_eq!(life.known(), None);
        life.lived(ms(2_600), start + ms(5_000));
        // Who comes to an end now begins anew.
        life.ended(start + ms(2_100), start + ms(4_200));
        assert_eq!(life.known(), None);
    }

    #[test]
    fn the_same_age_at_two_ends_is_a_life_and_the_shorter_one_counts() {
        let (life, start) = (LearntLife::default(), Instant::now());
        assert!(!life.ended(start, start + ms(5_000)), "it may be another event");
        assert!(life.ended(start + ms(5_100), start + ms(10_000)));
        assert!(
            life.ended(start + ms(5_000), start + ms(10_001)),
            "another token of that time"
        );
        assert_eq!(life.known(), Some(ms(4_900)));
        // Renewed before that, no token comes to its end; one that does sooner is another event.
        life.ended(start + ms(10_100), start + ms(12_000));
        assert_eq!(life.known(), Some(ms(4_900)));
        life.ended(start + ms(12_100), start + ms(14_000));
        assert_eq!(life.known(), Some(ms(1_900)));
        life.ended(start + ms(14_100), start + ms(14_101));
        life.ended(start + ms(14_200), start + ms(14_201));
        assert_eq!(life.known(), Some(ms(1_900)), "at once is no life");
    }

    #[test]
    fn a_token_that_is_accepted_beyond_it_ends_what_was_learnt() {
        let (life, start) = (LearntLife::default(), Instant::now());
        life.lived(ms(60_000), start);
        life.ended(start, start + ms(2_000));
        life.ended(start + ms(2_100), start + ms(4_200));
        assert_eq!(life.known(), Some(ms(2_000)));
        life.lived(ms(2_100), start + ms(5_000));
        life.lived(ms(9_000), start + ms(4_200));
        assert_eq!(life.known(), Some(ms(2_000)), "a little late, or before it");
        life.ended(start + ms(4_300), start + ms(5_400));
        life.lived(ms(1_500), start + ms(6_000));
        assert_eq!(
            life.known(),
            Some(ms(2_000)),
            "what came sooner was no life, and that one may be"
        );
        life.ended(start + ms(5_500), start + ms(7_000));
        assert_eq!(life.known(), Some(ms(2_000)));
        life.lived(ms(2_700), start + ms(8_000));
        assert_eq!(life.known(), None);
    }
}
