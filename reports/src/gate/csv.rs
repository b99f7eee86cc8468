//! The comparisons of a gate as a table: a line for each. Times in microseconds.

use crate::csv::Csv;
use proofload_results::gate::{Finite, GateReport};

/// Renders a report as CSV.
pub fn render(report: &GateReport) -> String {
    let mut table = Csv::new([
        "operation",
        "metric",
        "baseline",
        "candidate",
        "ratio",
        "interval_low",
        "interval_high",
        "limit",
        "verdict",
        "judged",
    ]);
    let figure = |value: Option<Finite>| value.map_or_else(String::new, |value| value.get().to_string());
    for comparison in &report.comparisons {
        let [low, high] = comparison
            .interval
            .map_or([None, None], |[low, high]| [Some(low), Some(high)]);
        table.row([
            comparison.operation.clone(),
            comparison.metric.to_string(),
            figure(comparison.baseline),
            figure(comparison.candidate),
            figure(comparison.ratio),
            figure(low),
            figure(high),
            figure(comparison.limit),
            comparison.verdict.to_string(),
            comparison.judged.to_string(),
        ]);
    }
    table.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::gate as examples;

    #[test]
    fn one_line_for_each_comparison() {
        let report = examples::regressed();
        let text = render(&report);
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
        assert_eq!(rows.len(), report.comparisons.len());
        assert_eq!(rows[0].get(0), Some(report.comparisons[0].operation.as_str()));
        assert_eq!(rows[0].get(8), Some(report.comparisons[0].verdict.to_string().as_str()));
    }
}
