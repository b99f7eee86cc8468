//! Watching a load run while it goes on: the line on a terminal, and metrics for Prometheus.

mod line;
mod metrics;

pub use line::line;
pub use metrics::{Metrics, serve};
