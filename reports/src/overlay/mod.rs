//! Several load runs side by side: the same figures of each in columns.
//!
//! It only shows; whether a difference is one, `gate` says.

use crate::console::{Column, Style, Table, Tone};
use crate::csv::Csv;
use crate::markdown::code;
use proofload_results::figures::{self, millis};
use proofload_results::load::{LoadReport, LoadVerdict, OperationRow};
use proofload_results::text;
use std::fmt::Write as _;

/// What a hostile server may put into one cell.
const CELL_CHARS: usize = 200;

/// Several load runs, each with the name it is shown under.
#[derive(Debug)]
pub struct Overlay<'a> {
    runs: &'a [(&'a str, &'a LoadReport)],
}

/// A figure over all runs.
#[derive(Debug)]
pub(crate) struct Row {
    /// The `operationId`.
    pub(crate) operation: String,
    /// `p99`, `errors`.
    pub(crate) figure: &'static str,
    /// In what its values are.
    pub(crate) unit: Unit,
    /// For each run; none where it did not make the operation.
    pub(crate) values: Vec<Option<f64>>,
    /// How much more it is than in the first run, as a share.
    pub(crate) change: Vec<Option<f64>>,
}

/// A figure of an operation.
type Figure = (&'static str, fn(&OperationRow, &LoadReport) -> f64, Unit);

/// In what a figure is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    /// Microseconds.
    Micros,
    /// So many a second.
    PerSecond,
    /// A count.
    Count,
}

impl Unit {
    /// With its unit, for people.
    fn shown(self, value: f64) -> String {
        match self {
            Self::Micros => millis(figures::whole(value)),
            Self::PerSecond => format!("{value:.1}/s"),
            Self::Count => format!("{value:.0}"),
        }
    }

    /// Without, for programs.
    fn bare(self, value: f64) -> String {
        match self {
            Self::PerSecond => format!("{value:.3}"),
            Self::Micros | Self::Count => format!("{value:.0}"),
        }
    }

    /// Its name, for programs.
    fn name(self) -> &'static str {
        match self {
            Self::Micros => "us",
            Self::PerSecond => "1/s",
            Self::Count => "1",
        }
    }
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
    pub fn of(runs: &'a [(&'a str, &'a LoadReport)]) -> Self {
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
            .map(|(number, _)| Column::figures(&format!("{number} vs 1")).need(1));
        columns.extend(changes);
        let mut table = Table::new(columns);
        for row in self.rows() {
            let cells = [row.operation.clone(), row.figure.to_owned()].into_iter();
            let values = row.cells(Unit::shown);
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
            let _ = write!(out, " {number} vs 1 |");
        }
        out.push_str("\n|---|---|");
        out.push_str(&"---:|".repeat(2 * self.runs.len() - 1));
        out.push('\n');
        for row in self.rows() {
            let _ = write!(out, "| {} | {} |", code(&row.operation, CELL_CHARS), row.figure);
            let changes = row.change.iter().skip(1).map(|change| percent(*change));
            for cell in row.cells(Unit::shown).chain(changes) {
                let _ = write!(out, " {cell} |");
            }
            out.push('\n');
        }
        out
    }

    /// For programs: one line for each figure of each operation, a column for each run.
    pub fn csv(&self) -> String {
        let fixed = ["operation", "figure", "unit"].map(str::to_owned).into_iter();
        let mut table = Csv::new(fixed.chain(self.runs.iter().map(|(name, _)| (*name).to_owned())));
        for row in self.rows() {
            let cells = [row.operation.clone(), row.figure.to_owned(), row.unit.name().to_owned()];
            table.row(cells.into_iter().chain(row.cells(Unit::bare)));
        }
        table.finish()
    }

    fn heads(&self) -> impl Iterator<Item = (usize, &(&'a str, &'a LoadReport))> {
        (1..).zip(self.runs)
    }

    /// Every figure of every operation, in the order of the runs.
    pub(crate) fn rows(&self) -> Vec<Row> {
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
        Row {
            operation: operation.to_owned(),
            figure: name,
            unit,
            change: values.iter().map(|value| Some((*value)? / first? - 1.0)).collect(),
            values,
        }
    }
}

impl Row {
    /// Its values as text, empty where a run has none.
    fn cells(&self, as_text: fn(Unit, f64) -> String) -> impl Iterator<Item = String> {
        let text = move |value: &Option<f64>| value.map_or_else(String::new, |value| as_text(self.unit, value));
        self.values.iter().map(text)
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

fn percent(change: Option<f64>) -> String {
    change.map_or_else(String::new, figures::change)
}

fn verdict(report: &LoadReport) -> &'static str {
    match report.verdict {
        LoadVerdict::Pass => "pass",
        LoadVerdict::Fail => "FAIL",
        LoadVerdict::Invalid => "INVALID",
        LoadVerdict::Incomplete => "INCOMPLETE",
        LoadVerdict::Part => "PART",
    }
}

#[cfg(test)]
mod tests;
