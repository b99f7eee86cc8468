//! How long calls waited for the sake of a limit: only time that passed.

use std::time::{Duration, Instant};

/// The time in which some call waited.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Waits {
    waiting: usize,
    since: Option<Instant>,
    sum: Duration,
}

impl Waits {
    pub(super) fn begin(&mut self, now: Instant) {
        if self.waiting == 0 {
            self.since = Some(now);
        }
        self.waiting += 1;
    }

    pub(super) fn end(&mut self, now: Instant) {
        self.waiting = self.waiting.saturating_sub(1);
        if self.waiting == 0 {
            self.sum += self.ongoing(now);
            self.since = None;
        }
    }

    /// All of it until now.
    pub(super) fn until(&self, now: Instant) -> Duration {
        self.sum + self.ongoing(now)
    }

    fn ongoing(&self, now: Instant) -> Duration {
        self.since
            .map_or(Duration::ZERO, |since| now.saturating_duration_since(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_wait_together_count_once_and_what_is_to_come_does_not() {
        let (mut waits, start) = (Waits::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        waits.begin(at(0));
        waits.begin(at(1));
        waits.end(at(2));
        assert_eq!(waits.until(at(3)), Duration::from_secs(3));
        waits.end(at(4));
        assert_eq!(waits.until(at(9)), Duration::from_secs(4));
    }
}
