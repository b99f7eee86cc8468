//! Whether the generator itself can be trusted: pure rules over what was measured.

use hdrhistogram::Histogram;
use proofload_results::load::{Complaint, Percentiles};
use proofload_results::record::{HELD_UP_US, Totals};

/// Of a few dozen arrivals, one or two are more than 1% by chance: fewer late ones than this say nothing.
const LATE_BY_CHANCE: u64 = 3;
/// Users that wait say nothing of the generator when the target takes longer than this for an answer on average: then it
/// is the target that gave out.
#[expect(clippy::cast_precision_loss, reason = "a second in microseconds")]
const SLOW_TARGET_US: f64 = HELD_UP_US as f64;

/// What the rules look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Symptoms {
    /// From due to sent while a user was free.
    pub(crate) lag: Percentiles,
    /// Arrivals that were sent later than the 99th percentile may be.
    pub(crate) late: u64,
    /// Share of the run in which the busiest thread was saturated, 0 to 1.
    pub(crate) saturated_share: f64,
    /// Share of the arrivals that had to wait for a free user, or waited for one in vain, 0 to 1.
    pub(crate) waited_share: f64,
    /// The part of it that waited while the target held the users up, 0 to 1.
    pub(crate) held_up_share: f64,
    /// Mean service time over all operations, in microseconds.
    pub(crate) mean_service_us: f64,
    /// Virtual users.
    pub(crate) users: u64,
}

/// Why the generator of a run with so many users was not healthy: the limits that were not kept.
pub fn complaints(totals: &Totals, users: u64) -> Vec<Complaint> {
    Symptoms::of(totals, users).complaints()
}

impl Symptoms {
    /// The symptoms of a run with so many users.
    pub(crate) fn of(totals: &Totals, users: u64) -> Self {
        let operations = totals.operations();
        #[expect(clippy::cast_precision_loss, reason = "2^53 calls are never reached")]
        let count = |count: u64| count as f64;
        let calls = |row: &proofload_results::load::OperationRow| count(row.ok + row.errors);
        let all: f64 = operations.iter().map(calls).sum();
        let service: f64 = operations.iter().map(|row| row.service_us.mean * calls(row)).sum();
        let (waited, held_up) = totals.waits();
        let share = |arrivals: u64| count(arrivals) / count(totals.arrivals.due).max(1.0);
        Self {
            lag: totals.lag(),
            late: later_than(&totals.lag_histogram(), Complaint::LAG_P99_US),
            saturated_share: totals.saturated_s / totals.duration_s.max(1e-9),
            waited_share: share(waited),
            held_up_share: share(held_up),
            mean_service_us: service / all.max(1.0),
            users,
        }
    }

    /// The limits that were not kept; none when the generator was healthy.
    pub(crate) fn complaints(&self) -> Vec<Complaint> {
        let often_late = self.lag.p99 > Complaint::LAG_P99_US && self.late >= LATE_BY_CHANCE;
        let late = (often_late || self.lag.p50 > Complaint::LAG_P50_US).then_some(Complaint::LateThoughUsersWereFree {
            p50_us: self.lag.p50,
            p99_us: self.lag.p99,
        });
        let saturated = (self.saturated_share > Complaint::SATURATED_SHARE).then_some(Complaint::ThreadSaturated {
            share: self.saturated_share,
        });
        let own_share = self.waited_share - self.held_up_share;
        let own = own_share > Complaint::WAITED_SHARE && self.mean_service_us < SLOW_TARGET_US;
        let too_few = own.then_some(Complaint::TooFewUsers {
            waited_share: own_share,
            users: self.users,
        });
        [late, saturated, too_few].into_iter().flatten().collect()
    }

    /// Whether users were exhausted, whoever is to blame.
    pub(crate) fn exhausted(&self) -> bool {
        self.waited_share > Complaint::WAITED_SHARE
    }
}

fn later_than(lags: &Histogram<u64>, limit_us: u64) -> u64 {
    let later = lags
        .iter_recorded()
        .filter(|value| value.value_iterated_to() > limit_us);
    later.map(|value| value.count_at_value()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_and_their_limits() {
        let healthy = Symptoms {
            lag: Percentiles {
                p50: 50,
                p99: 300,
                ..Percentiles::default()
            },
            late: 3,
            saturated_share: 0.0,
            waited_share: 0.0,
            held_up_share: 0.0,
            mean_service_us: 2000.0,
            users: 10,
        };
        assert!(healthy.complaints().is_empty());
        let lag = |p50, p99| Percentiles {
            p50,
            p99,
            ..Percentiles::default()
        };
        for (symptoms, word) in [
            (
                Symptoms {
                    lag: lag(50, 10_001),
                    ..healthy
                },
                "late",
            ),
            (
                Symptoms {
                    lag: lag(1_001, 2_000),
                    ..healthy
                },
                "late",
            ),
            (
                Symptoms {
                    saturated_share: 0.11,
                    ..healthy
                },
                "without rest",
            ),
            (
                Symptoms {
                    waited_share: 0.011,
                    ..healthy
                },
                "were too few",
            ),
        ] {
            let complaints = symptoms.complaints();
            assert_eq!(complaints.len(), 1, "{symptoms:?}");
            assert!(complaints[0].to_string().contains(word), "{complaints:?}");
        }
        let few_calls = Symptoms {
            lag: lag(50, 30_000),
            late: 2,
            ..healthy
        };
        assert!(few_calls.complaints().is_empty(), "two of forty are late by chance");
        let slow_target = Symptoms {
            waited_share: 0.5,
            mean_service_us: 1_500_000.0,
            ..healthy
        };
        assert!(
            slow_target.complaints().is_empty(),
            "the target gave out, not the generator"
        );
        assert!(slow_target.exhausted());
        let stalled_target = Symptoms {
            waited_share: 0.2,
            held_up_share: 0.195,
            ..healthy
        };
        assert!(
            stalled_target.complaints().is_empty(),
            "they waited while the target stood still"
        );
        assert!(stalled_target.exhausted());
    }
}
