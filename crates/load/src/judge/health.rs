//! Whether the generator itself can be trusted: pure rules over what was measured.

use hdrhistogram::Histogram;
use proofload_results::load::{Complaint, Percentiles};
use proofload_results::record::{HELD_UP_US, Processors, Standstill, Totals};

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
    /// When the generator stood still.
    pub(crate) standstill: Option<Standstill>,
    /// What the processors of its machine did while it was late, if others kept them.
    pub(crate) crowd: Option<Processors>,
    /// Calls for which no local port was left.
    pub(crate) without_port: u64,
    /// Calls for which no descriptor was left.
    pub(crate) without_descriptor: u64,
    /// Calls that the proxy gave no connection for.
    pub(crate) without_proxy: u64,
    /// Arrivals that were due.
    pub(crate) due: u64,
}

/// Why the generator of a run with so many users was not healthy: the limits that were not kept.
pub fn complaints(totals: &Totals, users: u64) -> Vec<Complaint> {
    Symptoms::of(totals, users).complaints(false)
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
        // What was missed while the generator stood still waited for no user.
        let waited = waited.saturating_sub(totals.missed);
        let share = |arrivals: u64| count(arrivals) / count(totals.arrivals.due).max(1.0);
        Self {
            lag: totals.lag(),
            late: later_than(&totals.lag_histogram(), Complaint::LAG_P99_US),
            saturated_share: totals.saturated_s / totals.duration_s.max(1e-9),
            waited_share: share(waited),
            held_up_share: share(held_up),
            mean_service_us: service / all.max(1.0),
            users,
            standstill: totals.standstill,
            crowd: totals.crowd.to_blame(),
            without_port: totals.ended_as(Complaint::OUT_OF_PORTS),
            without_descriptor: totals.ended_as(Complaint::OUT_OF_DESCRIPTORS),
            without_proxy: totals.ended_as(Complaint::PROXY),
            due: totals.arrivals.due,
        }
    }

    /// The limits that were not kept; none when the generator was healthy. When something is `undecided` because of it, what
    /// can have decided it is among them, limit or no limit. What explains the others comes first.
    pub(crate) fn complaints(&self, undecided: bool) -> Vec<Complaint> {
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
        let doubtful = undecided || late.is_some();
        let [busy, still] = self.causes(doubtful, doubtful || saturated.is_some());
        let [proxy, ports, descriptors] = self.kept_from_connecting(undecided);
        let named = late.or(still).or(proxy).or(ports).or(descriptors).or(too_few);
        let as_much = (undecided && named.is_none()).then_some(Complaint::LateByAsMuch { max_us: self.lag.max });
        let all = [
            proxy,
            ports,
            descriptors,
            busy,
            still,
            late,
            as_much,
            saturated,
            too_few,
        ];
        all.into_iter().flatten().collect()
    }

    /// Why it was late: others had the machine, or it stood still.
    fn causes(&self, doubtful: bool, late_or_saturated: bool) -> [Option<Complaint>; 2] {
        let busy = self
            .crowd
            .filter(|_| late_or_saturated)
            .map(|crowd| Complaint::MachineBusy {
                own: crowd.own,
                others: crowd.others,
                stolen: crowd.stolen,
                throttled: crowd.throttled,
            });
        let still = self.standstill.filter(|_| doubtful).map(|still| Complaint::StoodStill {
            longest_s: still.longest_s,
            at_s: still.at_s,
            total_s: still.total_s,
        });
        [busy, still]
    }

    /// What lies on this side of the target and kept calls from it: a proxy, or what there was none left of.
    fn kept_from_connecting(&self, undecided: bool) -> [Option<Complaint>; 3] {
        #[expect(clippy::cast_precision_loss, reason = "2^53 calls are never reached")]
        let many = |calls: u64| calls as f64 > Complaint::UNCONNECTED_SHARE * self.due as f64;
        let counts = |calls: &u64| *calls > 0 && (undecided || many(*calls));
        [
            Some(self.without_proxy)
                .filter(counts)
                .map(|calls| Complaint::ProxyGaveOut { calls }),
            Some(self.without_port)
                .filter(counts)
                .map(|calls| Complaint::OutOfPorts { calls }),
            Some(self.without_descriptor)
                .filter(counts)
                .map(|calls| Complaint::OutOfDescriptors { calls }),
        ]
    }

    /// What was odd without breaking a limit or deciding anything.
    pub(crate) fn harmless(&self) -> impl Iterator<Item = Complaint> {
        let [_, still] = self.causes(true, false);
        let kept = self.kept_from_connecting(true).into_iter().chain([still]).flatten();
        kept.filter(|complaint| !complaint.is_slight())
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
            standstill: None,
            crowd: None,
            without_port: 0,
            without_descriptor: 0,
            without_proxy: 0,
            due: 1000,
        };
        assert!(healthy.complaints(false).is_empty());
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
            let complaints = symptoms.complaints(false);
            assert_eq!(complaints.len(), 1, "{symptoms:?}");
            assert!(complaints[0].to_string().contains(word), "{complaints:?}");
        }
        let few_calls = Symptoms {
            lag: lag(50, 30_000),
            late: 2,
            ..healthy
        };
        assert!(
            few_calls.complaints(false).is_empty(),
            "two of forty are late by chance"
        );
        let slow_target = Symptoms {
            waited_share: 0.5,
            mean_service_us: 1_500_000.0,
            ..healthy
        };
        assert!(
            slow_target.complaints(false).is_empty(),
            "the target gave out, not the generator"
        );
        assert!(slow_target.exhausted());
        let stalled_target = Symptoms {
            waited_share: 0.2,
            held_up_share: 0.195,
            ..healthy
        };
        assert!(
            stalled_target.complaints(false).is_empty(),
            "they waited while the target stood still"
        );
        assert!(stalled_target.exhausted());
    }
}
