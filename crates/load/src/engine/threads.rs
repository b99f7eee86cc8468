//! The threads of a run: started together, told when it takes place, and sent home.

use crate::error::LoadError;
use crate::generator::clock::Clock;
use crate::generator::plan::Plan;
use crate::generator::pulse::{End, EndTimes};
use crate::generator::threads::{Batch, ThreadEvent, Times};
use crate::generator::virtual_user::FailedLogin;
use proofload_deployment::halt::Halt;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

/// Threads of a run that is over get this long to end.
const FAREWELL: Duration = Duration::from_secs(3);

/// The threads of a run.
pub(super) struct GeneratorThreads {
    pub(super) clock: Clock,
    bells: Vec<Arc<Notify>>,
    times: Arc<OnceLock<Times>>,
    events: mpsc::UnboundedReceiver<ThreadEvent>,
    batches: Option<Receiver<Batch>>,
    handles: Vec<JoinHandle<()>>,
    base: String,
}

impl GeneratorThreads {
    pub(super) fn start(plan: &Plan) -> Result<Self, LoadError> {
        let (tell, events) = mpsc::unbounded_channel();
        let (hand_over, batches) = std::sync::mpsc::channel();
        let mut threads = Self {
            clock: plan.clock,
            bells: (0..plan.threads).map(|_| Arc::default()).collect(),
            times: Arc::default(),
            events,
            batches: Some(batches),
            handles: Vec::new(),
            base: plan.base.clone(),
        };
        for index in 0..plan.threads {
            let thread = plan.thread(
                index,
                threads.bells[index].clone(),
                threads.times.clone(),
                tell.clone(),
                hand_over.clone(),
            );
            let started = thread.start();
            threads
                .handles
                .push(started.map_err(|error| LoadError::Generator(format!("no thread can be started: {error}")))?);
        }
        Ok(threads)
    }

    /// Waits until all users are ready.
    pub(super) async fn all_ready(&mut self, halt: &Halt) -> Result<(), LoadError> {
        for _ in 0..self.handles.len() {
            let event = tokio::select! {
                event = self.events.recv() => event,
                interruption = halt.wait() => return Err(LoadError::InterruptedEarly(interruption)),
            };
            match event {
                Some(ThreadEvent::Ready) => {}
                Some(ThreadEvent::Failed(FailedLogin { account, why, answered })) => {
                    let base = self.base.clone();
                    return Err(LoadError::Login {
                        base,
                        account,
                        why,
                        answered,
                    });
                }
                Some(ThreadEvent::Broken(why)) => return Err(LoadError::Generator(why)),
                None => return Err(LoadError::Generator("its threads went away".to_owned())),
            }
        }
        Ok(())
    }

    /// Says when the run takes place.
    pub(super) fn begin(&self, times: Times) -> Result<(), LoadError> {
        self.times
            .set(times)
            .map_err(|_| LoadError::Generator("it was started twice".to_owned()))?;
        self.ring();
        Ok(())
    }

    /// What the threads hand over; given once.
    pub(super) fn batches(&mut self) -> Result<Receiver<Batch>, LoadError> {
        self.batches
            .take()
            .ok_or_else(|| LoadError::Generator("it was started twice".to_owned()))
    }

    /// Lets every thread know that the times are known or the end was moved.
    pub(super) fn ring(&self) {
        for bell in &self.bells {
            bell.notify_one();
        }
    }

    /// Ends Goose and waits for the threads, within bounds. The switch is thrown again and again: a Goose that is only
    /// starting resets it.
    pub(super) async fn dismiss(self) {
        // Users of a run that never began leave at once.
        let never = Times {
            start_ns: 0,
            end: Arc::new(End::new(EndTimes::planned(0, Duration::ZERO))),
        };
        if self.times.set(never).is_ok() {
            self.ring();
        }
        let until = tokio::time::Instant::now() + FAREWELL;
        while self.handles.iter().any(|thread| !thread.is_finished()) && tokio::time::Instant::now() < until {
            goose::trigger_killswitch("the run is over");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
