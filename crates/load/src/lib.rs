//! Load: workload -> arrivals -> Goose users -> samples -> histograms.
//!
//! Goose runs the virtual users and their journeys; each user goes through one long-lived transaction in which our own
//! code waits for arrivals and makes calls, so that Goose costs nothing per request. Every thread of the
//! generator has its own users, arrivals and histograms (`desk`) and its own timer, finer than tokio's (`fine_timer`);
//! one more writes the record once a second (`recorder`).

mod describe;
mod engine;
mod error;
mod generator;
mod judge;
mod options;
mod pacer;
mod slo;
mod workload;

pub use engine::{LoadOutcome, run, run_with_tokens};
pub use error::LoadError;
pub use generator::call_log::CallTimes;
pub use generator::roster::{USERS_HOLD_S, users_to_hold};
pub use generator::token_pool::TokenPool;
pub use judge::health::complaints;
pub use judge::merged::{judge_merged, merge};
pub use judge::recorded::{report_of, report_on, report_so_far};
pub use options::{Check, DeadTarget, LoadOptions, Start};
pub use pacer::{Arrival, Arrivals, Crowd, Process, Schedule, Stage, Users};
pub use slo::{Ceiling, Slo, SloError};
pub use workload::{
    ArrivalPlan, DataError, GuardRate, GuardRateError, ImageError, ImageSource, Journey, Override, Pictures, SHIPPED,
    Shipped, Step, Workload, WorkloadError,
};
