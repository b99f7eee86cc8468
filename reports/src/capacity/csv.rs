//! The steps of a capacity search as a table: a line for each. Times in microseconds.

use crate::csv::Csv;
use proofload_results::capacity::CapacityReport;

/// Renders a report as CSV.
pub fn render(report: &CapacityReport) -> String {
    let mut table = Csv::new([
        "step",
        "purpose",
        "verdict",
        "rate_per_s",
        "achieved_per_s",
        "measured_s",
        "calls",
        "errors",
        "response_p50_us",
        "response_p90_us",
        "response_p99_us",
        "response_p999_us",
        "service_p50_us",
        "service_p99_us",
        "in_flight",
        "set_aside",
    ]);
    for step in &report.steps {
        table.row([
            step.number.to_string(),
            word(&step.purpose),
            word(&step.verdict),
            step.rate_per_s.to_string(),
            step.achieved_per_s.to_string(),
            step.measured_s.to_string(),
            step.calls.to_string(),
            step.errors.to_string(),
            step.response_us.p50.to_string(),
            step.response_us.p90.to_string(),
            step.response_us.p99.to_string(),
            step.response_us.p999.to_string(),
            step.service_us.p50.to_string(),
            step.service_us.p99.to_string(),
            step.in_flight.to_string(),
            step.set_aside.clone().unwrap_or_default(),
        ]);
    }
    table.finish()
}

/// A word as in JSON.
pub(super) fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::capacity as examples;

    #[test]
    fn one_line_for_each_step() {
        let report = examples::found();
        let text = render(&report);
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
        assert_eq!(rows.len(), report.steps.len());
        let first = &report.steps[0];
        assert_eq!(rows[0].get(1), Some("ramp"));
        assert_eq!(rows[0].get(10), Some(first.response_us.p99.to_string().as_str()));
    }
}
