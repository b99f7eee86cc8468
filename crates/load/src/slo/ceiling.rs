//! Objectives as ceilings: what a search for the highest rate needs to know of them. One concept with the objective itself:
//! these are methods of [`Slo`] on its own fields, in a file of their own only for its length.

use super::Slo;
use hdrhistogram::Histogram;
use proofload_results::objective::{Comparison, Metric};
use proofload_results::record::{CallOutcome, HistogramTag, LatencyKind, Second};
use std::time::Duration;

/// An objective that more load can only break.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ceiling {
    /// At most this share of the calls may be beyond a limit: a percentile of the response time, or errors.
    Share {
        /// The share, 0 to 1.
        allowed: f64,
        /// The response time that counts; `None` for errors.
        limit: Option<Duration>,
    },
    /// A response time that is no share of calls: the mean, or the largest.
    Time {
        /// The limit.
        limit: Duration,
    },
}

impl Slo {
    /// The objective as a ceiling; `None` for a floor, and for rates: more load does not break those.
    pub fn ceiling(&self) -> Option<Ceiling> {
        if !matches!(self.objective.must_be, Comparison::Less | Comparison::AtMost) {
            return None;
        }
        let limit = || Duration::from_secs_f64(self.objective.limit / 1e6);
        match self.objective.metric {
            Metric::Quantile { quantile } => Some(Ceiling::Share {
                allowed: 1.0 - quantile,
                limit: Some(limit()),
            }),
            Metric::Errors => Some(Ceiling::Share {
                allowed: self.objective.limit,
                limit: None,
            }),
            Metric::Mean | Metric::Max | Metric::Min => Some(Ceiling::Time { limit: limit() }),
            Metric::Rate => None,
        }
    }

    /// Whether it speaks of errors.
    pub fn is_about_errors(&self) -> bool {
        self.objective.metric == Metric::Errors
    }

    /// Whether it speaks of the rate itself.
    pub fn is_about_rate(&self) -> bool {
        self.objective.metric == Metric::Rate
    }

    /// The floor's or ceiling's value in its own unit, and of what: objectives with the same subject can contradict
    /// each other.
    pub fn limit_on(&self) -> (String, f64) {
        let subject = self.text.split(['<', '>']).next().unwrap_or_default();
        (subject.trim().to_owned(), self.objective.limit)
    }

    /// Whether calls of this operation count.
    pub fn speaks_of(&self, operation: &str) -> bool {
        self.objective.speaks_of(operation)
    }

    /// How many calls of one second it speaks of, and how many of them were beyond its limit; none beyond where it is no
    /// [`Ceiling::Share`].
    pub fn beyond(&self, second: &Second) -> (u64, u64) {
        let counters = &second.counters;
        let speaks_of = |name: &str| self.objective.speaks_of(name);
        let named = counters.statuses.iter().filter(|(name, _)| speaks_of(name));
        let calls = named.flat_map(|(_, statuses)| statuses.values()).sum();
        let beyond = match self.ceiling() {
            Some(Ceiling::Share { limit: None, .. }) => {
                let errors = counters.errors.iter().filter(|(name, _)| speaks_of(name));
                errors.map(|(_, count)| count).sum()
            }
            Some(Ceiling::Share { limit: Some(limit), .. }) => {
                let limit_us = u64::try_from(limit.as_micros()).unwrap_or(u64::MAX);
                let responses = second.histograms.iter().filter(|(tag, _)| is_response(tag));
                let mine = responses.filter(|(tag, _)| speaks_of(&tag.operation));
                mine.map(|(tag, histogram)| later(tag, histogram, limit_us)).sum()
            }
            _ => 0,
        };
        (calls, beyond)
    }

    /// How many calls of one second took longer than 1, 2, 3... parts of the limit, `per_limit` of which are the limit; nothing
    /// where it is no [`Ceiling::Share`] of response times.
    pub fn over<const PARTS: usize>(&self, second: &Second, per_limit: f64) -> [u64; PARTS] {
        let mut over = [0; PARTS];
        let Some(Ceiling::Share { limit: Some(limit), .. }) = self.ceiling() else {
            return over;
        };
        let speaks_of = |name: &str| self.objective.speaks_of(name);
        let responses = second.histograms.iter().filter(|(tag, _)| is_response(tag));
        for (tag, histogram) in responses.filter(|(tag, _)| speaks_of(&tag.operation)) {
            let mut part_us = limit.mul_f64(1.0 / per_limit);
            for sum in &mut over {
                *sum += later(tag, histogram, u64::try_from(part_us.as_micros()).unwrap_or(u64::MAX));
                part_us += limit.mul_f64(1.0 / per_limit);
            }
        }
        over
    }
}

fn is_response(tag: &HistogramTag) -> bool {
    tag.kind == LatencyKind::Response && matches!(tag.outcome, CallOutcome::Ok | CallOutcome::Error)
}

/// Calls that were later than a limit; one that failed is later than any.
fn later(tag: &HistogramTag, histogram: &Histogram<u64>, limit_us: u64) -> u64 {
    match tag.outcome {
        CallOutcome::Error => histogram.len(),
        CallOutcome::Ok => above(histogram, limit_us),
    }
}

/// Values above a limit, as finely as the histogram tells them apart.
fn above(histogram: &Histogram<u64>, limit_us: u64) -> u64 {
    if histogram.is_empty() || histogram.max() <= limit_us {
        return 0;
    }
    let at_most = histogram.count_between(0, limit_us);
    histogram.len().saturating_sub(at_most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::record::{Counters, latency_histogram};

    fn slo(text: &str) -> Slo {
        Slo::parse(text, &["publish", "renewToken"]).unwrap()
    }

    #[test]
    fn ceilings_are_what_load_can_break() {
        let share = |allowed: f64, ms: Option<u64>| {
            let limit = ms.map(Duration::from_millis);
            Some(Ceiling::Share { allowed, limit })
        };
        let same = |text: &str, wanted: Option<Ceiling>| match (slo(text).ceiling(), wanted) {
            (
                Some(Ceiling::Share { allowed, limit }),
                Some(Ceiling::Share {
                    allowed: share,
                    limit: time,
                }),
            ) => {
                assert!((allowed - share).abs() < 1e-9 && limit == time, "{text}");
            }
            (found, wanted) => assert_eq!(found, wanted, "{text}"),
        };
        same("publish.p99 < 250ms", share(0.01, Some(250)));
        same("p50 <= 20ms", share(0.5, Some(20)));
        same("errors < 0.1%", share(0.001, None));
        let limit = Duration::from_secs(1);
        same("publish.mean < 1s", Some(Ceiling::Time { limit }));
        same("publish.max < 1s", Some(Ceiling::Time { limit }));
        same("publish.p99 > 250ms", None);
        same("publish.rate >= 200/s", None);
        assert!(slo("publish.rate >= 200/s").is_about_rate() && !slo("errors < 1%").is_about_rate());
    }

    #[test]
    fn calls_beyond_a_limit_are_counted_by_the_second() {
        let mut second = Second::new(Counters::default());
        let statuses = [("200".to_owned(), 8), ("500".to_owned(), 2)];
        second.counters.statuses.insert("publish".to_owned(), statuses.into());
        second
            .counters
            .statuses
            .insert("renewToken".to_owned(), [("200".to_owned(), 5)].into());
        second.counters.errors.insert("publish".to_owned(), 2);
        for (tag, us, count) in [
            ("publish.response.ok", 10_000, 8),
            ("publish.response.error", 300_000, 2),
            ("publish.service.ok", 400_000, 8),
            ("renewToken.response.ok", 400_000, 5),
        ] {
            let mut histogram = latency_histogram();
            histogram.record_n(us, count).unwrap();
            second.add(tag.parse().unwrap(), &histogram);
        }
        assert_eq!(slo("publish.p99 < 250ms").beyond(&second), (10, 2));
        assert_eq!(slo("p99 < 250ms").beyond(&second), (15, 7));
        assert_eq!(slo("errors < 0.1%").beyond(&second), (15, 2));
        assert_eq!(slo("renewToken.p50 < 400ms").beyond(&second), (5, 0));
        assert_eq!(slo("publish.mean < 1ms").beyond(&second), (10, 0));
    }
}
