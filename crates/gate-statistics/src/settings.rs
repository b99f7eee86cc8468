//! What is tolerated, and how sure the answer must be.

use proofload_results::gate::Metric;
use std::fmt;
use std::str::FromStr;

/// What is tolerated, and how sure the answer must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// How much worse is tolerated, as a share of the baseline.
    pub tolerance: f64,
    /// Tolerances of single metrics and operations; the most specific one counts.
    pub tolerances: Vec<(Scope, f64)>,
    /// What somebody asked for by name; see [`Self::demands`].
    pub named: Vec<Scope>,
    /// Differences of response times below this matter to nobody, in microseconds.
    pub floor_us: f64,
    /// Differences of error rates below this matter to nobody, as a share of the calls.
    pub error_floor: f64,
    /// The confidence of the intervals, 0.5 to below 1.
    pub confidence: f64,
    /// Resamples of the bootstrap.
    pub resamples: u64,
    /// The seed of everything random.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tolerance: 0.05,
            tolerances: Vec::new(),
            named: Vec::new(),
            floor_us: 2_000.0,
            error_floor: 0.005,
            confidence: 0.95,
            resamples: 1_000,
            seed: 1,
        }
    }
}

/// What a tolerance is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// One operation; all when none is named.
    pub operation: Option<String>,
    /// One metric; all when none is named.
    pub metric: Option<Metric>,
}

impl Scope {
    /// Whether a metric of an operation is meant.
    pub fn covers(&self, operation: &str, metric: Metric) -> bool {
        self.operation.as_ref().is_none_or(|name| name == operation) && self.metric.is_none_or(|one| one == metric)
    }

    /// `publish.p99` is more specific than `publish`, and that more than `p99`.
    fn rank(&self) -> u8 {
        2 * u8::from(self.operation.is_some()) + u8::from(self.metric.is_some())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.operation, self.metric) {
            (Some(operation), Some(metric)) => write!(f, "{operation}.{metric}"),
            (Some(operation), None) => f.write_str(operation),
            (None, Some(metric)) => metric.fmt(f),
            (None, None) => f.write_str("everything"),
        }
    }
}

impl FromStr for Scope {
    type Err = String;

    /// `p99`, `publish`, `publish.p99`.
    fn from_str(text: &str) -> Result<Self, String> {
        let metric_of = |name: &str| Metric::ALL.into_iter().find(|metric| metric.name() == name);
        if let Some(metric) = metric_of(text) {
            return Ok(Self {
                operation: None,
                metric: Some(metric),
            });
        }
        let (operation, metric) = match text.split_once('.') {
            None => (text, None),
            Some((operation, name)) => {
                let metric = metric_of(name).ok_or_else(|| {
                    let known = Metric::ALL.map(Metric::name).join(", ");
                    format!("there is no metric {name:?}; there are {known}")
                })?;
                (operation, Some(metric))
            }
        };
        if operation.is_empty() {
            return Err("write an operation, a metric, or both as in publish.p99".to_owned());
        }
        Ok(Self {
            operation: Some(operation.to_owned()),
            metric,
        })
    }
}

impl Settings {
    /// How much worse a metric of an operation may be, as a share of the baseline.
    pub fn tolerance_of(&self, operation: &str, metric: Metric) -> f64 {
        let covering = self
            .tolerances
            .iter()
            .filter(|(scope, _)| scope.covers(operation, metric));
        // Of equals the last one: it was said last.
        let most_specific = covering.max_by_key(|(scope, _)| scope.rank());
        most_specific.map_or(self.tolerance, |(_, tolerance)| *tolerance)
    }

    /// Whether a gate passes only when this is decided: everything but a p99 that nobody named, be it with a tolerance
    /// of its own.
    pub fn demands(&self, operation: &str, metric: Metric) -> bool {
        let mut named = self.tolerances.iter().map(|(scope, _)| scope).chain(&self.named);
        metric != Metric::P99 || named.any(|scope| scope.metric == Some(metric) && scope.covers(operation, metric))
    }

    /// What each end of an interval leaves out, and the family-wise rate of false regressions.
    pub fn alpha(&self) -> f64 {
        (1.0 - self.confidence) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_read_as_they_are_written() {
        for text in ["p50", "error-rate", "publish", "publish.p99", "getTag.throughput"] {
            assert_eq!(text.parse::<Scope>().unwrap().to_string(), text);
        }
        for text in ["", ".p99", "publish.p42", "publish."] {
            assert!(text.parse::<Scope>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_most_specific_tolerance_counts() {
        let scope = |operation: Option<&str>, metric| Scope {
            operation: operation.map(ToOwned::to_owned),
            metric,
        };
        let settings = Settings {
            tolerances: vec![
                (scope(Some("publish"), Some(Metric::P99)), 0.5),
                (scope(None, Some(Metric::P99)), 0.2),
                (scope(Some("publish"), None), 0.1),
            ],
            ..Settings::default()
        };
        for (operation, metric, tolerance) in [
            ("publish", Metric::P99, 0.5),
            ("publish", Metric::P50, 0.1),
            ("getTag", Metric::P99, 0.2),
            ("getTag", Metric::P50, 0.05),
        ] {
            let found = settings.tolerance_of(operation, metric);
            assert!((found - tolerance).abs() < 1e-12, "{operation}.{metric}: {found}");
        }
    }
}
