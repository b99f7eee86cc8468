//! Objectives on charts: their lines, and where the calls of a stretch alone would have missed them.
//!
//! Whether an objective held is decided elsewhere, over the whole run. One that a record states in words only is merely
//! not marked.

use super::chart::Limit;
use super::units::{SHORT, shown};
use hdrhistogram::Histogram;
use proofload_results::load::{SloRow, quantile_of_due};
use proofload_results::objective::{Metric, Objective};
use proofload_results::record::latency_histogram;
use std::collections::BTreeMap;

/// Calls of one operation.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Calls {
    /// All of them.
    pub(super) all: u64,
    /// Those that failed.
    pub(super) errors: u64,
}

/// An objective with its words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stated {
    /// As it was stated.
    text: String,
    /// As data.
    pub(super) objective: Objective,
}

impl Stated {
    /// The objective of a row of a report; none when it has only words, or figures that are none.
    pub(super) fn of(row: &SloRow) -> Option<Self> {
        let objective = row.objective.clone().filter(|one| one.limit.is_finite())?;
        Some(Self {
            text: shown(&row.slo, SHORT),
            objective,
        })
    }

    /// Its words, safe to show.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Its line on a chart whose axis is in its unit.
    pub(super) fn line(&self) -> Limit {
        Limit {
            y: self.objective.limit,
            label: self.text.clone(),
        }
    }

    /// Whether the calls of a stretch alone hold it; none when there were none that it speaks of.
    pub(super) fn holds(&self, stretch: &Stretch<'_>) -> Option<bool> {
        let calls = stretch.calls_of(self.objective.operation.as_deref());
        let latencies = match &self.objective.operation {
            Some(name) => stretch.by_operation.get(name),
            None => Some(stretch.all),
        };
        if calls.all == 0 && self.objective.is_latency() && latencies.is_none_or(Histogram::is_empty) {
            return None;
        }
        let empty = latency_histogram();
        let latencies = latencies.unwrap_or(&empty);
        // As over the whole run: what failed is later than every limit, and holds none.
        let whole = calls.errors == 0;
        #[expect(clippy::cast_precision_loss, reason = "2^53 calls or microseconds are never reached")]
        let figure = match self.objective.metric {
            Metric::Quantile { quantile } => quantile_of_due(latencies, calls.errors, quantile).map(|us| us as f64),
            Metric::Mean => whole.then(|| latencies.mean()),
            Metric::Max => whole.then(|| latencies.max() as f64),
            Metric::Min => (!latencies.is_empty()).then(|| latencies.min() as f64),
            Metric::Errors if calls.all == 0 => return None,
            Metric::Errors => Some(calls.errors as f64 / calls.all as f64),
            Metric::Rate => Some(calls.all.saturating_sub(calls.errors) as f64 / stretch.length_s.max(1e-9)),
        };
        Some(figure.is_some_and(|figure| self.objective.holds(figure)))
    }
}

/// What was measured in a stretch of a run.
#[derive(Debug)]
pub(super) struct Stretch<'a> {
    /// Response times of successes by operation, in microseconds.
    pub(super) by_operation: &'a BTreeMap<String, Histogram<u64>>,
    /// Response times of successes of all operations together.
    pub(super) all: &'a Histogram<u64>,
    /// Calls by operation.
    pub(super) calls: &'a BTreeMap<String, Calls>,
    /// How long it was, in seconds.
    pub(super) length_s: f64,
}

impl Stretch<'_> {
    fn calls_of(&self, operation: Option<&str>) -> Calls {
        match operation {
            Some(name) => self.calls.get(name).copied().unwrap_or_default(),
            None => self.calls.values().fold(Calls::default(), |sum, calls| Calls {
                all: sum.all + calls.all,
                errors: sum.errors + calls.errors,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::objective::Comparison;

    fn stated(operation: Option<&str>, metric: Metric, must_be: Comparison, limit: f64) -> Stated {
        let row = SloRow {
            slo: "as stated".to_owned(),
            measured: String::new(),
            held: true,
            at_best: None,
            objective: Some(Objective::new(operation.map(str::to_owned), metric, must_be, limit)),
        };
        Stated::of(&row).expect("an objective")
    }

    #[test]
    fn a_stretch_is_judged_by_its_own_calls() {
        // One call failed at once.
        let mut publish = latency_histogram();
        publish.record_n(10_000, 97).expect("within the bounds");
        publish.record_n(400_000, 2).expect("within the bounds");
        let by_operation = BTreeMap::from([("publish".to_owned(), publish.clone())]);
        let calls = BTreeMap::from([("publish".to_owned(), Calls { all: 100, errors: 1 })]);
        let stretch = Stretch {
            by_operation: &by_operation,
            all: &publish,
            calls: &calls,
            length_s: 2.0,
        };
        let p99 = Metric::Quantile { quantile: 0.99 };
        for (one, held) in [
            (stated(Some("publish"), p99, Comparison::Less, 250_000.0), Some(false)),
            (stated(None, p99, Comparison::Less, 500_000.0), Some(true)),
            (stated(None, Metric::Mean, Comparison::Less, 20_000.0), Some(false)),
            (stated(None, Metric::Max, Comparison::AtMost, 599_000.0), Some(false)),
            (stated(None, Metric::Min, Comparison::AtMost, 11_000.0), Some(true)),
            (stated(None, Metric::Errors, Comparison::AtMost, 0.01), Some(true)),
            (stated(None, Metric::Errors, Comparison::Less, 0.01), Some(false)),
            (stated(None, Metric::Rate, Comparison::AtLeast, 49.0), Some(true)),
            (stated(None, Metric::Rate, Comparison::AtLeast, 50.0), Some(false)),
            (stated(Some("listTags"), p99, Comparison::Less, 1.0), None),
        ] {
            assert_eq!(one.holds(&stretch), held, "{one:?}");
        }
    }

    #[test]
    fn an_objective_in_words_only_is_not_marked() {
        let row = SloRow {
            slo: "publish.p99 < 250ms".to_owned(),
            measured: "18ms".to_owned(),
            held: true,
            at_best: None,
            objective: None,
        };
        assert_eq!(Stated::of(&row), None);
    }
}
