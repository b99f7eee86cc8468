//! How the figures of a run went over its time, second by second.

use super::hlog::LatencyKind;
use super::latency_histogram;
use super::second::Second;
use crate::course::Course;

/// How the figures of a run went over its time.
#[derive(Debug, Clone, Default)]
pub struct Courses {
    /// Arrivals under way: due and not done.
    pub under_way: Course,
    /// Medians of the response times of each second, in microseconds.
    pub p50_us: Course,
    /// 99th percentiles of the same.
    pub p99_us: Course,
    /// Shares of the calls that failed.
    pub errors: Course,
}

impl Courses {
    pub(super) fn add(&mut self, second: &Second) {
        let counters = &second.counters;
        let at_s = counters.start_s + counters.length_s / 2.0;
        #[expect(clippy::cast_precision_loss, reason = "counts of one second")]
        let count = |count: u64| count as f64;
        self.under_way.add(at_s, count(counters.in_flight + counters.backlog));
        let mut response = latency_histogram();
        for (_, histogram) in second
            .histograms
            .iter()
            .filter(|(tag, _)| tag.kind == LatencyKind::Response)
        {
            let _ = response.add(histogram);
        }
        if response.is_empty() {
            return;
        }
        self.p50_us.add(at_s, count(response.value_at_quantile(0.5)));
        self.p99_us.add(at_s, count(response.value_at_quantile(0.99)));
        let errors = counters.errors.values().sum::<u64>();
        self.errors.add(at_s, count(errors) / count(response.len()));
    }
}
