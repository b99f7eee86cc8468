//! Response times over all calls that were due: what failed or was never sent is later than every limit.

use super::{OperationRow, Percentiles};
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// Percentiles over all calls that were due, in microseconds. None where the call that decides failed or was never sent: its
/// answer never came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuePercentiles {
    /// Median.
    pub p50: Option<u64>,
    /// 90th percentile.
    pub p90: Option<u64>,
    /// 95th percentile.
    pub p95: Option<u64>,
    /// 99th percentile.
    pub p99: Option<u64>,
    /// 99.9th percentile.
    pub p999: Option<u64>,
    /// Largest value.
    pub max: Option<u64>,
}

impl DuePercentiles {
    /// The percentiles of these successes and so many calls beside them that failed or were never sent.
    pub fn of(successes: &Histogram<u64>, unserved: u64) -> Self {
        let at = |quantile| quantile_of_due(successes, unserved, quantile);
        Self {
            p50: at(0.5),
            p90: at(0.9),
            p95: at(0.95),
            p99: at(0.99),
            p999: at(0.999),
            max: (unserved == 0 && !successes.is_empty()).then(|| successes.max()),
        }
    }
}

/// The response time within which a quantile of all calls succeeded; none where so many never did.
pub fn quantile_of_due(successes: &Histogram<u64>, unserved: u64, quantile: f64) -> Option<u64> {
    let ok = successes.len();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count is a count"
    )]
    let rank = ((quantile * count(ok + unserved)).ceil() as u64).max(1);
    // From the middle of its share, so that no rounding makes it the next one.
    (rank <= ok).then(|| successes.value_at_quantile((count(rank) - 0.5) / count(ok)))
}

#[expect(clippy::cast_precision_loss, reason = "2^53 calls are never reached")]
fn count(count: u64) -> f64 {
    count as f64
}

/// One line of a table of response times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResponseLine {
    /// Of which calls; none where there is but one line, of all of them.
    pub of: Option<&'static str>,
    /// p50, p90, p95, p99, p99.9 and the largest, in microseconds; none for an answer that never came.
    pub figures: [Option<u64>; 6],
    /// The mean, in microseconds; none where one never came.
    pub mean: Option<f64>,
}

/// Of fewer calls than this the 99.9th percentile is the slowest call, and says no more.
const TELLS_P999: u64 = 1000;

/// Whether so many calls are enough for a 99.9th percentile.
pub fn tells_p999(calls: u64) -> bool {
    calls >= TELLS_P999
}

impl OperationRow {
    /// Whether there were calls enough for a 99.9th percentile.
    pub fn tells_p999(&self) -> bool {
        tells_p999(self.ok + self.errors + self.unended)
    }

    /// What a table shows of the response times: one line where every call that was due succeeded; otherwise one over all
    /// calls that were due, as objectives are judged, and one of the successes alone.
    pub fn response_lines(&self) -> Vec<ResponseLine> {
        let whole = |of, us: &Percentiles| ResponseLine {
            of,
            figures: [us.p50, us.p90, us.p95, us.p99, us.p999, us.max].map(Some),
            mean: Some(us.mean),
        };
        let (Some(due), Some(successes)) = (&self.due_us, &self.success_us) else {
            // Records of earlier versions have no more than that.
            return vec![whole(None, &self.response_us)];
        };
        if self.errors + self.unended == 0 {
            return vec![whole(None, successes)];
        }
        let all = ResponseLine {
            of: Some("all due"),
            figures: [due.p50, due.p90, due.p95, due.p99, due.p999, due.max],
            mean: None,
        };
        let mut lines = vec![all];
        if self.ok > 0 {
            lines.push(whole(Some("successes"), successes));
        }
        lines
    }
}

/// What stands under a table with such lines.
pub const LINES_EXPLAINED: &str = "all due: calls that failed or were never sent count as later than any limit (never); so objectives are judged. successes: the others alone";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::latency_histogram;

    fn row(ok: u64, errors: u64, unended: u64) -> OperationRow {
        let mut successes = latency_histogram();
        successes.record_n(10_000, ok).unwrap();
        OperationRow {
            name: "publish".to_owned(),
            ok,
            errors,
            unended,
            statuses: std::collections::BTreeMap::new(),
            reasons: std::collections::BTreeMap::new(),
            stale: 0,
            response_us: Percentiles::of(&successes),
            service_us: Percentiles::of(&successes),
            success_us: Some(Percentiles::of(&successes)),
            due_us: Some(DuePercentiles::of(&successes, errors + unended)),
            phases: Vec::new(),
        }
    }

    #[test]
    fn what_was_not_served_is_later_than_everything() {
        let lines = row(95, 3, 2).response_lines();
        assert_eq!(lines[0].of, Some("all due"));
        let known = lines[0].figures.map(|figure| figure.is_some());
        assert_eq!(known, [true, true, true, false, false, false]);
        assert_eq!(lines[1].of, Some("successes"));
        assert!(lines[1].figures.iter().all(Option::is_some));
    }

    #[test]
    fn every_rank_is_found_whatever_its_share() {
        for calls in 1..300 {
            let mut successes = latency_histogram();
            for us in 1..=calls {
                successes.record(us).unwrap();
            }
            for rank in 1..=calls {
                let quantile = (count(rank) - 0.5) / count(calls + 7);
                let found = quantile_of_due(&successes, 7, quantile);
                assert_eq!(found, Some(rank), "{rank} of {calls}");
            }
        }
    }

    #[test]
    fn one_line_suffices_where_all_succeeded_or_none_did() {
        let lines = row(95, 0, 0).response_lines();
        assert_eq!((lines.len(), lines[0].of), (1, None));
        let lines = row(0, 3, 0).response_lines();
        assert_eq!((lines.len(), lines[0].figures), (1, [None; 6]));
        let old = OperationRow {
            due_us: None,
            success_us: None,
            ..row(95, 3, 0)
        };
        assert_eq!(old.response_lines().len(), 1);
    }
}
