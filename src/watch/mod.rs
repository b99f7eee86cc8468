//! Watching a load run while it goes on: the line on a terminal, metrics for Prometheus, and Goose's live page.

mod dashboard;
mod line;
mod metrics;
mod replay;

pub use dashboard::Dashboard;
pub use line::line;
pub use metrics::{Metrics, serve};
