//! Reads the figures of the machines under test off their exporters, beside a load, and says what was at its limit.
//!
//! | file | what |
//! |---|---|
//! | `text` | the text format of Prometheus and `OpenMetrics` |
//! | `change` | two pages one after the other: counters become rates |
//! | `known/` | which families of well-known exporters are which series |
//! | `expression` | a series of somebody's own |
//! | `scrape` | one look at one endpoint, bounded in time and size |
//! | `watcher` | all endpoints once a second, on a thread of its own |
//! | `sums`, `ran_out` | what was seen, and what was at its limit together with a miss |

mod change;
mod expression;
mod known;
mod ran_out;
mod reading;
mod scrape;
mod sums;
mod text;
mod watcher;

pub use expression::Own;
pub use ran_out::{NO_EXPORTER, ran_out};
pub use scrape::WatchError;
pub use sums::Sums;
pub use watcher::{Tap, Watcher};
