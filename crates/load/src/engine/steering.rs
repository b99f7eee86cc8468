//! What may end a run before its time, and seeing to it that it does.

use super::threads::GeneratorThreads;
use crate::error::LoadError;
use crate::generator::barrier;
use crate::generator::breach::BreachWatch;
use crate::generator::plan::Plan;
use crate::generator::pulse::End;
use crate::generator::recorder::Recorded;
use crate::options::{DeadTarget, LoadOptions};
use proofload_deployment::halt::{Halt, Interruption};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;

/// What is in flight when a run is stopped is waited for this long at most: a container is given ten seconds to stop.
const PATIENCE: Duration = Duration::from_secs(5);

/// A target that answered nothing for so many seconds is dead.
const DEAD_AFTER_S: u64 = 5;

/// What may end a run before its time.
pub(super) struct Steering<'a> {
    pub(super) plan: &'a Plan,
    pub(super) options: &'a LoadOptions,
    pub(super) halt: &'a Halt,
    pub(super) end: &'a End,
    pub(super) dead_s: &'a AtomicU64,
    pub(super) breach: &'a BreachWatch,
}

/// What ended a run before its time; nothing where it came to its end.
#[derive(Default)]
pub(super) struct Ended {
    pub(super) by: Option<Interruption>,
    /// The file whose word `stop` did.
    pub(super) stopped: Option<PathBuf>,
    pub(super) dead: bool,
    pub(super) breached: bool,
}

impl GeneratorThreads {
    /// Sees to it that the run ends when it must before its time, and waits until all is recorded.
    pub(super) async fn steer(
        &self,
        mut recorded: oneshot::Receiver<Recorded>,
        steering: &Steering<'_>,
    ) -> Result<(Recorded, Ended), LoadError> {
        let Steering { options, end, .. } = steering;
        let mut ended = Ended::default();
        let mut spent = false;
        let patience = PATIENCE.min(options.timeout);
        let mut look = tokio::time::interval(Duration::from_millis(250));
        let stop = barrier::stopped(options.start.file());
        tokio::pin!(stop);
        loop {
            tokio::select! {
                recorded = &mut recorded => {
                    let recorded = recorded.map_err(|_| LoadError::Generator("the recorder went away".to_owned()))?;
                    return Ok((recorded, ended));
                }
                interruption = steering.halt.wait(), if ended.by.is_none() => {
                    ended.by = Some(interruption);
                    end.hasten(&self.clock, patience);
                    self.ring();
                }
                file = &mut stop, if ended.stopped.is_none() => {
                    ended.stopped = Some(file);
                    end.hasten(&self.clock, patience);
                    self.ring();
                }
                at_ns = steering.plan.last_call(), if !spent => {
                    spent = true;
                    end.come_at(&self.clock, at_ns, options.timeout);
                    self.ring();
                }
                _ = look.tick() => {
                    if !ended.breached && steering.breach.seen().is_some() {
                        ended.breached = true;
                        end.hasten(&self.clock, patience);
                        self.ring();
                    }
                    let is_dead = steering.dead_s.load(Ordering::Relaxed) >= DEAD_AFTER_S;
                    if options.on_dead_target == DeadTarget::Stop && !ended.dead && is_dead {
                        ended.dead = true;
                        end.hasten(&self.clock, Duration::ZERO);
                        self.ring();
                    }
                }
            }
        }
    }
}
