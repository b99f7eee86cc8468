//! Load: workload -> arrivals -> Goose users -> samples -> histograms.
//!
//! Goose runs the virtual users and their journeys; each user goes through one long-lived transaction in which our own
//! code waits for arrivals and makes calls, so that Goose costs nothing per request. Every thread of the
//! generator has its own users, arrivals and histograms (`desk`) and its own timer, finer than tokio's (`fine_timer`);
//! one more writes the record once a second (`recorder`).

mod attack;
mod call_log;
mod clock;
mod desk;
mod detect_time;
mod engine;
mod error;
mod fine_timer;
mod health;
mod images;
mod login_gate;
mod merged;
mod options;
mod pacer;
mod plan;
mod pulse;
mod rate;
mod recorded;
mod recorder;
mod request;
mod roster;
mod script;
mod sessions;
mod shard;
mod share;
mod slo;
pub mod span;
mod start;
mod threads;
mod token;
mod verdict;
mod virtual_user;
mod wire;
mod workload;

pub use call_log::CallTimes;
pub use engine::{Interruption, Outcome, run, run_with_sessions};
pub use error::LoadError;
pub use health::complaints;
pub use images::ImageError;
pub use merged::merge;
pub use options::{DeadTarget, Options};
pub use pacer::{Arrival, Arrivals, Process, Schedule, Stage};
pub use rate::{Rate, RateError};
pub use recorded::{report_of, report_on};
pub use sessions::Sessions;
pub use share::{Share, ShareError};
pub use slo::{Ceiling, Slo, SloError};
pub use workload::{ArrivalPlan, ImageSource, Journey, Override, SHIPPED, Shipped, Step, Workload, WorkloadError};
