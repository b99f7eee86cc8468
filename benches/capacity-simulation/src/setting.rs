//! What is simulated: a queue, its arrivals, the objective, and what disturbs it.

use crate::{Drift, Stop};
use proofload_mock_server::{Behaviour, Queue, QueueSettings, ServiceTime};
use std::num::NonZeroU32;

/// Calls that take long whatever the load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pauses {
    /// Their share of all calls.
    pub share: f64,
    /// What each takes more, in seconds.
    pub length_s: f64,
}

/// A target and what is asked of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Requests at once.
    pub workers: NonZeroU32,
    /// How long each takes.
    pub service: ServiceTime,
    /// What every call that already waits adds to a service time, as a share of it.
    pub slowdown: f64,
    /// What the server does beside.
    pub behaviours: Vec<Behaviour>,
    /// Whether arrivals are Poisson; evenly spaced otherwise.
    pub poisson: bool,
    /// The share of calls that may take longer than the limit.
    pub allowed: f64,
    /// The share of calls that may fail.
    pub allowed_errors: f64,
    /// The limit, in seconds.
    pub limit_s: f64,
    /// The mean of what the network adds to each call (exponentially distributed), in seconds.
    pub noise_s: f64,
    /// Calls that take long whatever the load.
    pub pauses: Option<Pauses>,
    /// How the server's speed changes.
    pub drift: Option<Drift>,
    /// When it stops for everybody, the earliest first.
    pub stops: Vec<Stop>,
    /// Whether the search is not told of every single call.
    pub calls_unknown: bool,
    /// Whether what is refused gets no answer at all.
    pub refused_are_lost: bool,
    /// The share of calls that fail at once.
    pub failing: f64,
    /// The rate beyond which the generator gives out, per second.
    pub generator_per_s: f64,
    /// When the target dies, in seconds.
    pub dies_s: f64,
    /// How long the answer is held in the end, in seconds.
    pub hold_s: f64,
}

impl Setting {
    /// A queue with the objective p99 < 250 ms and evenly spaced arrivals, undisturbed.
    ///
    /// # Panics
    /// Without workers, or when `service` is no service time.
    pub fn queue(workers: u32, service: &str) -> Self {
        Self {
            workers: NonZeroU32::new(workers).expect("a queue has a worker"),
            service: service.parse().expect("a service time"),
            slowdown: 0.0,
            behaviours: Vec::new(),
            poisson: false,
            allowed: 0.01,
            allowed_errors: 0.001,
            limit_s: 0.25,
            noise_s: 0.0,
            pauses: None,
            drift: None,
            stops: Vec::new(),
            calls_unknown: false,
            refused_are_lost: false,
            failing: 0.0,
            generator_per_s: f64::INFINITY,
            dies_s: f64::INFINITY,
            hold_s: 0.0,
        }
    }

    /// The same with something that the server does beside, as the mock takes it.
    ///
    /// # Panics
    /// When a text is no behaviour.
    #[must_use]
    pub fn with(mut self, behaviours: &[&str]) -> Self {
        let read = behaviours
            .iter()
            .map(|text| text.parse::<Behaviour>().expect("a behaviour"));
        self.behaviours.extend(read);
        self.refused_are_lost = behaviours.iter().any(|text| text.starts_with("connections"));
        self.allowed_errors = 0.01;
        self
    }

    /// Arrivals per second that the queue can serve at all, at its first speed.
    pub fn capacity_per_s(&self) -> f64 {
        f64::from(self.workers.get()) / self.service.mean().as_secs_f64()
    }

    /// Arrivals per second beyond which it breaks for certain, whatever it does beside.
    pub(crate) fn most_per_s(&self) -> f64 {
        let more = self.behaviours.iter().map(|behaviour| match behaviour {
            Behaviour::Batch { size, .. } => f64::from(*size),
            Behaviour::Autoscale { most, .. } => f64::from(*most) / f64::from(self.workers.get()),
            Behaviour::Mix { share, times } => 1.0 / (1.0 - share + share * times),
            _ => 1.0,
        });
        self.capacity_per_s() * more.product::<f64>()
    }

    pub(crate) fn open(&self, seed: u64) -> Queue {
        Queue::new(QueueSettings {
            workers: self.workers,
            service: self.service,
            slowdown: self.slowdown,
            behaviours: self.behaviours.clone(),
            seed,
        })
    }
}
