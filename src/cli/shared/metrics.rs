//! What Prometheus is told of a load run that goes on.

use parking_lot::Mutex;
use proofload_reports::prometheus::{self, Live};
use proofload_results::events::{Event, Observer};

/// What is known of the run so far.
#[derive(Debug, Default)]
pub(super) struct Metrics(Mutex<Live>);

impl Metrics {
    /// Metrics of a run of `scenario` on the target with the base URL `target`.
    pub(super) fn new(scenario: &str, target: &str) -> Self {
        Self(Mutex::new(Live::new(scenario, target)))
    }

    /// The text that is served.
    pub(super) fn text(&self) -> String {
        // Copied, so that rendering never makes the recorder wait.
        let live = self.0.lock().clone();
        prometheus::render(&live)
    }
}

impl Observer for Metrics {
    fn observe(&self, event: &Event) {
        if let Event::LoadSecond(second) = event {
            self.0.lock().add(second);
        }
    }
}
