//! A server of known capacity: so many requests at once, the others wait in line.
//!
//! The line itself ([`Queue`]) is pure: an arrival instant goes in, a departure instant comes out. Departures
//! therefore never inherit the lateness of a timer; the `turnstile` only holds an answer back until its instant.

mod service;
mod slowdown;
mod turnstile;

pub use service::{ServiceTime, ServiceTimeError};
pub(crate) use turnstile::Turnstile;

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::num::NonZeroU32;

/// How a mock of known capacity serves.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueSettings {
    /// Requests that are served at once.
    pub workers: NonZeroU32,
    /// How long one takes.
    pub service: ServiceTime,
    /// What every request that already waits adds to a service time, as a share of it: 0 for nothing. Above 0, the
    /// server does less the more it is asked to do.
    pub slowdown: f64,
    /// Seed of the service times.
    pub seed: u64,
}

impl fmt::Display for QueueSettings {
    /// What it can serve, in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slowdown = match self.slowdown {
            0.0 => String::new(),
            share => format!(", {}% longer for each that waits", share * 100.0),
        };
        write!(
            f,
            "capacity {:.1}/s: {} at once, {}{slowdown}, seed {}",
            self.capacity_per_s(),
            self.workers,
            self.service,
            self.seed
        )
    }
}

impl QueueSettings {
    /// Requests per second that it can serve while nothing slows it down: workers divided by the mean service time.
    pub fn capacity_per_s(&self) -> f64 {
        f64::from(self.workers.get()) / self.service.mean().as_secs_f64()
    }
}

/// A first-in, first-out queue before some workers, in virtual time.
#[derive(Debug, Clone)]
pub struct Queue {
    settings: QueueSettings,
    rng: Xoshiro256PlusPlus,
    /// When each worker is free, in nanoseconds, the earliest first.
    free_at_ns: BinaryHeap<Reverse<u64>>,
    /// When those in the system leave it; only kept where the number of them matters.
    leaving_ns: BinaryHeap<Reverse<u64>>,
}

impl Queue {
    /// A queue in which nobody waits.
    pub fn new(settings: QueueSettings) -> Self {
        Self {
            rng: Xoshiro256PlusPlus::seed_from_u64(settings.seed),
            free_at_ns: (0..settings.workers.get()).map(|_| Reverse(0)).collect(),
            leaving_ns: BinaryHeap::new(),
            settings,
        }
    }

    /// Takes an arrival at `now_ns`, no earlier than those before it, and says when its service is done.
    pub fn arrive(&mut self, now_ns: u64) -> u64 {
        let mut takes_ns = self.settings.service.sample_ns(&mut self.rng);
        if self.settings.slowdown > 0.0 {
            takes_ns = scaled(takes_ns, 1.0 + self.settings.slowdown * self.waiting(now_ns));
        }
        let Some(mut earliest) = self.free_at_ns.peek_mut() else {
            return now_ns; // there is one worker at least
        };
        let done_ns = earliest.0.max(now_ns).saturating_add(takes_ns);
        earliest.0 = done_ns;
        drop(earliest);
        if self.settings.slowdown > 0.0 {
            self.leaving_ns.push(Reverse(done_ns));
        }
        done_ns
    }

    /// How many wait for a worker.
    fn waiting(&mut self, now_ns: u64) -> f64 {
        while self.leaving_ns.peek().is_some_and(|first| first.0 <= now_ns) {
            self.leaving_ns.pop();
        }
        let inside = u32::try_from(self.leaving_ns.len()).unwrap_or(u32::MAX);
        f64::from(inside.saturating_sub(self.settings.workers.get()))
    }
}

fn scaled(ns: u64, factor: f64) -> u64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and casts saturate"
    )]
    let scaled = (ns as f64 * factor) as u64;
    scaled
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn queue(workers: u32, service: &str, slowdown: f64) -> Queue {
        Queue::new(QueueSettings {
            workers: NonZeroU32::new(workers).unwrap(),
            service: service.parse().unwrap(),
            slowdown,
            seed: 7,
        })
    }

    #[test]
    fn so_many_at_once_and_the_others_in_line() {
        let mut queue = queue(2, "fixed:20ms", 0.0);
        let done: Vec<u64> = [0, 1, 2, 3, 50].iter().map(|at| queue.arrive(at * MS) / MS).collect();
        assert_eq!(done, [20, 21, 40, 41, 70]);
    }

    #[test]
    fn departures_keep_no_lateness() {
        // Always somebody waiting: the thousandth is done after exactly a thousand services.
        let mut queue = queue(1, "fixed:20ms", 0.0);
        let last = (0..1000).map(|n| queue.arrive(n * MS)).max();
        assert_eq!(last, Some(20_000 * MS));
    }

    #[test]
    fn its_capacity_is_workers_by_mean_service_time() {
        for service in ["fixed:20ms", "exp:20ms", "lognormal:20ms,1"] {
            let mut queue = queue(4, service, 0.0);
            assert!((queue.settings.capacity_per_s() - 200.0).abs() < 1e-9);
            let count = 100_000;
            let last = (0..count).map(|_| queue.arrive(0)).max().unwrap();
            #[expect(clippy::cast_precision_loss, reason = "a small number")]
            let per_s = f64::from(count) / (last as f64 / 1e9);
            assert!((per_s / 200.0 - 1.0).abs() < 0.02, "{service}: {per_s}");
        }
    }

    #[test]
    fn a_server_that_slows_down_does_less_the_more_wait() {
        let mut queue = queue(1, "fixed:10ms", 0.1);
        let done: Vec<u64> = (0..4).map(|_| queue.arrive(0) / MS).collect();
        // Alone in the system twice (the second finds nobody waiting), then 1 and 2 others wait: 10, 10, 11, 12 ms.
        assert_eq!(done, [10, 20, 31, 43]);
        assert_eq!(
            queue.arrive(100 * MS) / MS,
            110,
            "once it is empty it is as fast as before"
        );
    }

    #[test]
    fn the_same_seed_serves_the_same() {
        let times = || {
            let mut queue = queue(3, "exp:5ms", 0.0);
            (0..100).map(|n| queue.arrive(n * MS)).collect::<Vec<_>>()
        };
        assert_eq!(times(), times());
    }
}
