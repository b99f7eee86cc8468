//! Whether an objective is missed while the run still goes on.

use crate::slo::Slo;
use crate::workload::Workload;
use proofload_results::record::Totals;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Looks once a second whether an objective is missed. Clones see what one of them saw.
#[derive(Debug, Clone)]
pub(crate) struct BreachWatch {
    slos: Arc<[Slo]>,
    /// It looks from here on; `None` for never.
    after: Option<Duration>,
    planned: Duration,
    seen: Arc<OnceLock<String>>,
}

impl BreachWatch {
    /// A watch over the objectives of a workload from `after` on.
    pub(crate) fn new(workload: &Workload, after: Option<Duration>) -> Self {
        Self {
            slos: workload.slos.clone().into(),
            after,
            planned: workload.duration,
            seen: Arc::default(),
        }
    }

    /// Looks at what was measured so far. What is still under way says nothing yet.
    pub(crate) fn look(&self, totals: &Totals) {
        let due = self.after.is_some_and(|after| totals.duration_s >= after.as_secs_f64());
        // At the end it is judged as every run is.
        if !due || self.seen.get().is_some() || totals.duration_s >= self.planned.as_secs_f64() {
            return;
        }
        let missed = self
            .slos
            .iter()
            .find_map(|slo| slo.missed_already(totals).map(|figure| (slo, figure)));
        if let Some((slo, figure)) = missed {
            let sentence = format!(
                "the run was stopped after {:.0} of {:.0} s, because {slo} was missed by then (measured {figure})",
                totals.duration_s,
                self.planned.as_secs_f64()
            );
            // Only the recorder's thread looks.
            let _ = self.seen.set(sentence);
        }
    }

    /// What was missed, in one sentence.
    pub(crate) fn seen(&self) -> Option<&str> {
        self.seen.get().map(String::as_str)
    }
}
