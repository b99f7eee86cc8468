//! Objectives as a record states them, read again so that the charts can mark where they were missed.
//!
//! Whether an objective held is decided elsewhere, over the whole run; what cannot be read here is merely not marked.

use hdrhistogram::Histogram;
use std::collections::BTreeMap;

/// Calls of one operation.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Calls {
    /// All of them.
    pub(super) all: u64,
    /// Those that failed.
    pub(super) errors: u64,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Measure {
    /// A quantile of the response time, 0 to 1.
    Quantile(f64),
    /// The mean response time.
    Mean,
    /// The largest response time.
    Max,
    /// The share of calls that failed.
    Errors,
    /// Successes per second.
    Rate,
}

/// An objective.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Objective {
    /// As it was stated.
    pub(super) text: String,
    /// None for all operations together.
    pub(super) operation: Option<String>,
    /// What is measured.
    pub(super) measure: Measure,
    /// Whether the measure must stay below the limit.
    below: bool,
    /// Whether the limit itself is allowed.
    inclusive: bool,
    /// In microseconds, as a share, or per second.
    pub(super) limit: f64,
}

impl Objective {
    /// Reads `publish.p99 < 250ms`, `errors < 0.1%`, `publish.rate >= 200/s`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let at = text.find(['<', '>'])?;
        let (subject, rest) = text.split_at(at);
        let inclusive = rest.as_bytes().get(1) == Some(&b'=');
        let limit = rest[if inclusive { 2 } else { 1 }..].trim();
        let subject = subject.trim();
        let (operation, measure) = match subject.rsplit_once('.') {
            Some((operation, measure)) => (Some(operation.trim().to_owned()), measure.trim()),
            None => (None, subject),
        };
        let measure = match measure {
            "mean" => Measure::Mean,
            "max" => Measure::Max,
            "errors" => Measure::Errors,
            "rate" => Measure::Rate,
            quantile => Measure::Quantile(format!("0.{}", quantile.strip_prefix('p')?).parse().ok()?),
        };
        let limit = match measure {
            Measure::Errors => share(limit)?,
            Measure::Rate => rate(limit)?,
            _ => micros(limit)?,
        };
        Some(Self {
            text: text.trim().to_owned(),
            operation,
            measure,
            below: rest.starts_with('<'),
            inclusive,
            limit,
        })
    }

    /// Whether the limit is a latency, in microseconds.
    pub(super) fn is_latency(&self) -> bool {
        matches!(self.measure, Measure::Quantile(_) | Measure::Mean | Measure::Max)
    }

    /// Whether these calls alone hold it; none when there were none.
    pub(super) fn holds(
        &self,
        by_operation: &BTreeMap<String, Histogram<u64>>,
        all: &Histogram<u64>,
        calls: &BTreeMap<String, Calls>,
        length_s: f64,
    ) -> Option<bool> {
        let of = |name: &String| calls.get(name).copied().unwrap_or_default();
        let sums = match &self.operation {
            Some(name) => of(name),
            None => calls.values().fold(Calls::default(), |sum, calls| Calls {
                all: sum.all + calls.all,
                errors: sum.errors + calls.errors,
            }),
        };
        let latencies = match &self.operation {
            Some(name) => by_operation.get(name),
            None => Some(all),
        };
        let latencies = latencies.filter(|latencies| !latencies.is_empty());
        #[expect(clippy::cast_precision_loss, reason = "2^53 calls or microseconds are never reached")]
        let value = match self.measure {
            Measure::Quantile(quantile) => latencies?.value_at_quantile(quantile) as f64,
            Measure::Mean => latencies?.mean(),
            Measure::Max => latencies?.max() as f64,
            Measure::Errors if sums.all == 0 => return None,
            Measure::Errors => sums.errors as f64 / sums.all as f64,
            Measure::Rate => sums.all.saturating_sub(sums.errors) as f64 / length_s.max(1e-9),
        };
        Some(match (self.below, self.inclusive) {
            (true, false) => value < self.limit,
            (true, true) => value <= self.limit,
            (false, false) => value > self.limit,
            (false, true) => value >= self.limit,
        })
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim()
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite() && *number >= 0.0)
}

fn share(text: &str) -> Option<f64> {
    match text.strip_suffix('%') {
        Some(percent) => number(percent).map(|percent| percent / 100.0),
        None => number(text),
    }
}

fn rate(text: &str) -> Option<f64> {
    let (figure, unit) = text.split_once('/').unwrap_or((text, "s"));
    let divisor = match unit.trim() {
        "s" | "sec" | "second" => 1.0,
        "m" | "min" | "minute" => 60.0,
        "h" | "hour" => 3_600.0,
        _ => return None,
    };
    number(figure).map(|figure| figure / divisor)
}

/// A sum of numbers with units, in microseconds.
fn micros(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    let mut sum = 0.0;
    while !rest.is_empty() {
        let unit_at = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (figure, more) = rest.split_at(unit_at);
        let end = more.find(|c: char| !c.is_alphabetic()).unwrap_or(more.len());
        let (unit, later) = more.split_at(end);
        let factor = match unit {
            "us" | "µs" | "usec" => 1.0,
            "ms" | "msec" => 1e3,
            "s" | "sec" | "secs" | "second" | "seconds" => 1e6,
            "m" | "min" | "mins" | "minute" | "minutes" => 60e6,
            _ => return None,
        };
        sum += number(figure)? * factor;
        rest = later.trim();
    }
    (!text.trim().is_empty()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objectives_are_read_as_they_are_stated() {
        for (text, operation, measure, limit) in [
            ("publish.p99 < 250ms", Some("publish"), Measure::Quantile(0.99), 250e3),
            ("p999 <= 1s 500ms", None, Measure::Quantile(0.999), 1.5e6),
            ("errors < 0.1%", None, Measure::Errors, 0.001),
            ("publish.rate >= 12000/min", Some("publish"), Measure::Rate, 200.0),
            ("listTags.max < 2m", Some("listTags"), Measure::Max, 120e6),
        ] {
            let read = Objective::read(text).expect(text);
            assert_eq!(
                (read.operation.as_deref(), read.measure),
                (operation, measure),
                "{text}"
            );
            assert!((read.limit - limit).abs() < 1e-9, "{text}: {}", read.limit);
        }
    }

    #[test]
    fn what_cannot_be_read_is_no_objective() {
        for text in [
            "",
            "publish.p99",
            "p99 < 250",
            "p99 < fast",
            "rate >= 3/day",
            "quick < 1s",
            "p99 < ",
        ] {
            assert_eq!(Objective::read(text), None, "{text}");
        }
    }
}
