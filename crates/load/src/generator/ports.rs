//! Whether there are local ports enough for a connection for each call, counted before the run.

use crate::error::LoadError;
use crate::options::LoadOptions;
use crate::workload::Workload;
use std::net::SocketAddr;
use std::time::Duration;

/// Linux keeps the port of a connection that it closed first for so long.
const TIME_WAIT: Duration = Duration::from_secs(60);
/// It gives one back after so long where it was told to (`net.ipv4.tcp_tw_reuse`).
const REUSED_AFTER: Duration = Duration::from_secs(1);

/// What this machine has of local ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ports {
    /// Those that are given out for one address of a target.
    free: u64,
    /// How long one is not given out again.
    kept: Duration,
}

/// Refuses a run that makes a connection for each call and is certain to use up the local ports of this machine, or of the `own`
/// addresses of it that connections are made from.
///
/// # Errors
/// It is.
pub(crate) fn check(
    workload: &Workload,
    options: &LoadOptions,
    addresses: &[SocketAddr],
    own: usize,
) -> Result<(), LoadError> {
    let Some(schedule) = workload
        .schedule()
        .filter(|_| options.count_ports && !options.keep_alive)
    else {
        return Ok(());
    };
    #[expect(clippy::cast_precision_loss, reason = "machines are few")]
    let machines = options.shard.of.max(1) as f64;
    let share = schedule.expected() / workload.duration.as_secs_f64().max(1e-9) / machines;
    let calls = most_steps(workload);
    let is_loopback = addresses.iter().all(|address| address.ip().is_loopback());
    match ports(is_loopback) {
        // A port is chosen before it is known where to, and is not given out again before its time.
        Some(Ports { free, .. }) if own > 0 => {
            let kept = TIME_WAIT;
            Ports { free, kept }.suffice(share * calls, workload.duration, own)
        }
        Some(ports) => ports.suffice(share * calls, workload.duration, addresses.len()),
        None => Ok(()),
    }
}

/// The calls of an arrival, on average over the journeys.
fn most_steps(workload: &Workload) -> f64 {
    let of = |journey: &crate::workload::Journey| {
        let steps = if journey.mix { 1 } else { journey.steps.len() };
        f64::from(u32::try_from(steps).unwrap_or(u32::MAX)) * workload.share(journey)
    };
    workload.journeys.iter().map(of).sum()
}

impl Ports {
    fn suffice(self, calls_per_s: f64, duration: Duration, addresses: usize) -> Result<(), LoadError> {
        let held_s = duration.min(self.kept).as_secs_f64();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is positive; casts saturate"
        )]
        let needed = (calls_per_s * held_s).ceil() as u64;
        // The same port serves a connection to each address of the target, and each address of this machine has its own.
        let available = self.free.saturating_mul(addresses.max(1) as u64);
        if needed <= available {
            return Ok(());
        }
        Err(LoadError::TooFewPorts {
            per_s: calls_per_s.ceil(),
            needed,
            available,
            kept: self.kept,
        })
    }
}

/// What Linux says of its local ports; none elsewhere.
#[cfg(target_os = "linux")]
fn ports(is_loopback: bool) -> Option<Ports> {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/sys/net/ipv4/{name}")).ok();
    let range = read("ip_local_port_range")?;
    let mut bounds = range.split_whitespace().map(str::parse::<u64>);
    let (first, last) = (bounds.next()?.ok()?, bounds.next()?.ok()?);
    let reuse: u64 = read("tcp_tw_reuse")
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or_default();
    Some(Ports {
        free: (last + 1).saturating_sub(first),
        kept: match reuse {
            1 => REUSED_AFTER,
            2 if is_loopback => REUSED_AFTER,
            _ => TIME_WAIT,
        },
    })
}

#[cfg(not(target_os = "linux"))]
fn ports(_: bool) -> Option<Ports> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_counted_while_closed_connections_keep_them() {
        let ports = Ports {
            free: 28_232,
            kept: TIME_WAIT,
        };
        let long = Duration::from_secs(300);
        assert!(ports.suffice(470.0, long, 1).is_ok());
        let error = ports.suffice(2000.0, long, 1).unwrap_err().to_string();
        assert!(error.contains("120000") && error.contains("28232"), "{error}");
        assert!(
            ports.suffice(2000.0, Duration::from_secs(10), 1).is_ok(),
            "it is over before"
        );
        assert!(
            ports.suffice(900.0, long, 2).is_ok(),
            "each address has ports of its own"
        );
        let reused = Ports {
            kept: REUSED_AFTER,
            ..ports
        };
        assert!(reused.suffice(20_000.0, long, 1).is_ok());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_system_says_how_many_there_are() {
        let ports = ports(true).unwrap();
        assert!(ports.free > 1000, "{ports:?}");
    }
}
