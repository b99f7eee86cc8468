//! One clock for a whole run: nanoseconds since a common origin, and what that is in wall time.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Nanoseconds since a common origin. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    origin: Instant,
    origin_unix_ns: u64,
}

impl Clock {
    /// A clock whose origin is now.
    pub(crate) fn new() -> Self {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            origin: Instant::now(),
            origin_unix_ns: ns(unix),
        }
    }

    /// Now.
    pub(crate) fn now_ns(&self) -> u64 {
        ns(self.origin.elapsed())
    }

    /// The instant of a time on this clock.
    pub(crate) fn instant(&self, at_ns: u64) -> Instant {
        self.origin + Duration::from_nanos(at_ns)
    }

    /// An instant as a time on this clock; 0 for one before its origin.
    pub(crate) fn at_ns(&self, instant: Instant) -> u64 {
        ns(instant.saturating_duration_since(self.origin))
    }

    /// The Unix time, in nanoseconds, of a time on this clock.
    pub(crate) fn unix_ns(&self, at_ns: u64) -> u64 {
        self.origin_unix_ns + at_ns
    }

    /// A time on this clock as the calendar has it, by what it showed at the origin.
    pub(crate) fn calendar(&self, at_ns: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_nanos(self.unix_ns(at_ns))
    }
}

/// A duration in nanoseconds.
pub(crate) fn ns(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
