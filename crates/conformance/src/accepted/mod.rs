//! Accepted deviations: what somebody answers for, until a date.
//!
//! ```toml
//! [[accepted]]
//! case = "publish/expired"                  # a case id, or a pattern on case ids
//! reason = "five minutes of clock skew"
//! owner = "ops@lab.example"
//! expires = 2027-01-31                      # the last day, UTC
//! ```
//!
//! A matching case that failed or warned ends as `skip`, with what it would have been in `accepted`. The list cannot
//! rot: from the day after `expires` the deviation counts again, and an entry that is expired, no longer needed or
//! matches no case is a failing case of its own, `accepted/<pattern>`.

mod apply;
mod file;

pub use apply::{Run, apply};
pub use file::Accepted;
