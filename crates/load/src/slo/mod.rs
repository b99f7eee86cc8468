//! Service level objectives: `publish.p99 < 250ms`, `errors < 0.1%`, `publish.rate >= 200/s`.

mod ceiling;

pub use ceiling::Ceiling;

use proofload_deployment::nearest::advice;
use proofload_deployment::units::Rate;
use proofload_deployment::units::span;
use proofload_results::load::{OperationRow, SloRow, rounded};
use proofload_results::objective::{Comparison, Metric, Objective};
use proofload_results::record::{LatencyKind, Totals};
use std::fmt;
use std::time::Duration;

/// An objective that a run must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Slo {
    text: String,
    objective: Objective,
}

/// Why a text is no objective.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{text:?} is no SLO: {why}; one looks like publish.p99 < 250ms, errors < 0.1% or publish.rate >= 200/s")]
pub struct SloError {
    text: String,
    why: String,
}

impl Slo {
    /// Reads an objective on `operations`, the ones that the workload calls.
    ///
    /// # Errors
    /// The text is no objective, or names an operation that the workload never calls.
    pub fn parse(text: &str, operations: &[&str]) -> Result<Self, SloError> {
        let wrong = |why: String| SloError {
            text: text.to_owned(),
            why,
        };
        let at = text
            .find(['<', '>'])
            .ok_or_else(|| wrong("it has none of <, <=, >, >=".to_owned()))?;
        let (subject, rest) = text.split_at(at);
        let (comparison, limit) = match rest.as_bytes() {
            [b'<', b'=', ..] => (Comparison::AtMost, &rest[2..]),
            [b'<', ..] => (Comparison::Less, &rest[1..]),
            [b'>', b'=', ..] => (Comparison::AtLeast, &rest[2..]),
            _ => (Comparison::More, &rest[1..]),
        };
        let (operation, measure) = match subject.trim().rsplit_once('.') {
            Some((operation, measure)) => (Some(operation.trim()), measure.trim()),
            None => (None, subject.trim()),
        };
        if let Some(name) = operation
            && !operations.contains(&name)
        {
            let nearest = advice(name, operations.iter().copied());
            return Err(wrong(format!("the scenario calls no operation {name:?}{nearest}")));
        }
        let metric = metric(measure).map_err(wrong)?;
        let limit = limit_of(metric, limit.trim()).map_err(wrong)?;
        Ok(Self {
            text: text.trim().to_owned(),
            objective: Objective::new(operation.map(str::to_owned), metric, comparison, limit),
        })
    }

    /// Reads an objective from a record: it was checked against the workload when the run was made.
    ///
    /// # Errors
    /// The text is no objective.
    pub(crate) fn recorded(text: &str) -> Result<Self, SloError> {
        let operation = text
            .split(['<', '>'])
            .next()
            .and_then(|subject| subject.rsplit_once('.'));
        Self::parse(text, operation.map(|(operation, _)| operation.trim()).as_slice())
    }

    /// What was measured, and whether the objective holds. Where nothing was called, nothing holds.
    pub fn evaluate(&self, totals: &Totals) -> SloRow {
        let metric = self.objective.metric;
        let rows: Vec<OperationRow> = match &self.objective.operation {
            Some(name) => vec![totals.operation(name)],
            None => totals.operations(),
        };
        let measured = value(metric, &rows, totals);
        SloRow {
            slo: self.text.clone(),
            measured: measured.map_or("nothing was called".to_owned(), |value| display(metric, value)),
            held: measured.is_some_and(|value| self.objective.holds(value)),
            objective: Some(self.objective.clone()),
        }
    }
}

impl fmt::Display for Slo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Reads `p99`, `mean`, `errors`.
fn metric(name: &str) -> Result<Metric, String> {
    match name {
        "mean" => return Ok(Metric::Mean),
        "max" => return Ok(Metric::Max),
        "errors" => return Ok(Metric::Errors),
        "rate" => return Ok(Metric::Rate),
        _ => {}
    }
    // p50, p99, p999 and p99.9 are what people write.
    let digits = name
        .strip_prefix('p')
        .filter(|digits| digits.chars().all(|c| c.is_ascii_digit()));
    let quantile = digits.and_then(|digits| format!("0.{digits}").parse::<f64>().ok());
    match quantile {
        Some(quantile) if quantile > 0.0 && digits.is_some_and(|digits| digits.len() >= 2) => {
            Ok(Metric::Quantile { quantile })
        }
        _ => Err(format!(
            "{name:?} is none of p50, p90, p95, p99, p999, mean, max, errors, rate"
        )),
    }
}

/// Reads a limit in the unit of its metric.
fn limit_of(metric: Metric, text: &str) -> Result<f64, String> {
    match metric {
        Metric::Quantile { .. } | Metric::Mean | Metric::Max => span::parse(text)
            .map(|limit| rounded(limit.as_secs_f64() * 1e6))
            .map_err(|error| error.to_string()),
        Metric::Rate => text.parse::<Rate>().map(Rate::get).map_err(|error| error.to_string()),
        Metric::Errors => {
            let (number, unit) = text.strip_suffix('%').map_or((text, 1.0), |number| (number, 100.0));
            let share = number.trim().parse::<f64>().ok().map(|number| number / unit);
            share
                .filter(|share| (0.0..=1.0).contains(share))
                .ok_or_else(|| format!("{text:?} is no share such as 0.1% or 0.001"))
        }
    }
}

/// What was measured, in the unit of its metric; none when nothing was called.
fn value(metric: Metric, rows: &[OperationRow], totals: &Totals) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "2^53 calls are never reached")]
    let count = |count: u64| count as f64;
    let calls: u64 = rows.iter().map(|row| row.ok + row.errors).sum();
    if calls == 0 {
        return None;
    }
    let latencies = || {
        let mut sum = proofload_results::record::latency_histogram();
        for row in rows {
            let _ = sum.add(totals.latencies(&row.name, LatencyKind::Response));
        }
        sum
    };
    Some(match metric {
        Metric::Quantile { quantile } => count(latencies().value_at_quantile(quantile)),
        Metric::Mean => latencies().mean(),
        Metric::Max => count(latencies().max()),
        Metric::Errors => count(rows.iter().map(|row| row.errors).sum()) / count(calls),
        Metric::Rate => count(rows.iter().map(|row| row.ok).sum()) / totals.offered_s.max(1e-9),
    })
}

fn display(metric: Metric, value: f64) -> String {
    match metric {
        Metric::Quantile { .. } | Metric::Mean | Metric::Max => {
            span::display(Duration::from_secs_f64(value.round() / 1e6))
        }
        Metric::Errors => format!("{:.3}%", value * 100.0),
        Metric::Rate => format!("{value:.1}/s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::record::{Counters, Second, latency_histogram};

    fn totals() -> Totals {
        let mut counters = Counters {
            length_s: 10.0,
            ..Counters::default()
        };
        counters
            .statuses
            .insert("publish".into(), [("200".into(), 999), ("500".into(), 1)].into());
        counters.errors.insert("publish".into(), 1);
        let mut histogram = latency_histogram();
        histogram.record_n(10_000, 990).unwrap();
        histogram.record_n(300_000, 10).unwrap();
        let mut second = Second::new(counters);
        second
            .histograms
            .insert("publish.response.ok".parse().unwrap(), histogram);
        let mut totals = Totals::default();
        totals.add(&second);
        totals.offered_s = 10.0;
        totals
    }

    #[test]
    fn objectives_hold_or_not() {
        for (text, held) in [
            ("publish.p50 < 11ms", true),
            ("publish.p99 < 250ms", true),
            ("publish.p999 < 250ms", false),
            ("p95 <= 1s", true),
            ("publish.max > 250ms", true),
            ("publish.mean < 10ms", false),
            ("errors < 0.1%", false),
            ("publish.errors <= 0.1%", true),
            ("errors < 0.01", true),
            ("publish.rate >= 99/s", true),
            ("publish.rate >= 100/s", false),
            ("renewToken.p99 < 1s", false),
        ] {
            let slo = Slo::parse(text, &["publish", "renewToken"]).unwrap();
            assert_eq!(
                slo.evaluate(&totals()).held,
                held,
                "{text}: {}",
                slo.evaluate(&totals()).measured
            );
        }
    }

    #[test]
    fn what_is_no_objective_is_refused() {
        for (text, why) in [
            ("publish.p99", "none of <"),
            ("publish.p99 < 250", "unit"),
            ("publish.p9 < 1s", "none of p50"),
            ("publish.latency < 1s", "none of p50"),
            ("errors < 200%", "no share"),
            ("publsh.p99 < 1s", "did you mean publish"),
            ("publish.rate >= 0/s", "more than 0"),
        ] {
            let error = Slo::parse(text, &["publish"]).expect_err(text).to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
