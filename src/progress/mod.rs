//! Watching a load run while it goes on: the line on a terminal, metrics for Prometheus, and Goose's live page.

mod line;
mod metrics;

pub use line::line;
pub use metrics::{Metrics, serve};
