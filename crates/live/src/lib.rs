//! What is served to whoever watches a load run go on: metrics for Prometheus, and a page for people.

mod feed;
mod metrics;
mod page;
mod server;

pub use metrics::Metrics;
pub use page::{About, Ended, Judge, LivePage};
