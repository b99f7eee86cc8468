//! The columns of a run that still goes on: short ones while it is short, longer ones when it becomes long.
//!
//! Columns of several lengths grow side by side. The shortest that still fit are shown; those that became too many are
//! dropped, so that what is kept does not grow with the length of the run.

use super::columns::{Column, Columns, LENGTHS_S, MAX_COLUMNS, Sum};
use crate::html::objective::Stated;
use proofload_results::record::{Second, Totals};

/// The columns of a run so far.
#[derive(Debug)]
pub(super) struct Growing {
    objectives: Vec<Option<Stated>>,
    steps: Vec<Step>,
    totals: Totals,
}

/// Columns of one length.
#[derive(Debug)]
struct Step {
    length_s: f64,
    all: Vec<Column>,
    /// What the column under way has so far.
    sum: Sum,
}

impl Growing {
    /// Of a run that is planned to take so long, in seconds.
    pub(super) fn new(planned_s: f64, objectives: Vec<Option<Stated>>) -> Self {
        // The last calls come in after the planned end.
        let longest = LENGTHS_S.iter().position(|length_s| planned_s / length_s < MAX_COLUMNS);
        let lengths = &LENGTHS_S[..longest.map_or(LENGTHS_S.len(), |last| (last + 2).min(LENGTHS_S.len()))];
        let step = |length_s: &f64| Step {
            length_s: *length_s,
            all: Vec::new(),
            sum: Sum::default(),
        };
        Self {
            objectives,
            steps: lengths.iter().map(step).collect(),
            totals: Totals::default(),
        }
    }

    /// Adds a second.
    pub(super) fn add(&mut self, second: &Second) {
        self.totals.add(second);
        for step in &mut self.steps {
            step.add(second, &self.objectives);
        }
        #[expect(clippy::cast_precision_loss, reason = "columns are few")]
        let fits = |step: &Step| (step.all.len() as f64) < MAX_COLUMNS;
        while self.steps.len() > 1 && !fits(&self.steps[0]) {
            self.steps.remove(0);
        }
    }

    /// The sum over all seconds so far.
    pub(super) fn totals(&self) -> &Totals {
        &self.totals
    }

    /// The objectives that columns are held against.
    pub(super) fn objectives(&self) -> &[Option<Stated>] {
        &self.objectives
    }

    /// The columns so far, the one under way among them.
    pub(super) fn columns(&self) -> Columns {
        let step = &self.steps[0];
        let mut all = step.all.clone();
        if !step.sum.is_empty() {
            all.push(step.sum.clone().column(step.length_s, &self.objectives));
        }
        Columns {
            length_s: step.length_s,
            all,
            totals: self.totals.clone(),
        }
    }
}

impl Step {
    fn add(&mut self, second: &Second, objectives: &[Option<Stated>]) {
        let place = (second.counters.start_s / self.length_s).floor();
        if !self.sum.is_empty() && place > self.sum.place() {
            let sum = std::mem::take(&mut self.sum);
            self.all.push(sum.column(self.length_s, objectives));
        }
        self.sum.add(second, place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::record::Counters;

    fn second(number: u64) -> Second {
        #[expect(clippy::cast_precision_loss, reason = "seconds are few")]
        Second::new(Counters {
            second: number,
            start_s: number as f64,
            length_s: 1.0,
            due: 1,
            ..Counters::default()
        })
    }

    #[test]
    fn columns_grow_longer_as_the_run_does_and_lose_nothing() {
        let mut growing = Growing::new(3_600.0, Vec::new());
        let (mut lengths, mut most) = (Vec::new(), 0);
        for number in 0..3_600 {
            growing.add(&second(number));
            if number % 97 == 0 || number == 3_599 {
                let columns = growing.columns();
                let due: u64 = columns.all.iter().map(|column| column.due).sum();
                assert_eq!(due, number + 1);
                most = most.max(columns.all.len());
                lengths.push(columns.length_s);
            }
        }
        lengths.dedup();
        assert_eq!(lengths, [1.0, 2.0, 3.0, 5.0, 6.0]);
        assert!(most <= 600, "{most}");
    }

    #[test]
    fn a_run_that_nobody_limited_stays_bounded_too() {
        let mut growing = Growing::new(1e9, Vec::new());
        assert_eq!(growing.steps.len(), LENGTHS_S.len());
        for number in 0..40 {
            growing.add(&second(number * 3_600));
        }
        assert_eq!(growing.columns().all.len(), 40);
    }
}
