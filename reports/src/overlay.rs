//! Several load runs side by side: the same figures of each in columns.
//!
//! It only shows; whether a difference is one, `gate` says.

use crate::console::{Column, Style, Table, Tone};
use crate::csv::Csv;
use crate::load::{LoadReport, LoadVerdict, OperationRow};
use crate::load_console::millis;
use crate::markdown::code;
use crate::text;
use std::fmt::Write as _;

/// What a hostile server may put into one cell.
const CELL_CHARS: usize = 200;

/// Several load runs, each with the name it is shown under.
#[derive(Debug)]
pub struct Overlay<'a> {
    runs: &'a [(String, LoadReport)],
}

/// A figure over all runs.
struct Row {
    operation: String,
    figure: &'static str,
    /// With its unit, for people.
    shown: Vec<Option<String>>,
    /// Without, for programs.
    bare: Vec<Option<String>>,
    /// How much more it is than in the first run, as a share.
    change: Vec<Option<f64>>,
}

/// A figure of an operation.
type Figure = (&'static str, fn(&OperationRow, &LoadReport) -> f64, Unit);

#[derive(Clone, Copy)]
enum Unit {
    Micros,
    PerSecond,
    Count,
}

const FIGURES: [Figure; 9] = [
    ("rate", rate, Unit::PerSecond),
    ("errors", |row, _| exact(row.errors), Unit::Count),
    ("p50", |row, _| exact(row.response_us.p50), Unit::Micros),
    ("p90", |row, _| exact(row.response_us.p90), Unit::Micros),
    ("p99", |row, _| exact(row.response_us.p99), Unit::Micros),
    ("p99.9", |row, _| exact(row.response_us.p999), Unit::Micros),
    ("max", |row, _| exact(row.response_us.max), Unit::Micros),
    ("service p50", |row, _| exact(row.service_us.p50), Unit::Micros),
    ("service p99", |row, _| exact(row.service_us.p99), Unit::Micros),
];

impl<'a> Overlay<'a> {
    /// An overlay of `runs`.
    pub fn of(runs: &'a [(String, LoadReport)]) -> Self {
        Self { runs }
    }

    /// For people.
    pub fn console(&self, style: &Style) -> String {
        let mut out = String::new();
        for (number, (name, report)) in self.heads() {
            let _ = writeln!(
                out,
                "{number}  {}: {} on {} for {:.1} s, {} done, {}",
                text::line(name),
                text::line(&report.scenario),
                text::line(&report.target),
                report.duration_s,
                report.arrivals.done,
                verdict(report)
            );
        }
        out.push('\n');
        let mut columns = vec![Column::words("operation"), Column::words("figure")];
        columns.extend(self.heads().map(|(number, _)| Column::figures(&number.to_string())));
        let changes = self
            .heads()
            .skip(1)
            .map(|(number, _)| Column::figures(&format!("{number}:1")).need(1));
        columns.extend(changes);
        let mut table = Table::new(columns);
        for row in self.rows() {
            let cells = [row.operation.clone(), row.figure.to_owned()].into_iter();
            let values = row.shown.into_iter().map(Option::unwrap_or_default);
            let changes = row.change.iter().skip(1).map(|change| percent(*change));
            table.toned(
                cells
                    .chain(values)
                    .map(|cell| (cell, None))
                    .chain(changes.map(|cell| (cell, Some(Tone::Faint)))),
            );
        }
        let (rows, _) = table.render(style);
        out.push_str(&rows);
        out.push_str("\nTimes in ms. Whether a difference is more than chance, `proofload gate` says.\n");
        style.finish(out)
    }

    /// For step summaries and comments.
    pub fn markdown(&self) -> String {
        let mut out = String::from(
            "# Load runs side by side\n\n| | run | scenario | target | seconds | done | verdict |\n|---:|---|---|---|---:|---:|---|\n",
        );
        for (number, (name, report)) in self.heads() {
            let _ = writeln!(
                out,
                "| {number} | {} | {} | {} | {:.1} | {} | {} |",
                code(name, CELL_CHARS),
                code(&report.scenario, CELL_CHARS),
                code(&report.target, CELL_CHARS),
                report.duration_s,
                report.arrivals.done,
                verdict(report)
            );
        }
        out.push_str("\nTimes in ms.\n\n| operation | figure |");
        for (number, _) in self.heads() {
            let _ = write!(out, " {number} |");
        }
        for (number, _) in self.heads().skip(1) {
            let _ = write!(out, " {number}:1 |");
        }
        out.push_str("\n|---|---|");
        out.push_str(&"---:|".repeat(2 * self.runs.len() - 1));
        out.push('\n');
        for row in self.rows() {
            let _ = write!(out, "| {} | {} |", code(&row.operation, CELL_CHARS), row.figure);
            let changes = row.change.iter().skip(1).map(|change| percent(*change));
            for cell in row.shown.into_iter().map(Option::unwrap_or_default).chain(changes) {
                let _ = write!(out, " {cell} |");
            }
            out.push('\n');
        }
        out
    }

    /// For programs: one line for each figure of each operation, a column for each run.
    pub fn csv(&self) -> String {
        let fixed = ["operation", "figure", "unit"].map(str::to_owned).into_iter();
        let mut table = Csv::new(fixed.chain(self.runs.iter().map(|(name, _)| name.clone())));
        for row in self.rows() {
            let unit = FIGURES
                .iter()
                .find(|(name, ..)| *name == row.figure)
                .map(|(_, _, unit)| match unit {
                    Unit::Micros => "us",
                    Unit::PerSecond => "1/s",
                    Unit::Count => "1",
                });
            let cells = [
                row.operation,
                row.figure.to_owned(),
                unit.unwrap_or_default().to_owned(),
            ];
            table.row(
                cells
                    .into_iter()
                    .chain(row.bare.into_iter().map(Option::unwrap_or_default)),
            );
        }
        table.finish()
    }

    fn heads(&self) -> impl Iterator<Item = (usize, &(String, LoadReport))> {
        (1..).zip(self.runs)
    }

    fn rows(&self) -> Vec<Row> {
        let mut operations: Vec<&str> = Vec::new();
        for row in self.runs.iter().flat_map(|(_, report)| &report.operations) {
            if !operations.contains(&row.name.as_str()) {
                operations.push(&row.name);
            }
        }
        let figures = |operation: &str| FIGURES.map(|figure| self.row(operation, figure));
        operations.into_iter().flat_map(figures).collect()
    }

    /// One figure; runs that did not make the operation have none.
    fn row(&self, operation: &str, (name, figure, unit): Figure) -> Row {
        let values: Vec<Option<f64>> = self
            .runs
            .iter()
            .map(|(_, report)| {
                let row = report.operations.iter().find(|row| row.name == operation)?;
                Some(figure(row, report))
            })
            .collect();
        let first = values[0].filter(|first| *first > 0.0);
        let shown = |value: f64| match unit {
            Unit::Micros => millis_of(value),
            Unit::PerSecond => format!("{value:.1}/s"),
            Unit::Count => format!("{value:.0}"),
        };
        let bare = |value: f64| match unit {
            Unit::PerSecond => format!("{value:.3}"),
            Unit::Micros | Unit::Count => format!("{value:.0}"),
        };
        Row {
            operation: operation.to_owned(),
            figure: name,
            shown: values.iter().map(|value| value.map(shown)).collect(),
            bare: values.iter().map(|value| value.map(bare)).collect(),
            change: values.iter().map(|value| Some((*value)? / first? - 1.0)).collect(),
        }
    }
}

fn rate(row: &OperationRow, report: &LoadReport) -> f64 {
    if report.duration_s > 0.0 {
        exact(row.ok) / report.duration_s
    } else {
        0.0
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts and microseconds of ten minutes fit")]
fn exact(count: u64) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it came from a count of microseconds"
)]
fn millis_of(us: f64) -> String {
    millis(us as u64)
}

fn percent(change: Option<f64>) -> String {
    change.map_or_else(String::new, |change| format!("{:+.1}%", change * 100.0))
}

fn verdict(report: &LoadReport) -> &'static str {
    match report.verdict {
        LoadVerdict::Pass => "pass",
        LoadVerdict::Fail => "FAIL",
        LoadVerdict::Invalid => "INVALID",
        LoadVerdict::Incomplete => "INCOMPLETE",
    }
}

#[cfg(test)]
mod tests;
