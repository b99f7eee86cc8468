//! What an objective measures on the sums of a run. Calls that failed and arrivals that were never sent count as later than
//! every limit and as errors: nothing unanswered can hold an objective.

use hdrhistogram::Histogram;
use proofload_results::load::quantile_of_due;
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

    /// The same, had the generator itself delayed none of them, nor failed or left one out.
    pub(super) fn at_best(totals: &Totals, operation: Option<&str>) -> Self {
        let mut calls = Self::of(totals, operation);
        let rows = match operation {
            Some(name) => vec![totals.operation(name)],
            None => totals.operations(),
        };
        calls.successes.reset();
        for row in rows {
            let _ = calls.successes.add(totals.responses_at_best(&row.name));
            let excused = totals.excused_calls(&row.name).min(row.errors);
            let missed = totals.missed_calls(&row.name);
            calls.failed -= excused;
            calls.unended -= missed;
            calls.ok += excused + missed;
            calls.successes.saturating_record_n(1, excused + missed);
        }
        // Where users set the pace there is no lag to speak of, and they made fewer calls while nothing ran.
        if totals.lag_histogram().is_empty() {
            let still_s = totals.standstill.map_or(0.0, |still| still.total_s);
            calls.offered_s = (calls.offered_s - still_s).max(0.0);
        }
        calls
    }

    /// At how many calls a second they fell due: no target can answer more.
    pub(super) fn offered_per_s(&self) -> f64 {
        count(self.ok + self.failed + self.unended) / self.offered_s.max(1e-9)
    }

    /// Had all that has not ended succeeded: what a run may still come to that goes on.
    pub(super) fn hopeful(self) -> Self {
        Self {
            ok: self.ok + self.unended,
            unended: 0,
            ..self
        }
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
                let beyond = Measured::Beyond { unserved };
                let figure = quantile_of_due(&self.successes, self.failed + self.unended, quantile);
                figure.map_or(beyond, |us| Measured::Figure(count(us)))
            }
            Metric::Mean => within(whole, self.successes.mean()),
            Metric::Max => within(whole, count(self.successes.max())),
            Metric::Min => within(self.ok > 0, count(self.successes.min())),
            Metric::Errors => Measured::Figure(unserved),
            Metric::Rate => Measured::Figure(count(self.ok) / self.offered_s.max(1e-9)),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "2^53 calls are never reached")]
fn count(count: u64) -> f64 {
    count as f64
}
