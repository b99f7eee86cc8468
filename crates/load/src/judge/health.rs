//! Whether the generator itself can be trusted: pure rules over what was measured.

use hdrhistogram::Histogram;
use proofload_results::load::Percentiles;
use proofload_results::record::Totals;

/// The 99th percentile of the schedule lag may be this long, in microseconds...
const LAG_P99_US: u64 = 10_000;
/// ...unless fewer arrivals than this were later: of a few dozen, one or two are more than 1% by chance...
const LATE_BY_CHANCE: u64 = 3;
/// ...and the median a tenth of it.
const LAG_P50_US: u64 = 1_000;
/// A thread of the generator may be saturated for this share of the run.
const SATURATED_SHARE: f64 = 0.1;
/// This share of the arrivals may wait for a free user...
const WAITED_SHARE: f64 = 0.01;
/// ...unless the target takes longer than this for an answer on average: then it is the target that gave out.
const SLOW_TARGET_US: f64 = 1_000_000.0;

/// What the rules look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Symptoms {
    /// From due to sent while a user was free.
    pub(crate) lag: Percentiles,
    /// Arrivals that were sent later than the 99th percentile may be.
    pub(crate) late: u64,
    /// Share of the run in which the busiest thread was saturated, 0 to 1.
    pub(crate) saturated_share: f64,
    /// Share of the arrivals that had to wait for a free user, 0 to 1.
    pub(crate) waited_share: f64,
    /// Mean service time over all operations, in microseconds.
    pub(crate) mean_service_us: f64,
    /// Virtual users.
    pub(crate) users: u64,
}

/// Why the generator of a run with so many users was not healthy, one sentence for each limit that was not kept.
pub fn complaints(totals: &Totals, users: u64) -> Vec<String> {
    Symptoms::of(totals, users).reasons()
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
        Self {
            lag: totals.lag(),
            late: later_than(&totals.lag_histogram(), LAG_P99_US),
            saturated_share: totals.saturated_s / totals.duration_s.max(1e-9),
            waited_share: count(totals.waited_for_user) / count(totals.arrivals.due).max(1.0),
            mean_service_us: service / all.max(1.0),
            users,
        }
    }

    /// The limits that were not kept whatever the target did, one sentence each.
    pub(crate) fn own_faults(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        let millis = |us: u64| std::time::Duration::from_micros(us).as_secs_f64() * 1e3;
        let often_late = self.lag.p99 > LAG_P99_US && self.late >= LATE_BY_CHANCE;
        if often_late || self.lag.p50 > LAG_P50_US {
            reasons.push(format!(
                "arrivals were sent late though users were free: half of them by {:.2} ms, 1% by {:.2} ms (limits 1 and 10 ms); \
                 use more --threads, a lower rate or another machine",
                millis(self.lag.p50),
                millis(self.lag.p99),
            ));
        }
        if self.saturated_share > SATURATED_SHARE {
            reasons.push(format!(
                "a thread of the generator was at work without rest for {:.0}% of the run (limit 10%); \
                 use more --threads, a lower rate or another machine",
                self.saturated_share * 100.0
            ));
        }
        reasons
    }

    /// The limits that were not kept, one sentence each; empty when the generator was healthy.
    pub(crate) fn reasons(&self) -> Vec<String> {
        let mut reasons = self.own_faults();
        if self.exhausted() && self.mean_service_us < SLOW_TARGET_US {
            reasons.push(format!(
                "{:.1}% of the arrivals waited for a free virtual user (limit 1%): {} were too few; use more --users",
                self.waited_share * 100.0,
                self.users
            ));
        }
        reasons
    }

    /// Whether users were exhausted, whoever is to blame.
    pub(crate) fn exhausted(&self) -> bool {
        self.waited_share > WAITED_SHARE
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
            mean_service_us: 2000.0,
            users: 10,
        };
        assert!(healthy.reasons().is_empty());
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
                "more --users",
            ),
        ] {
            let reasons = symptoms.reasons();
            assert_eq!(reasons.len(), 1, "{symptoms:?}");
            assert!(reasons[0].contains(word), "{reasons:?}");
        }
        let few_calls = Symptoms {
            lag: lag(50, 30_000),
            late: 2,
            ..healthy
        };
        assert!(few_calls.reasons().is_empty(), "two of forty are late by chance");
        let slow_target = Symptoms {
            waited_share: 0.5,
            mean_service_us: 1_500_000.0,
            ..healthy
        };
        assert!(
            slow_target.reasons().is_empty(),
            "the target gave out, not the generator"
        );
        assert!(slow_target.exhausted());
    }
}
