//! A run that ends with so many calls.

use super::model::{ArrivalPlan, Journey, Workload};
use crate::pacer::{Arrivals, Process, Schedule, Stage};
use proofload_deployment::units::{Level, Rate, Shard, span};
use std::time::Duration;

/// The end comes so long after the last call falls due at most, and before the next does.
const AFTER_THE_LAST: Duration = Duration::from_millis(1);

impl Workload {
    /// Ends the run with so many calls. It lasts as long as that takes, unless its duration `stands` or stages say it.
    pub fn set_requests(&mut self, calls: u64, stands: bool) {
        self.requests = Some(calls);
        if !stands && self.arrivals.staged().is_zero() {
            self.duration = span::LONGEST;
        }
    }

    /// When the arrivals of each journey fall due, each a stream of its own; nothing where users set the pace.
    pub(crate) fn streams(&self, seed: u64) -> Option<Vec<(Schedule, Process)>> {
        let schedule = self.schedule()?;
        let random = matches!(self.arrivals, ArrivalPlan::Open { random: true, .. });
        let stream = |(journey, lane): (&Journey, u64)| {
            let process = if random {
                Process::Poisson {
                    seed: seed.wrapping_add(lane),
                }
            } else {
                Process::Constant
            };
            (schedule.scaled(self.share(journey)), process)
        };
        Some(self.journeys.iter().zip(0..).map(stream).collect())
    }

    /// The same workload, which ends when its last call has fallen due: that is known beforehand where calls fall due by
    /// themselves, and the same for all machines.
    pub(crate) fn ended(&self, seed: u64) -> Self {
        let mut ended = self.clone();
        if let (Some(calls), Some(streams)) = (self.requests, self.streams(seed)) {
            let last = self.last_due(calls, streams);
            if let Some(end) = last.filter(|end| *end < self.duration) {
                ended.cut(end);
            }
        }
        ended
    }

    /// When the run ends of which so many calls are made; none where fewer fall due.
    fn last_due(&self, mut calls: u64, streams: Vec<(Schedule, Process)>) -> Option<Duration> {
        let stream = |(schedule, process)| Arrivals::new(schedule, process, Shard::ALL).peekable();
        let mut streams: Vec<_> = streams.into_iter().map(stream).collect();
        loop {
            let heads = streams.iter_mut().enumerate();
            let heads = heads.filter_map(|(lane, stream)| Some((stream.peek()?.due_ns, lane)));
            let (due_ns, lane) = heads.min()?;
            streams[lane].next();
            calls = calls.saturating_sub(self.journeys[lane].calls());
            if calls == 0 {
                let next = streams
                    .iter_mut()
                    .filter_map(|stream| Some(stream.peek()?.due_ns))
                    .min();
                let gap = next.map_or(AFTER_THE_LAST, |next_ns| Duration::from_nanos(next_ns - due_ns) / 2);
                let after = gap.clamp(Duration::from_nanos(1), AFTER_THE_LAST);
                return Some(Duration::from_nanos(due_ns) + after);
            }
        }
    }

    /// Ends the run so long after its start; the stage under way then ends where it has come to.
    fn cut(&mut self, end: Duration) {
        self.duration = end;
        let ArrivalPlan::Open { rate, stages, .. } = &mut self.arrivals else {
            return;
        };
        let (mut left, mut level) = (end, *rate);
        let mut kept = Vec::new();
        for stage in stages.drain(..) {
            let lasts = stage.lasts().min(left);
            let whole = lasts == stage.lasts();
            kept.push(match stage {
                Stage::Ramp { to, .. } if whole => Stage::Ramp { lasts, to },
                Stage::Ramp { lasts: planned, to } => Stage::Ramp {
                    lasts,
                    to: between(level, to, lasts.as_secs_f64() / planned.as_secs_f64()),
                },
                Stage::Hold { .. } => Stage::Hold { lasts },
                Stage::Spike { to, .. } => Stage::Spike { lasts, to },
            });
            if let Stage::Ramp { to, .. } = stage {
                level = to;
            }
            left -= lasts;
            if left.is_zero() && !whole {
                break;
            }
        }
        *stages = kept;
    }
}

impl Journey {
    /// How many calls one round of it makes.
    pub(crate) fn calls(&self) -> u64 {
        if self.mix { 1 } else { self.steps.len() as u64 }
    }
}

/// The rate at a share of the way from one to another.
fn between(from: Level, to: Level, share: f64) -> Level {
    Rate::per_s(from.get() + (to.get() - from.get()) * share).map_or(to, Level::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(workload: &Workload, seed: u64) -> usize {
        let streams = workload.streams(seed).unwrap();
        let due = |(schedule, process)| Arrivals::new(schedule, process, Shard::ALL);
        let within = |arrival: &crate::pacer::Arrival| u128::from(arrival.due_ns) < workload.duration.as_nanos();
        streams
            .into_iter()
            .map(|stream| due(stream).filter(within).count())
            .sum()
    }

    #[test]
    fn exactly_so_many_arrivals_fall_due() {
        for (scenario, calls, seed) in [
            ("camera-feed", 1, 1),
            ("camera-feed", 100_000, 1),
            ("publish-with-response", 777, 5),
            ("shift-change", 60, 2),
        ] {
            let mut workload = Workload::find(scenario).unwrap();
            workload.set_requests(calls, false);
            assert_eq!(due(&workload.ended(seed), seed) as u64, calls, "{scenario}");
        }
    }

    #[test]
    fn a_duration_that_stands_ends_the_run_sooner_and_a_round_is_made_whole() {
        let mut workload = Workload::find("camera-feed").unwrap();
        workload.set_requests(1_000_000, true);
        assert_eq!(workload.ended(1).duration, workload.duration);
        // Two steps of the client count as two: 200 calls of the mix are fewer arrivals.
        let mut mixed = Workload::find("field-mix").unwrap();
        mixed.set_requests(200, false);
        let arrivals = due(&mixed.ended(3), 3);
        assert!((100..200).contains(&arrivals), "{arrivals}");
    }

    #[test]
    fn a_ramp_that_is_cut_ends_where_it_has_come_to() {
        let mut workload = Workload::find("soak").unwrap();
        let ArrivalPlan::Open { stages, .. } = &workload.arrivals else {
            panic!("soak is open")
        };
        let first = stages[0].lasts();
        workload.cut(first / 2);
        let ArrivalPlan::Open { stages, .. } = &workload.arrivals else {
            panic!("soak is open")
        };
        assert_eq!(stages.len(), 1);
        assert!(
            matches!(&stages[0], Stage::Ramp { to, .. } if (to.get() - 30.0).abs() < 1e-9),
            "{stages:?}"
        );
    }
}
