//! One second of a run as single calls again, for displays that know nothing but calls.
//!
//! A histogram's values are known to three digits, and so are the calls made from it. When there are more than a
//! display can take, every k-th by rank is shown: percentiles stay what they are.

use proofload_results::record::{CallOutcome, HistogramTag, LatencyKind, Second};
use std::collections::BTreeMap;
use std::time::Duration;

/// One call, as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call {
    /// When it is shown, as a share of the second, 0 to 1.
    pub(super) at: f64,
    /// Its operation.
    pub(super) operation: String,
    /// Its response time, from due to the last byte.
    pub(super) took: Duration,
    /// The status, or the name of the failure.
    pub(super) ending: String,
    /// Whether it succeeded.
    pub(super) ok: bool,
}

/// The calls of a second in the order in which they are shown; not many more than `most`.
pub(super) fn calls(second: &Second, most: u64) -> Vec<Call> {
    let responses = || second.histograms.iter().filter(|(tag, _)| is_response(tag));
    let all: u64 = responses().map(|(_, histogram)| histogram.len()).sum();
    let mut calls = Vec::new();
    for (tag, histogram) in responses() {
        let count = histogram.len();
        // At least one of each kind is shown, so that a single failure among many calls is seen.
        let shown = if all <= most {
            count
        } else {
            (count * most).div_ceil(all)
        };
        let endings = Endings::of(second, tag, count);
        let (mut next, mut passed) = (0, 0);
        for bucket in histogram.iter_recorded() {
            passed += bucket.count_since_last_iteration();
            // The rank in the middle of each of `shown` equal parts.
            while next < shown && (2 * next + 1) * count / (2 * shown) < passed {
                calls.push(Call {
                    at: 0.0,
                    operation: tag.operation.clone(),
                    took: Duration::from_micros(bucket.value_iterated_to()),
                    ending: endings.at((2 * next + 1) * count / (2 * shown)),
                    ok: tag.outcome == CallOutcome::Ok,
                });
                next += 1;
            }
        }
    }
    spread(&mut calls);
    calls
}

fn is_response(tag: &HistogramTag) -> bool {
    tag.kind == LatencyKind::Response && *tag != HistogramTag::lag()
}

/// Spreads calls over the second so that every part of it has some of every latency: multiples of the golden ratio, modulo
/// one, are spread evenly however many there are (Weyl's theorem).
fn spread(calls: &mut [Call]) {
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let mut at: f64 = 0.0;
    for call in calls.iter_mut() {
        at = (at + golden).fract();
        call.at = at;
    }
    calls.sort_by(|a, b| a.at.total_cmp(&b.at));
}

/// How the calls of one operation ended, successes first. Endings and latencies are not counted together, so which call
/// had which ending is made up; how many had each is not.
struct Endings {
    counts: Vec<(String, u64)>,
    skipped: u64,
}

impl Endings {
    fn of(second: &Second, tag: &HistogramTag, count: u64) -> Self {
        let none = BTreeMap::new();
        let counts = second.counters.statuses.get(&tag.operation).unwrap_or(&none);
        let mut counts: Vec<(String, u64)> = counts.iter().map(|(ending, count)| (ending.clone(), *count)).collect();
        // 2xx, then statuses that may have been expected, then failures that have a name only.
        counts.sort_by_key(|(ending, _)| (!ending.starts_with('2'), ending.parse::<u16>().is_err(), ending.clone()));
        let all: u64 = counts.iter().map(|(_, count)| count).sum();
        let skipped = if tag.outcome == CallOutcome::Ok {
            0
        } else {
            all.saturating_sub(count)
        };
        Self { counts, skipped }
    }

    fn at(&self, rank: u64) -> String {
        let mut left = rank + self.skipped;
        for (ending, count) in &self.counts {
            if left < *count {
                return ending.clone();
            }
            left -= count;
        }
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::record::{Counters, latency_histogram};

    fn second(latencies: &[(&str, &[u64])], statuses: &[(&str, &str, u64)]) -> Second {
        let mut counters = Counters::default();
        for (operation, ending, count) in statuses {
            let endings = counters.statuses.entry((*operation).to_owned()).or_default();
            endings.insert((*ending).to_owned(), *count);
        }
        let mut second = Second::new(counters);
        for (tag, values) in latencies {
            let mut histogram = latency_histogram();
            for value in *values {
                histogram.record(*value).unwrap();
            }
            second.add(tag.parse().unwrap(), &histogram);
        }
        second
    }

    #[test]
    fn few_calls_are_all_shown_and_nothing_else() {
        let second = second(
            &[
                ("publish.response.ok", &[100, 200, 300]),
                ("publish.response.error", &[500]),
                ("publish.service.ok", &[1, 2, 3]),
                ("generator.lag.ok", &[7]),
            ],
            &[("publish", "200", 3), ("publish", "timeout", 1)],
        );
        let mut calls = calls(&second, 1000);
        assert!(calls.is_sorted_by_key(|call| call.at));
        calls.sort_by_key(|call| call.took);
        let told: Vec<_> = calls
            .iter()
            .map(|call| (call.took.as_micros(), call.ending.as_str(), call.ok))
            .collect();
        assert_eq!(
            told,
            [
                (100, "200", true),
                (200, "200", true),
                (300, "200", true),
                (500, "timeout", false)
            ]
        );
    }

    #[test]
    fn of_many_calls_a_sample_keeps_the_percentiles() {
        let values: Vec<u64> = (1..=10_000).collect();
        let second = second(
            &[("publish.response.ok", &values), ("profile.response.error", &[9])],
            &[("publish", "200", 10_000), ("profile", "500", 1)],
        );
        let calls = calls(&second, 100);
        assert_eq!(calls.len(), 101);
        let mut took: Vec<u128> = calls
            .iter()
            .filter(|call| call.ok)
            .map(|call| call.took.as_micros())
            .collect();
        // Every half of the second has its share of short ones.
        let short_and_early = calls
            .iter()
            .filter(|call| call.at < 0.5 && call.took.as_micros() < 5000);
        assert!((20..=30).contains(&short_and_early.count()));
        took.sort_unstable();
        assert!(took[50].abs_diff(5050) < 20, "{}", took[50]);
        assert!(took[99].abs_diff(9950) < 20, "{}", took[99]);
        let failed: Vec<_> = calls.iter().filter(|call| !call.ok).collect();
        assert_eq!((failed.len(), failed[0].ending.as_str()), (1, "500"));
    }

    #[test]
    fn a_status_that_was_expected_is_no_failure() {
        let second = second(
            &[("getTag.response.ok", &[1, 2]), ("getTag.response.error", &[3])],
            &[("getTag", "404", 2), ("getTag", "reset", 1)],
        );
        let calls = calls(&second, 10);
        let endings = |ok| calls.iter().filter(move |call| call.ok == ok).map(|call| &call.ending);
        assert!(endings(true).eq(["404", "404"]) && endings(false).eq(["reset"]));
    }
}
