//! The operations of a load run as a table: a line for each. Times in microseconds.

use crate::csv::Csv;
use proofload_results::load::{LoadReport, Percentiles};

/// Renders a report as CSV.
pub fn render(report: &LoadReport) -> String {
    let figures = ["p50", "p90", "p95", "p99", "p999", "max", "mean"];
    let named = |kind: &'static str| figures.map(|figure| format!("{kind}_{figure}_us"));
    let fixed = ["operation", "ok", "errors", "duration_s"].map(str::to_owned);
    let mut table = Csv::new(fixed.into_iter().chain(named("response")).chain(named("service")));
    for row in &report.operations {
        let fixed = [
            row.name.clone(),
            row.ok.to_string(),
            row.errors.to_string(),
            report.duration_s.to_string(),
        ];
        let cells = fixed.into_iter().chain(cells(&row.response_us));
        table.row(cells.chain(self::cells(&row.service_us)));
    }
    table.finish()
}

fn cells(us: &Percentiles) -> [String; 7] {
    let whole = [us.p50, us.p90, us.p95, us.p99, us.p999, us.max].map(|us| us.to_string());
    let [p50, p90, p95, p99, p999, max] = whole;
    [p50, p90, p95, p99, p999, max, us.mean.to_string()]
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
