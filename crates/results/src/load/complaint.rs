//! What was wrong with the generator of a run.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// A limit that the generator of a run did not keep, with what was measured. Its sentence says what is the matter; what to
/// do about it depends on who asks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Complaint {
    /// Arrivals were sent late though users were free.
    LateThoughUsersWereFree {
        /// Half of them by more than this, in microseconds.
        p50_us: u64,
        /// 1% of them by more than this, in microseconds.
        p99_us: u64,
    },
    /// A thread of the generator was at work without rest.
    ThreadSaturated {
        /// For this share of the run, 0 to 1.
        share: f64,
    },
    /// Arrivals waited for a free virtual user.
    TooFewUsers {
        /// This share of them, 0 to 1.
        waited_share: f64,
        /// How many users there were.
        users: u64,
    },
}

impl Complaint {
    /// Half of the arrivals may be sent later than due by this, in microseconds...
    pub const LAG_P50_US: u64 = 1_000;
    /// ...and 1% by this.
    pub const LAG_P99_US: u64 = 10_000;
    /// A thread of the generator may be saturated for this share of the run.
    pub const SATURATED_SHARE: f64 = 0.1;
    /// This share of the arrivals may wait for a free user.
    pub const WAITED_SHARE: f64 = 0.01;

    /// Whether it is the generator's own fault whatever the target did: users that were too few may also have waited for
    /// the target.
    pub fn is_own_fault(&self) -> bool {
        !matches!(self, Self::TooFewUsers { .. })
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |us: u64| Duration::from_micros(us).as_secs_f64() * 1e3;
        match self {
            Self::LateThoughUsersWereFree { p50_us, p99_us } => write!(
                f,
                "arrivals were sent late though users were free: half of them by {:.2} ms, 1% by {:.2} ms (limits {} and {} ms)",
                millis(*p50_us),
                millis(*p99_us),
                millis(Self::LAG_P50_US),
                millis(Self::LAG_P99_US),
            ),
            Self::ThreadSaturated { share } => write!(
                f,
                "a thread of the generator was at work without rest for {:.0}% of the run (limit {:.0}%)",
                share * 100.0,
                Self::SATURATED_SHARE * 100.0
            ),
            Self::TooFewUsers { waited_share, users } => write!(
                f,
                "{:.1}% of the arrivals waited for a free virtual user (limit {:.0}%): {users} were too few",
                waited_share * 100.0,
                Self::WAITED_SHARE * 100.0
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_says_what_is_the_matter_with_its_figures_and_reads_back() {
        for (complaint, sentence) in [
            (
                Complaint::LateThoughUsersWereFree {
                    p50_us: 90,
                    p99_us: 100_480,
                },
                "arrivals were sent late though users were free: half of them by 0.09 ms, 1% by 100.48 ms (limits 1 and 10 ms)",
            ),
            (
                Complaint::ThreadSaturated { share: 0.42 },
                "a thread of the generator was at work without rest for 42% of the run (limit 10%)",
            ),
            (
                Complaint::TooFewUsers {
                    waited_share: 0.125,
                    users: 4,
                },
                "12.5% of the arrivals waited for a free virtual user (limit 1%): 4 were too few",
            ),
        ] {
            assert_eq!(complaint.to_string(), sentence);
            let json = serde_json::to_string(&complaint).unwrap();
            assert_eq!(serde_json::from_str::<Complaint>(&json).unwrap(), complaint, "{json}");
        }
    }
}
