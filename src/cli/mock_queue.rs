//! Options that make the mock a server of known capacity.

use proofload_mock_server::{QueueSettings, ServiceTime};
use std::num::NonZeroU32;

/// Options that make the mock a server of known capacity.
#[derive(Debug, clap::Args)]
pub(super) struct QueueOptions {
    /// Serve this many requests at once, the others first come, first served: the capacity is then known
    #[arg(long, value_name = "COUNT", requires = "service", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    workers: Option<u32>,
    /// How long a worker takes for a request: fixed:20ms, exp:20ms (exponential), lognormal:20ms,0.5 (mean, sigma)
    #[arg(long, value_name = "TIME", requires = "workers")]
    service: Option<ServiceTime>,
    /// Take this much longer for a request with every one that waits already, such as 5%: a server that slows down as it fills
    #[arg(long, value_name = "SHARE", requires = "workers", value_parser = slowdown)]
    slowdown: Option<f64>,
    /// Seed of the service times [default: a random one, printed]
    #[arg(long, value_name = "NUMBER", requires = "workers")]
    service_seed: Option<u64>,
}

impl QueueOptions {
    /// The queue that was asked for; clap sees to it that workers and service time come together.
    pub(super) fn settings(&self) -> Option<QueueSettings> {
        let workers = self.workers.and_then(NonZeroU32::new)?;
        Some(QueueSettings {
            workers,
            service: self.service?,
            slowdown: self.slowdown.unwrap_or_default(),
            seed: self.service_seed.unwrap_or_else(|| u64::from(rand::random::<u32>())),
        })
    }
}

/// What a server of known capacity can serve, in one line.
pub(super) fn capacity(queue: &QueueSettings) -> String {
    let slowdown = match queue.slowdown {
        0.0 => String::new(),
        share => format!(", {}% longer for each that waits", share * 100.0),
    };
    format!(
        "capacity {:.1}/s: {} at once, {}{slowdown}, seed {}",
        queue.capacity_per_s(),
        queue.workers,
        queue.service,
        queue.seed
    )
}

fn slowdown(text: &str) -> Result<f64, String> {
    let (number, unit) = text
        .trim()
        .strip_suffix('%')
        .map_or((text, 1.0), |number| (number, 100.0));
    let share = number.trim().parse::<f64>().ok().map(|number| number / unit);
    share
        .filter(|share| (0.0..=10.0).contains(share))
        .ok_or_else(|| format!("'{text}' is not a share such as 5% or 0.05, 10 at most"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slowdown_is_a_share() {
        assert_eq!(slowdown("5%"), Ok(0.05));
        assert_eq!(slowdown("0.5"), Ok(0.5));
        for wrong in ["", "x", "-1%", "NaN", "2000%"] {
            assert!(slowdown(wrong).is_err(), "{wrong:?}");
        }
    }
}
