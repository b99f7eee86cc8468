//! What an objective measures on the sums of a run. Calls that failed and arrivals that were never sent count as later than
//! every limit and as errors: nothing unanswered can hold an objective.

use hdrhistogram::Histogram;
use proofload_results::objective::Metric;
use proofload_results::record::{CallOutcome, Totals, latency_histogram};

/// The calls that an objective speaks of.
#[derive(Debug)]
pub(super) struct Calls {
    /// Response times of those that succeeded, in microseconds.
    successes: Histogram<u64>,
    ok: u64,
    failed: u64,
    /// Calls that were due and came to no end: never sent, or still out when the run was over.
    unended: u64,
    offered_s: f64,
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Measured {
    /// Nothing was called.
    Nothing,
    /// A figure, in the unit of its metric.
    Figure(f64),
    /// Later than every limit: what decides it failed or was never sent.
    Beyond {
        /// Of all calls, the share that failed or was never sent, 0 to 1.
        unserved: f64,
    },
}

impl Calls {
    /// The calls of one operation, or of all.
    pub(super) fn of(totals: &Totals, operation: Option<&str>) -> Self {
        let rows = match operation {
            Some(name) => vec![totals.operation(name)],
            None => totals.operations(),
        };
        let mut calls = Self {
            successes: latency_histogram(),
            ok: 0,
            failed: 0,
            unended: 0,
            offered_s: totals.offered_s,
        };
        for row in rows {
            // Values beyond the bounds cannot be: every histogram of a record has the same bounds.
            let _ = calls.successes.add(totals.responses(&row.name, CallOutcome::Ok));
            calls.ok += row.ok;
            calls.failed += row.errors;
            calls.unended += totals.unended_calls(&row.name);
        }
        calls
    }

    /// Those of them that came to an end.
    pub(super) fn ended(self) -> Self {
        Self { unended: 0, ..self }
    }

    /// The figure of a metric.
    pub(super) fn measure(&self, metric: Metric) -> Measured {
        let all = self.ok + self.failed + self.unended;
        if self.ok + self.failed == 0 {
            return Measured::Nothing;
        }
        let unserved = count(self.failed + self.unended) / count(all);
        let within = |decides: bool, figure: f64| {
            if decides {
                Measured::Figure(figure)
            } else {
                Measured::Beyond { unserved }
            }
        };
        let whole = self.failed + self.unended == 0;
        match metric {
            Metric::Quantile { quantile } => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a share of a count is a count"
                )]
                let rank = ((quantile * count(all)).ceil() as u64).max(1);
                within(rank <= self.ok, self.at_rank(rank))
            }
            Metric::Mean => within(whole, self.successes.mean()),
            Metric::Max => within(whole, count(self.successes.max())),
            Metric::Min => within(self.ok > 0, count(self.successes.min())),
            Metric::Errors => Measured::Figure(unserved),
            Metric::Rate => Measured::Figure(count(self.ok) / self.offered_s.max(1e-9)),
        }
    }

    /// The response time of the success with this rank, from 1, in microseconds.
    fn at_rank(&self, rank: u64) -> f64 {
        count(
            self.successes
                .value_at_quantile(count(rank) / count(self.successes.len().max(1))),
        )
    }
}

#[expect(clippy::cast_precision_loss, reason = "2^53 calls are never reached")]
fn count(count: u64) -> f64 {
    count as f64
}
