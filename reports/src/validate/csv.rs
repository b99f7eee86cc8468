//! The cases of a conformance run as a table: a line for each.

use crate::csv::Csv;
use proofload_results::validate::ValidateReport;

/// Renders a report as CSV.
pub fn render(report: &ValidateReport) -> String {
    let mut table = Csv::new([
        "case",
        "operation",
        "account",
        "verdict",
        "accepted",
        "severity",
        "source",
        "expected",
        "observed",
        "detail",
    ]);
    for case in &report.cases {
        let accepted = case.accepted.as_ref().map(|acceptance| acceptance.verdict.to_string());
        table.row([
            case.id.clone(),
            case.operation.clone(),
            case.account.clone().unwrap_or_default(),
            case.verdict.to_string(),
            accepted.unwrap_or_default(),
            case.severity.to_string(),
            case.source.to_string(),
            case.expected.clone(),
            case.observed.clone(),
            case.detail.clone(),
        ]);
    }
    table.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::validate as examples;

    #[test]
    fn one_line_for_each_case() {
        insta::assert_snapshot!(render(&examples::one_of_each()));
    }

    #[test]
    fn hostile_texts_stay_in_their_cells() {
        let report = examples::hostile();
        let text = render(&report);
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
        assert_eq!(rows.len(), report.cases.len());
        assert!(rows.iter().all(|row| row.len() == 10));
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
    }
}
