//! When the generator itself did not run, and what kept its machine: what a second says beside what was measured in it.

use serde::{Deserialize, Serialize};

/// A time in which a thread of the generator did nothing at all, though it was to look up every few milliseconds: its
/// process was stopped, its machine slept, or others had the processors. What was under way then looks as if it had taken
/// longer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Standstill {
    /// How long the longest was, in seconds.
    pub longest_s: f64,
    /// When that began, in seconds since the start of the run.
    pub at_s: f64,
    /// How long all of them were together, in seconds; of several threads, the one that stood still longest.
    pub total_s: f64,
}

impl Standstill {
    /// Adds one of another time.
    #[must_use]
    pub fn then(self, later: Self) -> Self {
        Self {
            total_s: self.total_s + later.total_s,
            ..self.longest(later)
        }
    }

    /// Adds one of the same time: of another thread or machine.
    #[must_use]
    pub fn beside(self, other: Self) -> Self {
        Self {
            total_s: self.total_s.max(other.total_s),
            ..self.longest(other)
        }
    }

    fn longest(self, other: Self) -> Self {
        if other.longest_s > self.longest_s { other } else { self }
    }
}

/// What the processors of the generator's machine did, as shares of all of them, 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Processors {
    /// They worked for the generator.
    pub own: f64,
    /// They worked for other processes.
    pub others: f64,
    /// They would have worked, and the host of this virtual machine gave them to another.
    pub stolen: f64,
    /// Share of the time in which the generator was held back, because its container had used up what it may use.
    pub throttled: f64,
}

impl Processors {
    /// This share stolen or held back is enough to make a generator late.
    const TAKEN: f64 = 0.05;
    /// With this share at work, whoever wants to run has to wait.
    const FULL: f64 = 0.85;

    /// Whether others kept the generator from running when it wanted to.
    pub fn are_crowded(&self) -> bool {
        let full = self.own + self.others + self.stolen >= Self::FULL && self.others >= self.own;
        full || self.stolen >= Self::TAKEN || self.throttled >= Self::TAKEN
    }
}

/// The processors in those seconds in which the generator was late or stood still.
#[derive(Debug, Clone, Copy, Default)]
pub struct Crowd {
    late_s: f64,
    crowded_s: f64,
    sums: Processors,
}

impl Crowd {
    /// Adds a second in which the generator was late.
    pub(super) fn add(&mut self, length_s: f64, processors: Option<&Processors>) {
        self.late_s += length_s;
        let Some(processors) = processors.filter(|processors| processors.are_crowded()) else {
            return;
        };
        self.crowded_s += length_s;
        self.sums.own += processors.own * length_s;
        self.sums.others += processors.others * length_s;
        self.sums.stolen += processors.stolen * length_s;
        self.sums.throttled += processors.throttled * length_s;
    }

    /// What the processors did on average where they were crowded, if that was so in half of the time in which the generator
    /// was late.
    pub fn to_blame(&self) -> Option<Processors> {
        let share = |sum: f64| (sum / self.crowded_s * 1e3).round() / 1e3;
        (self.crowded_s > 0.0 && self.crowded_s * 2.0 >= self.late_s).then(|| Processors {
            own: share(self.sums.own),
            others: share(self.sums.others),
            stolen: share(self.sums.stolen),
            throttled: share(self.sums.throttled),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn still(longest_s: f64, at_s: f64, total_s: f64) -> Standstill {
        Standstill {
            longest_s,
            at_s,
            total_s,
        }
    }

    #[test]
    fn the_longest_is_named_and_times_add_up_but_for_threads_that_stood_still_together() {
        let (one, other) = (still(0.5, 3.0, 0.5), still(0.25, 9.0, 0.375));
        assert_eq!(one.then(other), still(0.5, 3.0, 0.875));
        assert_eq!(other.then(one), still(0.5, 3.0, 0.875));
        assert_eq!(other.beside(one), still(0.5, 3.0, 0.5));
    }

    #[test]
    fn a_machine_is_to_blame_where_others_kept_it() {
        let of = |own, others, stolen, throttled| Processors {
            own,
            others,
            stolen,
            throttled,
        };
        for (processors, crowded) in [
            (of(0.03, 0.9, 0.0, 0.0), true),
            (of(0.9, 0.08, 0.0, 0.0), false),
            (of(0.03, 0.4, 0.0, 0.0), false),
            (of(0.03, 0.1, 0.2, 0.0), true),
            (of(0.03, 0.1, 0.0, 0.3), true),
        ] {
            assert_eq!(processors.are_crowded(), crowded, "{processors:?}");
            let mut crowd = Crowd::default();
            assert!(crowd.to_blame().is_none(), "it never was late");
            crowd.add(2.0, Some(&processors));
            assert_eq!(crowd.to_blame(), crowded.then_some(processors));
            crowd.add(1.0, None);
            assert_eq!(crowd.to_blame().is_some(), crowded);
            crowd.add(4.0, None);
            assert!(crowd.to_blame().is_none(), "it was late without others");
        }
    }
}
