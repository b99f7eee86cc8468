//! The clock that sessions go by, so that tests can turn it.

use std::fmt;
use std::time::{Instant, SystemTime};

/// Tells the time.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Now, on a clock that never goes back.
    fn now(&self) -> Instant;
    /// Now, by the calendar.
    fn calendar(&self) -> SystemTime;
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn calendar(&self) -> SystemTime {
        SystemTime::now()
    }
}
