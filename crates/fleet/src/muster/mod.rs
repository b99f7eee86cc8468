//! Where a fleet stands, and what is to be done next: a state machine over what is seen of its pods and heard from its shards. No
//! clock, no network: whoever drives it says what time it is.
//!
//! ```text
//! gathering ──all ready──> running ──all ended──> over
//!     │                       │  ╲
//!     │ not in time           │   ╲ a shard lost, or somebody asks
//!     v                       v    v
//!  given up                 over <─ stopping
//! ```

mod clocks;
mod shard;

pub(crate) use clocks::Clocks;
pub(crate) use shard::Heard;

use crate::plan::OnLost;
use crate::seen::{JobSeen, PodSeen, PodState};
use shard::{Place, Shard};
use std::time::{Duration, Instant};

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Until all shards are ready.
    pub(crate) ready_within: Duration,
    /// An image that is not pulled, a volume that is not mounted, before it is given up.
    pub(crate) trouble: Duration,
    /// A shard's first word after the instant at which all begin.
    pub(crate) beginning: Duration,
    /// Between two words of a shard.
    pub(crate) silence: Duration,
    /// The rest of a log whose pod is gone.
    pub(crate) tail: Duration,
    /// The end of every record once all were asked to end.
    pub(crate) ending: Duration,
    /// A shard of which there is no pod.
    pub(crate) absent: Duration,
    /// Clocks that differ more than this are off.
    pub(crate) clocks: Duration,
}

impl Patience {
    /// What usually is enough.
    pub(crate) fn usual(ready_within: Duration, timeout: Duration) -> Self {
        let s = Duration::from_secs;
        Self {
            ready_within,
            trouble: s(30),
            beginning: s(10),
            silence: s(15),
            tail: s(10),
            ending: timeout + s(45),
            absent: s(60),
            clocks: s(1),
        }
    }
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing yet.
    Wait,
    /// All are ready: they are to be told when to begin.
    Begin,
    /// They are to be told to end.
    Stop,
    /// It never began: why, in words.
    GiveUp(String),
    /// Nothing more will come.
    Over,
}

/// A shard that was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lost {
    /// From 0.
    pub(crate) shard: u32,
    /// How, in words.
    pub(crate) how: String,
    /// After how long a part of the load; none when it did not begin.
    pub(crate) after: Option<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Gathering,
    /// From this instant on they should run.
    Running(Instant),
    Stopping {
        since: Instant,
        begun: Instant,
    },
}

/// Where a fleet stands.
#[derive(Debug)]
pub(crate) struct Muster {
    shards: Vec<Shard>,
    stage: Stage,
    since: Instant,
    /// When the cluster last answered: while it does not, nobody else is called silent.
    answered: Instant,
    patience: Patience,
    on_lost: OnLost,
    gave_up: Option<String>,
    clocks: Clocks,
    /// What the cluster says of why there are no pods.
    words: Option<String>,
}

impl Muster {
    pub(crate) fn new(shards: u32, patience: Patience, on_lost: OnLost, now: Instant) -> Self {
        Self {
            shards: (0..shards).map(|_| Shard::default()).collect(),
            stage: Stage::Gathering,
            since: now,
            answered: now,
            patience,
            on_lost,
            gave_up: None,
            clocks: Clocks::new(shards as usize),
            words: None,
        }
    }

    /// Takes note of what the cluster says.
    pub(crate) fn see(&mut self, pods: &[PodSeen], job: &JobSeen, now: Instant) {
        if now.duration_since(self.answered) > self.patience.silence / 5 {
            // The silence was ours: every shard has its time again.
            self.shards.iter_mut().for_each(|shard| shard.hears_again(now));
        }
        self.answered = now;
        if self.gave_up.is_none() {
            self.gave_up.clone_from(&job.gave_up);
        }
        for (index, shard) in (0..).zip(&mut self.shards) {
            // Of several, the one that is left: a pod that is gone is listed for a while.
            let own = pods.iter().filter(|pod| pod.index == index);
            let own = own.min_by_key(|pod| matches!(pod.state, PodState::Lost(_)));
            shard.see(own, job.failed.contains(&index), now);
            // Once the Job has given up it ends all the others itself.
            if self.gave_up.is_none() && matches!(self.stage, Stage::Running(_)) {
                shard.note_end_from_outside(now);
            }
        }
    }

    /// Takes note of why no pods come up, as the cluster's events say.
    pub(crate) fn told(&mut self, words: Option<String>) {
        self.words = words.or(self.words.take());
    }

    /// Takes note of what a shard says.
    pub(crate) fn hear(&mut self, shard: u32, heard: Heard, now: Instant) {
        if let Heard::Waits { clock_ahead_ns } = heard {
            self.clocks.add(shard as usize, clock_ahead_ns);
        }
        if let Some(shard) = self.shards.get_mut(shard as usize) {
            shard.hear(heard, now);
        }
    }

    /// Takes note that the shards were told to begin at an instant.
    pub(crate) fn begins(&mut self, at: Instant) {
        self.stage = Stage::Running(at);
        self.shards.iter_mut().for_each(|shard| shard.hears_again(at));
    }

    /// Takes note that the shards were told to end.
    pub(crate) fn stops(&mut self, now: Instant) {
        if let Stage::Running(begun) = self.stage {
            self.stage = Stage::Stopping { since: now, begun };
        }
    }

    /// What is to be done next.
    pub(crate) fn step(&mut self, now: Instant) -> Step {
        match self.stage {
            Stage::Gathering => self.gather(now),
            Stage::Running(at) => {
                self.lose(at, now);
                if self.is_over() {
                    Step::Over
                } else if self.on_lost == OnLost::Stop && self.lost().next().is_some() {
                    Step::Stop
                } else {
                    Step::Wait
                }
            }
            Stage::Stopping { since, begun } => {
                self.lose(begun, now);
                if now.duration_since(since) > self.patience.ending {
                    let late = self.shards.iter_mut().filter(|shard| !shard.is_over());
                    late.for_each(|shard| shard.lose("it did not end its record when it was asked to", now));
                }
                if self.is_over() { Step::Over } else { Step::Wait }
            }
        }
    }

    /// How many shards are ready.
    pub(crate) fn ready(&self) -> usize {
        self.shards.iter().filter(|shard| shard.place == Place::Waiting).count()
    }

    /// How many shards make load, or have made all of theirs.
    pub(crate) fn well(&self) -> usize {
        self.shards.iter().filter(|shard| shard.lost.is_none()).count()
    }

    /// On how many nodes they are.
    pub(crate) fn nodes(&self) -> usize {
        let nodes = self.shards.iter().filter_map(|shard| shard.node.as_deref());
        nodes.collect::<std::collections::BTreeSet<_>>().len()
    }

    /// The shards that are not ready and have no node: their logs are not there yet, and their words are asked for.
    pub(crate) fn troubled(&self) -> impl Iterator<Item = u32> {
        let of = (0..).zip(&self.shards).filter(|(_, shard)| shard.is_coming());
        of.map(|(index, _)| index)
    }

    /// What keeps the first shard that is not ready, in the cluster's words.
    pub(crate) fn waits_for(&self) -> Option<String> {
        let first = (1_u32..)
            .zip(&self.shards)
            .find(|(_, shard)| shard.place < Place::Waiting);
        let (number, shard) = first?;
        let words = shard.words().or(self.words.as_deref());
        Some(words.map_or_else(|| format!("shard {number}"), |words| format!("shard {number}: {words}")))
    }

    /// What the shards' clocks say.
    pub(crate) fn clocks(&self) -> &Clocks {
        &self.clocks
    }

    /// The shards that were lost, in order.
    pub(crate) fn lost(&self) -> impl Iterator<Item = Lost> {
        let begun = match self.stage {
            Stage::Gathering => None,
            Stage::Running(at) | Stage::Stopping { begun: at, .. } => Some(at),
        };
        (0..).zip(&self.shards).filter_map(move |(index, shard)| {
            let (how, at) = shard.lost.as_ref()?;
            let ran = shard.place >= Place::Running;
            Some(Lost {
                shard: index,
                how: how.clone(),
                after: begun.filter(|_| ran).map(|begun| at.saturating_duration_since(begun)),
            })
        })
    }

    /// The shards whose records are whole though somebody ended them before their time: they had a moment to end them.
    pub(crate) fn ended_early(&self) -> impl Iterator<Item = Lost> {
        let begun = match self.stage {
            Stage::Gathering => None,
            Stage::Running(at) | Stage::Stopping { begun: at, .. } => Some(at),
        };
        let ended = (0..).zip(&self.shards).filter(|(_, shard)| shard.place == Place::Ended);
        ended.filter_map(move |(index, shard)| {
            let (how, at) = shard.outside.as_ref()?;
            Some(Lost {
                shard: index,
                how: how.clone(),
                after: begun.map(|begun| at.saturating_duration_since(begun)),
            })
        })
    }

    fn is_over(&self) -> bool {
        self.shards.iter().all(Shard::is_over)
    }

    fn lose(&mut self, begun: Instant, now: Instant) {
        let (patience, gave_up) = (self.patience, self.gave_up.clone());
        for shard in &mut self.shards {
            if let Some((how, at)) = shard.is_lost(begun, patience, gave_up.as_deref(), now) {
                shard.lose(&how, at);
            }
        }
    }

    fn gather(&mut self, now: Instant) -> Step {
        let patience = self.patience;
        let not_ready = |why: String| Step::GiveUp(why);
        for (number, shard) in (1_u32..).zip(&self.shards) {
            if let Some(why) = shard.fails_to_come(patience, now) {
                return not_ready(format!("shard {number} {why}"));
            }
        }
        if let Some(why) = &self.gave_up {
            return not_ready(format!("the Job gave up: {why}"));
        }
        let all = self.shards.len();
        if self.ready() == all {
            return match self.clocks.off(patience.clocks) {
                Some(off) if off.is_sure || now.duration_since(self.since) > patience.ready_within => {
                    not_ready(off.to_string())
                }
                Some(_) => Step::Wait,
                None => Step::Begin,
            };
        }
        if now.duration_since(self.since) > patience.ready_within {
            let ready = self.ready();
            let words = self.waits_for().unwrap_or_default();
            return not_ready(format!("{ready} of {all} shards were ready in time; {words}"));
        }
        Step::Wait
    }
}

#[cfg(test)]
mod tests;
