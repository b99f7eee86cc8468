//! When another attempt to get a token may be made, so that a server in trouble, or one that refuses its own tokens, never
//! meets a storm of logins.

use crate::token::LEAST_LIFE;
use std::time::{Duration, Instant};

/// The wait after the first failure; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest wait between attempts, without jitter.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Spaces the attempts of one holder of a token. The first may be made at once.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
    not_before: Option<Instant>,
}

impl Backoff {
    /// Until when no attempt is to be made; none when one may be made now.
    pub fn waits(&self, now: Instant) -> Option<Instant> {
        self.not_before.filter(|at| now < *at)
    }

    /// Whether the last attempt failed.
    pub fn is_failing(&self) -> bool {
        self.failures > 0
    }

    /// A token came. A server that refuses the tokens it gives out must not be asked for the next one at once.
    pub fn succeeded(&mut self, now: Instant) {
        self.failures = 0;
        self.not_before = Some(now + LEAST_LIFE);
    }

    /// Another holder got what this one waited for: the waits after the next failures are short again.
    pub(super) fn relented(&mut self) {
        self.failures = 0;
    }

    /// No token came; says when to try again. `jitter`, 0 to 1, makes the wait up to twice as long: holders with different
    /// ones do not all try at once.
    pub fn failed(&mut self, now: Instant, jitter: f64) -> Instant {
        let wait = FIRST_WAIT.saturating_mul(1 << self.failures.min(10)).min(LONGEST_WAIT);
        let at = now + wait.mul_f64(1.0 + jitter.clamp(0.0, 1.0));
        self.failures = self.failures.saturating_add(1);
        self.not_before = Some(at);
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_half_a_minute_and_a_token_ends_them() {
        let mut backoff = Backoff::default();
        let mut now = Instant::now();
        assert_eq!(backoff.waits(now), None);
        for millis in [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000] {
            let at = backoff.failed(now, 0.0);
            assert_eq!(at - now, Duration::from_millis(millis));
            assert_eq!(backoff.waits(now), Some(at));
            assert!(backoff.is_failing());
            now = at;
            assert_eq!(backoff.waits(now), None);
        }
        backoff.succeeded(now);
        assert_eq!(backoff.waits(now), Some(now + LEAST_LIFE));
        assert!(!backoff.is_failing());
        assert_eq!(backoff.failed(now, 0.0) - now, FIRST_WAIT);
    }

    #[test]
    fn jitter_makes_a_wait_up_to_twice_as_long() {
        let now = Instant::now();
        for (jitter, millis) in [(0.5, 750), (1.0, 1000), (9.0, 1000), (-1.0, 500)] {
            let at = Backoff::default().failed(now, jitter);
            assert_eq!(at - now, Duration::from_millis(millis));
        }
    }
}
