//! Service level objectives: `publish.p99 < 250ms`, `errors < 0.1%`, `publish.rate >= 200/s`.

mod ceiling;

pub use ceiling::Ceiling;

use super::rate::Rate;
use super::span;
use crate::nearest::advice;
use proofload_reports::load::{OperationRow, SloRow};
use proofload_reports::record::{Kind, Totals};
use std::fmt;
use std::time::Duration;

/// An objective that a run must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Slo {
    text: String,
    /// `None` for all operations together.
    operation: Option<String>,
    measure: Measure,
    comparison: Comparison,
    limit: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Measure {
    /// A quantile of the response time, in microseconds.
    ResponseQuantile(f64),
    /// The mean response time, in microseconds.
    Mean,
    /// The largest response time, in microseconds.
    Max,
    /// Share of calls that failed, 0 to 1.
    Errors,
    /// Successes per second.
    Rate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
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
        let measure = Measure::parse(measure).map_err(wrong)?;
        Ok(Self {
            text: text.trim().to_owned(),
            operation: operation.map(str::to_owned),
            limit: measure.limit(limit.trim()).map_err(wrong)?,
            measure,
            comparison,
        })
    }

    /// Reads an objective from a record: it was checked against the workload when the run was made.
    ///
    /// # Errors
    /// The text is no objective.
    pub(super) fn recorded(text: &str) -> Result<Self, SloError> {
        let operation = text
            .split(['<', '>'])
            .next()
            .and_then(|subject| subject.rsplit_once('.'));
        Self::parse(text, operation.map(|(operation, _)| operation.trim()).as_slice())
    }

    /// What was measured, and whether the objective holds. Where nothing was called, nothing holds.
    pub fn evaluate(&self, totals: &Totals) -> SloRow {
        let rows: Vec<OperationRow> = match &self.operation {
            Some(name) => vec![totals.operation(name)],
            None => totals.operations(),
        };
        let measured = self.measure.value(&rows, totals);
        SloRow {
            slo: self.text.clone(),
            measured: measured.map_or("nothing was called".to_owned(), |value| self.measure.display(value)),
            held: measured.is_some_and(|value| self.comparison.holds(value, self.limit)),
        }
    }
}

impl fmt::Display for Slo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Comparison {
    fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Less => value < limit,
            Self::AtMost => value <= limit,
            Self::More => value > limit,
            Self::AtLeast => value >= limit,
        }
    }
}

impl Measure {
    fn parse(name: &str) -> Result<Self, String> {
        match name {
            "mean" => return Ok(Self::Mean),
            "max" => return Ok(Self::Max),
            "errors" => return Ok(Self::Errors),
            "rate" => return Ok(Self::Rate),
            _ => {}
        }
        // p50, p99, p999 and p99.9 are what people write.
        let digits = name
            .strip_prefix('p')
            .filter(|digits| digits.chars().all(|c| c.is_ascii_digit()));
        let quantile = digits.and_then(|digits| format!("0.{digits}").parse::<f64>().ok());
        match quantile {
            Some(quantile) if quantile > 0.0 && digits.is_some_and(|digits| digits.len() >= 2) => {
                Ok(Self::ResponseQuantile(quantile))
            }
            _ => Err(format!(
                "{name:?} is none of p50, p90, p95, p99, p999, mean, max, errors, rate"
            )),
        }
    }

    fn limit(self, text: &str) -> Result<f64, String> {
        match self {
            Self::ResponseQuantile(_) | Self::Mean | Self::Max => span::parse(text)
                .map(|limit| limit.as_secs_f64() * 1e6)
                .map_err(|error| error.to_string()),
            Self::Rate => text.parse::<Rate>().map(Rate::get).map_err(|error| error.to_string()),
            Self::Errors => {
                let (number, unit) = text.strip_suffix('%').map_or((text, 1.0), |number| (number, 100.0));
                let share = number.trim().parse::<f64>().ok().map(|number| number / unit);
                share
                    .filter(|share| (0.0..=1.0).contains(share))
                    .ok_or_else(|| format!("{text:?} is no share such as 0.1% or 0.001"))
            }
        }
    }

    fn value(self, rows: &[OperationRow], totals: &Totals) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "2^53 calls are never reached")]
        let count = |count: u64| count as f64;
        let calls: u64 = rows.iter().map(|row| row.ok + row.errors).sum();
        if calls == 0 {
            return None;
        }
        let latencies = || {
            let mut sum = proofload_reports::record::latency_histogram();
            for row in rows {
                let _ = sum.add(totals.latencies(&row.name, Kind::Response));
            }
            sum
        };
        Some(match self {
            Self::ResponseQuantile(quantile) => count(latencies().value_at_quantile(quantile)),
            Self::Mean => latencies().mean(),
            Self::Max => count(latencies().max()),
            Self::Errors => count(rows.iter().map(|row| row.errors).sum()) / count(calls),
            Self::Rate => count(rows.iter().map(|row| row.ok).sum()) / totals.offered_s.max(1e-9),
        })
    }

    fn display(self, value: f64) -> String {
        match self {
            Self::ResponseQuantile(_) | Self::Mean | Self::Max => {
                span::display(Duration::from_secs_f64(value.round() / 1e6))
            }
            Self::Errors => format!("{:.3}%", value * 100.0),
            Self::Rate => format!("{value:.1}/s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_reports::record::{Counters, Second, latency_histogram};

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
