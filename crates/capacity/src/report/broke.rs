//! What broke at the lowest rate above the answer, and what was refused or had run out then.

use super::Notes;
use proofload_results::capacity::{Broke, CapacityReport, StepRow, StepVerdict};
use proofload_results::figures::three_digits;
use proofload_results::watched::{RanOut, Spent};
use proofload_watch::NO_EXPORTER;

/// A series that was near its limit in this share of the looks was there most of the time.
const MOSTLY: f64 = 0.5;

impl Notes {
    /// Adds how calls failed at the lowest rate that broke an objective by failures.
    pub(super) fn tell_what_was_refused(&self, report: &mut CapacityReport) {
        let Some(broke) = &report.broke_at else { return };
        let of_rate = |step: &&StepRow| step.counts() && (step.rate_per_s - broke.rate_per_s).abs() < 1e-9;
        let mut steps = self.steps.iter().rev().filter(of_rate).filter(|step| step.errors > 0);
        let about_errors = report
            .limited_by
            .as_deref()
            .is_some_and(|limit| limit.starts_with("errors") || limit.contains(".errors"));
        let told = steps.find_map(|step| self.refusals.get(&step.number)?.told(step.rate_per_s));
        report.findings.extend(told.filter(|_| about_errors));
    }

    /// Adds what was at its limit at the lowest rate that broke, or how one would know.
    pub(super) fn tell_what_ran_out(&self, report: &mut CapacityReport) {
        let (Some(broke), Some(limit)) = (&report.broke_at, &report.limited_by) else {
            return;
        };
        let rate = three_digits(broke.rate_per_s);
        let of_rate = |step: &&StepRow| step.counts() && (step.rate_per_s - broke.rate_per_s).abs() < 1e-9;
        let mut steps = self.steps.iter().rev().filter(of_rate);
        let found = steps.find_map(|step| self.ran_out.get(&step.number)?.clone());
        match found {
            Some(ran_out) => {
                let what = match limit.as_str() {
                    "queue" => "calls piled up".to_owned(),
                    objective => format!("{objective} broke"),
                };
                let already = self.already(&ran_out).unwrap_or_default();
                let told = format!("at {rate}/s, where {what}: {}{already}", ran_out.sentence);
                report.findings.push(told);
                report.ran_out = Some(ran_out);
            }
            None => report.findings.push(NO_EXPORTER.to_owned()),
        }
    }

    /// What was at its limit at the lowest rate that held as well: that it was there says little.
    fn already(&self, ran_out: &RanOut) -> Option<String> {
        let held = self
            .steps
            .iter()
            .filter(|step| step.counts() && step.verdict == StepVerdict::Held);
        let lowest = held.min_by(|one, other| one.rate_per_s.total_cmp(&other.rate_per_s))?;
        let rows = &lowest.watched.as_ref()?.series;
        let was = |spent: &&Spent| {
            let mut same = rows
                .iter()
                .filter(|row| row.source == spent.source && row.series == spent.series);
            same.any(|row| row.near_share.is_some_and(|share| share >= MOSTLY))
        };
        let titles: Vec<String> = ran_out
            .at_limit
            .iter()
            .filter(was)
            .map(|spent| spent.series.title())
            .collect();
        (!titles.is_empty()).then(|| {
            let rate = three_digits(lowest.rate_per_s);
            format!("; it was so at {rate}/s already, where all held: {}", titles.join(", "))
        })
    }

    /// The lowest rate above the answer at which the limit was measured to break.
    pub(super) fn broke_at(&self, limit: &str, sustained: Option<f64>) -> Option<Broke> {
        let broken = self
            .steps
            .iter()
            .filter(|step| step.counts() && step.verdict != StepVerdict::Held);
        let above = broken.filter(|step| sustained.is_none_or(|per_s| step.rate_per_s > per_s * 0.999));
        let measured = above.filter_map(|step| {
            let row = step.slos.iter().find(|row| row.slo == limit);
            let measured = match row {
                Some(row) if row.held => return None,
                Some(row) => row.measured.clone(),
                None => format!("{:.0} calls under way", step.in_flight),
            };
            Some(Broke {
                rate_per_s: step.rate_per_s,
                measured,
            })
        });
        measured.min_by(|one, other| one.rate_per_s.total_cmp(&other.rate_per_s))
    }
}
