//! What is served to whoever watches a run go on: metrics for Prometheus.

mod metrics;

pub use metrics::{Text, serve};
