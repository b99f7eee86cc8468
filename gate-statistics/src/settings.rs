//! What is tolerated, and how sure the answer must be.

use proofload_reports::gate::Metric;

/// What is tolerated, and how sure the answer must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// How much worse is tolerated, as a share of the baseline.
    pub tolerance: f64,
    /// Tolerances of single metrics and operations; the most specific one counts.
    pub tolerances: Vec<(Scope, f64)>,
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
    fn covers(&self, operation: &str, metric: Metric) -> bool {
        self.operation.as_ref().is_none_or(|name| name == operation) && self.metric.is_none_or(|one| one == metric)
    }

    /// `publish.p99` is more specific than `publish`, and that more than `p99`.
    fn rank(&self) -> u8 {
        2 * u8::from(self.operation.is_some()) + u8::from(self.metric.is_some())
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

    /// What each end of an interval leaves out, and the family-wise rate of false regressions.
    pub fn alpha(&self) -> f64 {
        (1.0 - self.confidence) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
