//! What happens while one check works: the calls it makes, in order, and those that were lost.

use crate::messages::Step;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

tokio::task_local! {
    static LANE: Arc<Lane>;
}

/// What happens while one check works.
#[derive(Debug, Default)]
pub struct Lane {
    steps: Mutex<Vec<Arc<Step>>>,
    /// Calls that may have stored something and whose answer never came.
    lost_writes: AtomicUsize,
}

impl Lane {
    /// Does `work`, and watches it.
    pub async fn watch<F: Future>(work: F) -> (F::Output, Arc<Self>) {
        let lane = Arc::new(Self::default());
        (LANE.scope(Arc::clone(&lane), work).await, lane)
    }

    /// The lane of the check that is at work here.
    pub fn here() -> Option<Arc<Self>> {
        LANE.try_with(Arc::clone).ok()
    }

    /// Remembers a call and what came of it.
    pub fn step(&self, step: Step) {
        if step.outcome.is_err() && step.draft.once && !step.draft.is_counted {
            self.lost_writes.fetch_add(1, Ordering::Relaxed);
        }
        self.steps.lock().push(Arc::new(step));
    }

    /// The calls so far.
    pub fn steps(&self) -> Vec<Arc<Step>> {
        self.steps.lock().clone()
    }

    /// Whether it is unknown what the server holds by now: a call that stores something was not answered.
    pub fn is_in_doubt(&self) -> bool {
        self.lost_writes.load(Ordering::Relaxed) > 0
    }
}
