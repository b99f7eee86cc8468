//! An edge, and what drawing it begins with.

/// Every drawing begins with the same seed: the same calls always have the same edge.
pub(super) const SEED: u64 = 20_261_122;

/// Where the edge lies by one objective.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Edge {
    /// The logarithm of the rate, per second.
    pub(crate) ln_rate: f64,
    /// Its standard error.
    pub(crate) error: f64,
}

impl Edge {
    /// How likely it is that the edge lies at a rate, compared with the likeliest.
    pub(crate) fn likelihood(self, ln_rate: f64) -> f64 {
        (-((ln_rate - self.ln_rate) / self.error).powi(2) / 2.0).exp()
    }
}
