//! The report within a screen: causes instead of cases, and one row for all operations with the same cells.

use super::{accounts, grouped, tone};
use crate::console::{Column, Style, Table, Tone};
use proofload_results::figures;
use proofload_results::text;
use proofload_results::validate::{Cell, CommonCause, ValidateReport, Verdict};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Causes that are shown.
const MOST_CAUSES: usize = 7;
/// Rows of the matrix that are shown.
const MOST_ROWS: usize = 14;
/// Reasons that are shown.
const MOST_REASONS: usize = 4;
/// Cases that are named beside a cause.
const NAMED: usize = 3;
/// The longest command line, in characters.
const COMMAND: usize = 300;
/// The longest sentence, in characters.
const SENTENCE: usize = 360;
/// The longest list of operations at the beginning of a row, in characters.
const OPERATIONS: usize = 44;

/// What failed, warned or could not be tested, by cause: a sentence and the first cases of each.
pub(super) fn causes(out: &mut String, report: &ValidateReport, style: &Style) {
    let all = report.common_causes();
    for cause in all.iter().take(MOST_CAUSES) {
        let word = match cause.verdict {
            Verdict::Fail => style.paint(Tone::Bad, "FAIL "),
            Verdict::Error => style.paint(Tone::Doubtful, "error"),
            _ => style.paint(Tone::Doubtful, "warn "),
        };
        let sentence = text::clip(&text::line(&cause.sentence), SENTENCE);
        let counted = cause.how_many().map_or_else(String::new, |count| format!("{count}: "));
        let _ = writeln!(out, "{word} {counted}{sentence}");
        let _ = writeln!(out, "      {}", cases(cause));
        if let Some(command) = repeat(report, cause) {
            let _ = writeln!(out, "      repeat   {command}");
        }
    }
    let more = all.len().saturating_sub(MOST_CAUSES);
    if more > 0 {
        let cases: usize = all.iter().skip(MOST_CAUSES).map(|cause| cause.cases.len()).sum();
        let cases = figures::of(cases, "case", "cases");
        let _ = writeln!(
            out,
            "      and {}, {cases}",
            figures::of(more, "more cause", "more causes")
        );
    }
    if !all.is_empty() {
        out.push('\n');
    }
}

/// What a person types to see it again; a command line only where it is short.
fn repeat(report: &ValidateReport, cause: &CommonCause) -> Option<String> {
    let mut cases = cause.cases.iter();
    let command = cases.find_map(|id| report.cases.iter().find(|case| case.id == *id)?.command())?;
    (command.chars().count() <= COMMAND).then(|| text::line(&command))
}

fn cases(cause: &CommonCause) -> String {
    let named: Vec<String> = cause.cases.iter().take(NAMED).map(|id| text::line(id)).collect();
    let more = cause.cases.len() - named.len();
    let more = if more > 0 {
        format!(" and {} more", figures::grouped(more as u64))
    } else {
        String::new()
    };
    format!("{}{more}", named.join(", "))
}

/// Operations with the same cells, and these.
struct Row<'a> {
    place: usize,
    operations: Vec<&'a str>,
    cells: Vec<Option<Cell>>,
}

impl Row<'_> {
    /// What is worth being seen first.
    fn rank(&self) -> Reverse<u8> {
        let weight = |cell: &Option<Cell>| match cell.map(Cell::verdict) {
            Some(Verdict::Fail) => 3,
            Some(Verdict::Warn | Verdict::Error) => 2,
            Some(Verdict::Pass | Verdict::Skip) => 1,
            None => 0,
        };
        Reverse(self.cells.iter().map(weight).max().unwrap_or_default())
    }

    fn name(&self) -> String {
        let mut name = String::new();
        for (number, operation) in self.operations.iter().enumerate() {
            let operation = text::line(operation);
            let more = self.operations.len() - number;
            if number > 0 && name.chars().count() + operation.chars().count() > OPERATIONS {
                let _ = write!(name, " and {more} more");
                break;
            }
            let comma = if number > 0 { ", " } else { "" };
            let _ = write!(name, "{comma}{operation}");
        }
        name
    }
}

/// The matrix, operations with the same cells in one row.
pub(super) fn matrix(report: &ValidateReport, style: &Style) -> String {
    let accounts = accounts(report);
    let mut rows = rows(report, &accounts);
    let all = rows.len();
    if rows.is_empty() {
        return String::new();
    }
    rows.sort_by_key(Row::rank);
    rows.truncate(MOST_ROWS);
    rows.sort_by_key(|row| row.place);
    let columns = ["operations"].into_iter().chain(accounts.iter().copied());
    let mut table = Table::new(columns.map(Column::words).collect());
    for row in &rows {
        let name = row.name();
        let cells: Vec<String> = row
            .cells
            .iter()
            .map(|cell| cell.map_or_else(String::new, |cell| cell.to_string()))
            .collect();
        let cells = cells.iter().map(|cell| (cell.as_str(), tone(cell)));
        table.toned([(name.as_str(), None)].into_iter().chain(cells));
    }
    let mut shown = table.in_blocks(style);
    if all > rows.len() {
        let more = figures::of(all - rows.len(), "more row", "more rows");
        let _ = writeln!(shown, "and {more} with other cells");
    }
    shown
}

fn rows<'a>(report: &'a ValidateReport, accounts: &[&str]) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    for (place, cases) in grouped(report).into_iter().enumerate() {
        let of = |account: &&str| {
            let theirs = cases.iter().filter(|case| case.account.as_deref() == Some(*account));
            Cell::of(theirs.copied())
        };
        let cells: Vec<Option<Cell>> = accounts.iter().map(of).collect();
        if cells.iter().all(Option::is_none) {
            continue;
        }
        let operation = cases[0].group();
        match rows.iter_mut().find(|row| row.cells == cells) {
            Some(row) => row.operations.push(operation),
            None => rows.push(Row {
                place,
                operations: vec![operation],
                cells,
            }),
        }
    }
    rows
}

/// Why cases were not tested, the reasons that most share first.
pub(super) fn skipped(out: &mut String, report: &ValidateReport) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let skipped = |verdict| verdict == Verdict::Skip;
    for case in report
        .cases
        .iter()
        .filter(|case| skipped(case.verdict) && case.accepted.is_none())
    {
        *counts.entry(&case.detail).or_default() += 1;
    }
    let mut reasons: Vec<(&str, usize)> = counts.into_iter().collect();
    reasons.sort_by_key(|(_, cases)| Reverse(*cases));
    if reasons.is_empty() {
        return;
    }
    out.push_str("Not tested:\n");
    for (reason, cases) in reasons.iter().take(MOST_REASONS) {
        let reason = text::clip(&text::line(reason.trim_end_matches('.')), SENTENCE);
        let _ = writeln!(out, "  {}: {reason}", figures::of(*cases, "case", "cases"));
    }
    let more = reasons.len().saturating_sub(MOST_REASONS);
    if more > 0 {
        let _ = writeln!(out, "  and {}", figures::of(more, "more reason", "more reasons"));
    }
    out.push('\n');
}
