//! Options that make the mock a server of known capacity.

use proofload_mock_server::{Behaviour, BehaviourError, QueueSettings, ServiceTime};
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
    #[arg(long, value_name = "SHARE", requires = "workers", value_parser = QueueSettings::slowdown_from)]
    slowdown: Option<f64>,
    /// Let the server do this beside, such as batch:size=8,wait=5ms: docs/mock.md lists what there is; can be repeated
    #[arg(long, value_name = "NAME:PARAMETERS", requires = "workers")]
    behaviour: Vec<Behaviour>,
    /// Seed of the service times [default: a random one, printed]
    #[arg(long, value_name = "NUMBER", requires = "workers")]
    service_seed: Option<u64>,
}

impl QueueOptions {
    /// The queue that was asked for; clap sees to it that workers and service time come together.
    pub(super) fn settings(&self) -> Result<Option<QueueSettings>, BehaviourError> {
        let (Some(workers), Some(service)) = (self.workers.and_then(NonZeroU32::new), self.service) else {
            return Ok(None);
        };
        let seed = self.service_seed.unwrap_or_else(|| u64::from(rand::random::<u32>()));
        QueueSettings::new(
            workers,
            service,
            self.slowdown.unwrap_or_default(),
            self.behaviour.clone(),
            seed,
        )
        .map(Some)
    }
}
