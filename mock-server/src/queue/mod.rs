//! A server of known capacity: so many requests at once, the others wait in line.
//!
//! The line itself ([`Queue`]) is pure: an arrival instant goes in, a departure instant comes out as soon as it is certain. Departures
//! therefore never inherit the lateness of a timer; the `turnstile` only holds an answer back until its instant.

mod behaviour;
mod bucket;
mod condition;
mod line;
mod rhythm;
mod service;
mod slowdown;
mod turnstile;

pub use behaviour::{Behaviour, BehaviourError};
pub use line::{Begun, Queue};
pub use service::{ServiceTime, ServiceTimeError};
pub(crate) use turnstile::Turnstile;

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
    /// What it does beside.
    pub behaviours: Vec<Behaviour>,
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
            "capacity {:.1}/s: {} at once, {}{slowdown}",
            self.capacity_per_s(),
            self.workers,
            self.service,
        )?;
        for behaviour in &self.behaviours {
            write!(f, ", {behaviour}")?;
        }
        write!(f, ", seed {}", self.seed)
    }
}

impl QueueSettings {
    /// A server of known capacity that does something beside.
    ///
    /// # Errors
    /// One sentence: the behaviours do not go together.
    pub fn new(
        workers: NonZeroU32,
        service: ServiceTime,
        slowdown: f64,
        behaviours: Vec<Behaviour>,
        seed: u64,
    ) -> Result<Self, BehaviourError> {
        Behaviour::check(&behaviours, workers.get())?;
        Ok(Self {
            workers,
            service,
            slowdown,
            behaviours,
            seed,
        })
    }

    /// Requests per second that it can serve while nothing slows it down and it does nothing beside: workers divided by the mean
    /// service time.
    pub fn capacity_per_s(&self) -> f64 {
        f64::from(self.workers.get()) / self.service.mean().as_secs_f64()
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

/// Seconds as nanoseconds; casts saturate.
fn ns_of(seconds: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and casts saturate"
    )]
    let ns = (seconds * 1e9).round() as u64;
    ns
}

fn s_of(ns: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "2^53 ns are a hundred days")]
    let ns = ns as f64;
    ns / 1e9
}
