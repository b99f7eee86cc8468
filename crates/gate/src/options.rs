//! How two sides are compared.

use proofload_gate_statistics::{Scope, Settings};
use proofload_results::gate::{self, Metric, Override};
use std::time::Duration;

/// How two sides are compared.
#[derive(Debug, Clone, Default)]
pub struct GateOptions {
    /// What is tolerated, and how sure the answer must be.
    pub settings: Settings,
    /// What is compared; everything when nothing is named.
    pub compare: Vec<Scope>,
    /// How much of the beginning of every run is left out.
    pub warm_up: Duration,
}

impl GateOptions {
    /// Whether a metric of an operation is compared.
    pub(super) fn compares(&self, operation: &str, metric: Metric) -> bool {
        self.compare.is_empty() || self.compare.iter().any(|scope| scope.covers(operation, metric))
    }

    /// What a report says of them.
    pub(super) fn described(&self) -> gate::Settings {
        let settings = &self.settings;
        let overrides = settings.tolerances.iter().map(|(scope, tolerance)| Override {
            what: scope.to_string(),
            tolerance: super::finite(*tolerance),
        });
        gate::Settings {
            tolerance: super::finite(settings.tolerance),
            tolerances: overrides.collect(),
            floor_us: super::finite(settings.floor_us),
            error_floor: super::finite(settings.error_floor),
            confidence: super::finite(settings.confidence),
            resamples: settings.resamples,
            seed: settings.seed,
        }
    }
}
