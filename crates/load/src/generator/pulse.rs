//! When a thread of the generator looks at its schedule: pure rules, and the end that all threads agree on.

use crate::generator::clock::{Clock, ns};
use parking_lot::Mutex;
use std::time::Duration;

/// Between two looks a thread rests this long at least...
const SHORTEST_REST_NS: u64 = 50_000;
/// ...and this long when arrivals are many.
const LONGEST_REST_NS: u64 = 200_000;
/// The rest grows by this much for each arrival per second: to the longest one at 20,000/s.
///
/// Each look costs a timer, and each time a thread falls idle in between costs another wake-up of both sides. Four to ten
/// arrivals at a time cost half as much each as single ones do, for a lateness that is smaller than what is gained.
const REST_NS_PER_RATE: u64 = 10;
/// The rate is taken over so long.
const WINDOW_NS: u64 = 10_000_000;
/// An early end is this far away when it is announced, so that every thread learns of it before.
const NOTICE: Duration = Duration::from_millis(20);

/// How long a thread rests between two looks, from the rate at which arrivals fall due.
#[derive(Debug)]
pub(crate) struct Rhythm {
    since_ns: u64,
    arrivals: u64,
    rest_ns: u64,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self {
            since_ns: 0,
            arrivals: 0,
            rest_ns: SHORTEST_REST_NS,
        }
    }
}

impl Rhythm {
    /// A look at `now_ns` found so many arrivals due.
    pub(crate) fn found(&mut self, arrivals: u64, now_ns: u64) {
        self.arrivals += arrivals;
        let elapsed_ns = now_ns.saturating_sub(self.since_ns);
        if elapsed_ns >= WINDOW_NS {
            let per_s = self.arrivals.saturating_mul(1_000_000_000) / elapsed_ns;
            self.rest_ns = (per_s * REST_NS_PER_RATE).clamp(SHORTEST_REST_NS, LONGEST_REST_NS);
            (self.since_ns, self.arrivals) = (now_ns, 0);
        }
    }

    /// When to look again after a look at `now_ns`, if the next arrival is due at `due_ns`.
    pub(crate) fn next_look_ns(&self, now_ns: u64, due_ns: u64) -> u64 {
        due_ns.max(now_ns.saturating_add(self.rest_ns))
    }
}

/// When a run is over; may be moved forward while it goes on.
#[derive(Debug)]
pub(crate) struct End(Mutex<EndTimes>);

/// The three instants of an end, on the run's clock, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EndTimes {
    /// Arrivals due from here on are none.
    pub(crate) arrivals_end: u64,
    /// From here on nothing is sent any more: what was due before and not sent by now stays unsent.
    pub(crate) closes: u64,
    /// From here on no answer is waited for.
    pub(crate) given_up: u64,
}

impl EndTimes {
    /// A run that comes to its end at `at_ns`: what is left over is sent, and answers are waited for, one time-out longer.
    pub(crate) fn planned(at_ns: u64, timeout: Duration) -> Self {
        let over_ns = at_ns.saturating_add(ns(timeout));
        Self {
            arrivals_end: at_ns,
            closes: over_ns,
            given_up: over_ns,
        }
    }
}

impl End {
    pub(crate) fn new(ending: EndTimes) -> Self {
        Self(Mutex::new(ending))
    }

    pub(crate) fn get(&self) -> EndTimes {
        *self.0.lock()
    }

    /// What time it is, and when the run is over. Both are read under one lock: whoever counts what fell due by a look
    /// that came before an early end was decided has seen an earlier time than that end.
    pub(crate) fn look(&self, clock: &Clock) -> (u64, EndTimes) {
        let ending = self.0.lock();
        (clock.now_ns(), *ending)
    }

    /// Ends the run with the last call that may be made, which was taken at `at_ns`: what is under way then goes on, and is
    /// waited for for one time-out.
    pub(crate) fn come_at(&self, clock: &Clock, at_ns: u64, timeout: Duration) {
        let mut ending = self.0.lock();
        let over_ns = clock.now_ns().saturating_add(ns(timeout));
        ending.arrivals_end = ending.arrivals_end.min(at_ns);
        ending.closes = ending.closes.min(over_ns);
        ending.given_up = ending.given_up.min(over_ns);
    }

    /// Ends the run in a moment, unless it ends earlier: nothing new is sent then, and what is in flight is waited for for
    /// `patience`.
    pub(crate) fn hasten(&self, clock: &Clock, patience: Duration) {
        let mut ending = self.0.lock();
        let now_ns = clock.now_ns() + ns(NOTICE);
        ending.arrivals_end = ending.arrivals_end.min(now_ns);
        ending.closes = ending.closes.min(now_ns);
        ending.given_up = ending.given_up.min(now_ns + ns(patience));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rest after a second of looks every `step_ns` that find `arrivals` each.
    fn rest_after(step_ns: u64, arrivals: u64) -> u64 {
        let mut rhythm = Rhythm::default();
        for look in 1..=1_000_000_000 / step_ns {
            rhythm.found(arrivals, look * step_ns);
        }
        rhythm.next_look_ns(0, 0)
    }

    #[test]
    fn rests_grow_with_the_rate_within_bounds() {
        for (per_s, step_ns, arrivals, rest_ns) in [
            (0, 50_000_000, 0, 50_000),
            (1_000, 1_000_000, 1, 50_000),
            (5_000, 200_000, 1, 50_000),
            (10_000, 100_000, 1, 100_000),
            (20_000, 200_000, 4, 200_000),
            (50_000, 200_000, 10, 200_000),
            (1_000_000, 1_000_000, 1000, 200_000),
        ] {
            assert_eq!(rest_after(step_ns, arrivals), rest_ns, "{per_s}/s");
        }
    }

    #[test]
    fn the_next_look_is_at_the_next_arrival_or_after_a_rest() {
        let rhythm = Rhythm::default();
        assert_eq!(rhythm.next_look_ns(1_000_000, 2_000_000), 2_000_000);
        assert_eq!(rhythm.next_look_ns(1_000_000, 1_000_001), 1_050_000);
        assert_eq!(rhythm.next_look_ns(1_000_000, u64::MAX), u64::MAX);
    }

    #[test]
    fn a_rate_that_falls_shortens_the_rest_again() {
        let mut rhythm = Rhythm::default();
        rhythm.found(1_000, 10_000_000);
        assert_eq!(rhythm.next_look_ns(0, 0), LONGEST_REST_NS);
        rhythm.found(1, 25_000_000);
        assert_eq!(rhythm.next_look_ns(0, 0), SHORTEST_REST_NS);
    }

    #[test]
    fn an_end_is_hastened_once_and_never_put_off() {
        let clock = Clock::new();
        let end = End::new(EndTimes::planned(u64::MAX, Duration::from_secs(10)));
        let (before_ns, planned) = end.look(&clock);
        assert_eq!((planned.arrivals_end, planned.given_up), (u64::MAX, u64::MAX));
        end.hasten(&clock, Duration::from_secs(5));
        let soon = end.get();
        assert!(
            soon.arrivals_end >= before_ns + ns(NOTICE),
            "nobody's look is later than the end"
        );
        assert_eq!(soon.closes, soon.arrivals_end, "nothing new is sent");
        assert_eq!(soon.given_up, soon.arrivals_end + 5_000_000_000);
        end.hasten(&clock, Duration::from_secs(5));
        assert_eq!(end.get(), soon, "a second wish does not make the run longer");
    }
}
