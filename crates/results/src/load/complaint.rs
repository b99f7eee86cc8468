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
    /// The generator stood still, which can have decided what is doubtful: its process was stopped, or its machine slept.
    StoodStill {
        /// How long the longest time was, in seconds.
        longest_s: f64,
        /// When that began, in seconds since the start of the run.
        at_s: f64,
        /// How long all of them were together, in seconds.
        total_s: f64,
    },
    /// Arrivals were sent late by less than the limits allow, and objectives were missed by less than that can have caused.
    LateByAsMuch {
        /// The latest of them, in microseconds.
        max_us: u64,
    },
    /// Others kept the machine of the generator while it was late. Shares of all processors, 0 to 1.
    MachineBusy {
        /// They worked for the generator.
        own: f64,
        /// They worked for other processes.
        others: f64,
        /// The host of a virtual machine gave them to another.
        stolen: f64,
        /// Share of the time in which the container had used up what it may use.
        throttled: f64,
    },
    /// This machine had no local port left for a new connection.
    OutOfPorts {
        /// For so many calls.
        calls: u64,
    },
    /// This machine, or the process, had no file descriptor left for a new connection.
    OutOfDescriptors {
        /// For so many calls.
        calls: u64,
    },
    /// The proxy gave no connection.
    ProxyGaveOut {
        /// For so many calls.
        calls: u64,
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
    /// This share of the arrivals may find no port or descriptor to connect with.
    pub const UNCONNECTED_SHARE: f64 = 0.01;
    /// How [`Self::MachineBusy`] begins.
    pub const MACHINE_BUSY: &str = "this machine was too busy to measure";
    /// How [`Self::StoodStill`] begins.
    pub const STOOD_STILL: &str = "the generator stood still";
    /// How [`Self::ProxyGaveOut`] begins.
    pub const PROXY_GAVE_NONE: &str = "the proxy gave no connection";
    /// What stands still for less than this, in seconds, is only worth a word where it decides something.
    const SLIGHT_S: f64 = 0.1;
    /// How a call is counted for which no local port was left.
    pub const OUT_OF_PORTS: &str = "no-local-port";
    /// How a call is counted for which no file descriptor was left.
    pub const OUT_OF_DESCRIPTORS: &str = "no-descriptor";
    /// How a call is counted that the proxy gave no connection for.
    pub const PROXY: &str = "proxy";

    /// Whether a call that is counted so never reached the target, for want of what lies on this side of it.
    pub fn is_of_our_side(name: &str) -> bool {
        matches!(name, Self::OUT_OF_PORTS | Self::OUT_OF_DESCRIPTORS | Self::PROXY)
    }

    /// Whether it is the generator's own fault whatever the target did: users that were too few may also have waited for
    /// the target.
    pub fn is_own_fault(&self) -> bool {
        !matches!(self, Self::TooFewUsers { .. })
    }

    /// Whether it is what any busy machine shows now and then, within the limits of a healthy generator.
    pub fn is_slight(&self) -> bool {
        match self {
            Self::LateByAsMuch { .. } => true,
            Self::StoodStill { longest_s, .. } => *longest_s < Self::SLIGHT_S,
            _ => false,
        }
    }

    /// Whether it is counted call by call: an objective that is missed all the same, with every such call at its best, is
    /// missed by the target.
    pub fn is_counted(&self) -> bool {
        !matches!(self, Self::TooFewUsers { .. } | Self::ThreadSaturated { .. })
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
            Self::StoodStill {
                longest_s,
                at_s,
                total_s,
            } => stood_still(f, *longest_s, *at_s, *total_s),
            Self::LateByAsMuch { max_us } => write!(
                f,
                "the generator sent arrivals up to {:.2} ms late, which can have caused as much as was missed",
                millis(*max_us)
            ),
            Self::MachineBusy {
                own,
                others,
                stolen,
                throttled,
            } => machine_busy(f, [*own, *others, *stolen, *throttled]),
            Self::OutOfPorts { calls } => write!(
                f,
                "this machine had no local port left to connect from, for {calls} calls: they say nothing of the target"
            ),
            Self::OutOfDescriptors { calls } => write!(
                f,
                "this machine had no file descriptor left to connect with, for {calls} calls: they say nothing of the target"
            ),
            Self::ProxyGaveOut { calls } => write!(
                f,
                "{}, for {calls} calls: they say nothing of the target",
                Self::PROXY_GAVE_NONE
            ),
        }
    }
}

fn stood_still(f: &mut fmt::Formatter<'_>, longest_s: f64, at_s: f64, total_s: f64) -> fmt::Result {
    write!(
        f,
        "{} for {longest_s:.2} s, {at_s:.1} s after the start: its process was stopped, or its machine slept or was busy",
        Complaint::STOOD_STILL
    )?;
    if total_s > longest_s * 1.1 {
        write!(f, " ({total_s:.2} s in all)")?;
    }
    Ok(())
}

fn machine_busy(f: &mut fmt::Formatter<'_>, [own, others, stolen, throttled]: [f64; 4]) -> fmt::Result {
    write!(
        f,
        "{}: while the generator was late, other processes had {:.0}% of its processors and proofload {:.0}%",
        Complaint::MACHINE_BUSY,
        others * 100.0,
        own * 100.0
    )?;
    if stolen >= 0.005 {
        write!(f, "; the host of this virtual machine took {:.0}%", stolen * 100.0)?;
    }
    if throttled >= 0.005 {
        write!(
            f,
            "; its container was held back for {:.0}% of the time",
            throttled * 100.0
        )?;
    }
    Ok(())
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
            (
                Complaint::StoodStill {
                    longest_s: 0.405,
                    at_s: 12.34,
                    total_s: 0.405,
                },
                "the generator stood still for 0.41 s, 12.3 s after the start: its process was stopped, or its machine slept or was busy",
            ),
            (
                Complaint::LateByAsMuch { max_us: 9_200 },
                "the generator sent arrivals up to 9.20 ms late, which can have caused as much as was missed",
            ),
            (
                Complaint::MachineBusy {
                    own: 0.03,
                    others: 0.91,
                    stolen: 0.04,
                    throttled: 0.0,
                },
                "this machine was too busy to measure: while the generator was late, other processes had 91% of its processors and proofload 3%; the host of this virtual machine took 4%",
            ),
            (
                Complaint::OutOfPorts { calls: 7 },
                "this machine had no local port left to connect from, for 7 calls: they say nothing of the target",
            ),
            (
                Complaint::OutOfDescriptors { calls: 7 },
                "this machine had no file descriptor left to connect with, for 7 calls: they say nothing of the target",
            ),
        ] {
            assert_eq!(complaint.to_string(), sentence);
            let json = serde_json::to_string(&complaint).unwrap();
            assert_eq!(serde_json::from_str::<Complaint>(&json).unwrap(), complaint, "{json}");
        }
    }
}
