//! What a desk knows of those beside it, and of the time since the start: for whoever says what was seen.

use super::Desk;
use crate::generator::commons::Commons;
use proofload_results::load::rounded;
use std::sync::Arc;
use std::time::Duration;

impl Desk {
    /// The same desk, of the thread with index `thread` of those that share `commons`.
    pub(crate) fn among(self, commons: Arc<Commons>, thread: usize) -> Self {
        Self {
            beside: Some((commons, thread)),
            ..self
        }
    }

    /// Counts the answers that were somebody else's while the users got ready, of whatever thread.
    pub(super) fn take_early(&mut self) {
        let early = self
            .beside
            .as_ref()
            .map(|(commons, _)| std::mem::take(&mut *commons.early.lock()));
        for (operation, breach) in early.unwrap_or_default() {
            self.tally.looked_into(operation, 0);
            self.tally.misdirected(operation, breach);
        }
    }

    /// Tells the other threads how much is in flight here.
    pub(crate) fn tell_the_others(&self) {
        if let Some((commons, thread)) = &self.beside {
            commons.tell(*thread, self.in_flight);
        }
    }

    /// Arrivals in flight on all threads: here now, on others as they told last.
    pub(crate) fn all_in_flight(&self) -> u64 {
        let others = self.beside.as_ref().map(|(commons, thread)| commons.beside(*thread));
        self.in_flight + others.unwrap_or_default()
    }

    /// The seconds from the start of the run to `now_ns`.
    pub(crate) fn since_start_s(&self, now_ns: u64) -> f64 {
        rounded(Duration::from_nanos(now_ns.saturating_sub(self.start_ns)).as_secs_f64())
    }
}
