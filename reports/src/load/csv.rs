//! The operations of a load run as a table: a line for each. Times in microseconds, empty where an answer never came.

use crate::csv::Csv;
use proofload_results::load::{LoadReport, OperationRow, Percentiles};

/// Renders a report as CSV.
pub fn render(report: &LoadReport) -> String {
    let figures = ["p50", "p90", "p95", "p99", "p999", "max", "mean"];
    let named = |kind: &'static str| figures.map(|figure| format!("{kind}_{figure}_us"));
    let fixed = ["operation", "ok", "errors", "duration_s"].map(str::to_owned);
    let due = ["p50", "p90", "p95", "p99", "p999", "max"].map(|figure| format!("due_{figure}_us"));
    let measured = named("response").into_iter().chain(named("service"));
    let judged = std::iter::once("unended".to_owned()).chain(due).chain(named("success"));
    let mut table = Csv::new(fixed.into_iter().chain(measured).chain(judged));
    for row in &report.operations {
        let fixed = [
            row.name.clone(),
            row.ok.to_string(),
            row.errors.to_string(),
            report.duration_s.to_string(),
        ];
        let measured = cells(&row.response_us).into_iter().chain(cells(&row.service_us));
        let judged = std::iter::once(row.unended.to_string()).chain(over_all_due(row));
        let successes = row.success_us.as_ref().map(cells).unwrap_or_default();
        table.row(fixed.into_iter().chain(measured).chain(judged).chain(successes));
    }
    table.finish()
}

fn cells(us: &Percentiles) -> [String; 7] {
    let whole = [us.p50, us.p90, us.p95, us.p99, us.p999, us.max].map(|us| us.to_string());
    let [p50, p90, p95, p99, p999, max] = whole;
    [p50, p90, p95, p99, p999, max, us.mean.to_string()]
}

/// Percentiles over all calls that were due.
fn over_all_due(row: &OperationRow) -> [String; 6] {
    let us = row.due_us.unwrap_or_default();
    [us.p50, us.p90, us.p95, us.p99, us.p999, us.max].map(|us| us.map_or_else(String::new, |us| us.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::load as examples;

    #[test]
    fn one_line_for_each_operation() {
        insta::assert_snapshot!(render(&examples::missed()));
    }
}
