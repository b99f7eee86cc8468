//! Where the edge lies by what every single call needed of the server.
//!
//! How many calls of a step are late depends much on the order in which slow and quick ones happened to come. What each
//! needed of a worker does not, and every call of every step says as much of that, near the edge or not. So the service times
//! are taken from when calls were sent and answered ([`services`]) and drawn anew, hundreds of thousands of them, for a line at
//! any rate ([`drawn`]): the average over all orders they could have come in. The rate at which the allowed share of these is
//! late is the edge.
//!
//! That holds for a server with one line whose service times depend neither on each other nor on the load. Whether it is one
//! is tested on what was measured ([`orders`]). A server that is slower when it is busy, that shares its time between calls, that
//! pauses, or whose speed changes fails, where that is more than chance could be.

mod drawn;
mod edge;
mod gaps;
mod line;
mod orders;
mod sample;
mod served;
mod services;

pub(super) use edge::Edge;

use super::evidence::{Allowed, StepResult, number};
use drawn::Drawn;
use gaps::Gaps;
use services::{Misfit, Services};

/// Fewer calls say too little...
const FEWEST: usize = 400;
/// ...and with more, what is counted beyond the limit is precise enough: nothing is drawn anew.
const MOST: usize = 120_000;
/// More workers than these take too many calls to tell apart.
const MOST_WORKERS: usize = 64;

/// A server as its calls show it: one line before some workers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Server {
    /// Calls that it serves at once.
    pub workers: usize,
    /// What a call needs of a worker on average, in seconds.
    pub service_s: f64,
    /// What a call takes beside waiting and that, in seconds: the way there and back.
    pub beside_s: f64,
}

/// Calls that can be drawn anew.
#[derive(Debug, Clone)]
pub(super) struct Replay {
    services: Services,
    gaps: Gaps,
}

impl Replay {
    /// The server that some steps show; `None` when it is no such server, or there are too few calls to say so, or too many
    /// to need it.
    pub(super) fn of(steps: &[&StepResult]) -> Option<Self> {
        // The simplest that explains what was seen: nothing beside waiting and work, if possible.
        let gaps = Gaps::of(steps)?;
        let best = servers(steps).into_iter().min_by(|(one, with), (other, and)| {
            let beside = |services: &Services| services.beside_ns > 0;
            beside(with).cmp(&beside(and)).then(one.total_cmp(other))
        });
        best.map(|(_, services)| Self { services, gaps })
    }

    /// The server that they show.
    pub(super) fn server(&self) -> Server {
        Server {
            workers: self.services.workers,
            service_s: self.services.mean_s(),
            beside_s: number(self.services.beside_ns) / 1e9,
        }
    }

    /// Where the allowed share of calls takes longer than the limit; `None` where an objective is no such share, or the
    /// edge is not within reach.
    pub(super) fn edge(&self, allowed: &Allowed) -> Option<Edge> {
        let drawn = Drawn {
            services: &self.services,
            gaps: &self.gaps,
            limit_s: allowed.limit_s?,
            ln_share: allowed.share?.ln(),
        };
        drawn.edge()
    }
}

/// How many times as much the calls of later steps needed as those of earlier ones, where that is clearly more or less whichever
/// server these show.
pub(super) fn changed(early: &[&StepResult], late: &[&StepResult]) -> Option<f64> {
    let changes: Option<Vec<f64>> = servers(early)
        .iter()
        .map(|(_, services)| services.changed_in(late))
        .collect();
    changes?.into_iter().next()
}

/// All servers that explain what was seen, each with how badly: 1 is just about.
fn servers(steps: &[&StepResult]) -> Vec<(f64, Services)> {
    let calls: usize = steps.iter().map(|step| step.calls.len()).sum();
    if !(FEWEST..=MOST).contains(&calls) || steps.iter().any(|step| step.calls.is_empty()) {
        return Vec::new();
    }
    let services = (1..=MOST_WORKERS).map(|workers| Services::of(steps, workers));
    let services = services.take_while(|services| services.as_ref().err() != Some(&Misfit::NobodyWaits));
    let judged = services.flatten().map(|services| {
        let misfit = orders::differ(&services, steps).max(services.depends());
        (misfit, services)
    });
    judged.filter(|(misfit, _)| *misfit <= 1.0).collect()
}

#[cfg(test)]
mod tests;
