//! The report as a person reads it on a terminal: the verdict, what it rests on, what is wrong by its causes, and the matrix
//! of operations by accounts. Every case only where everything is to be shown.
//!
//! Colours only repeat what the words say.

mod brief;

use crate::console::{Column, Style, Table, Tone};
use proofload_results::figures;
use proofload_results::text;
use proofload_results::validate::{CaseResult, Cell, ValidateReport, Verdict, tally};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What is shown of a diff; reports for machines have more of it.
const MAX_DIFF_LINES: usize = 40;
/// Accepted deviations that fit on a screen with all the rest.
const MOST_ACCEPTED: usize = 4;

/// A longer command line is not printed: it would hide what it belongs to.
const MAX_COMMAND: usize = 600;

/// Renders a report for people.
pub fn render(report: &ValidateReport, style: &Style) -> String {
    let mut out = String::new();
    head(&mut out, report, style);
    brief::causes(&mut out, report, style);
    if style.verbose {
        out.push_str(&matrix(report, style));
        deviations(&mut out, report, style);
        accepted(&mut out, report, usize::MAX);
        reasons(&mut out, report, Verdict::Error, "Could not be tested");
        reasons(&mut out, report, Verdict::Skip, "Not tested");
    } else {
        out.push_str(&brief::matrix(report, style));
        accepted(&mut out, report, MOST_ACCEPTED);
        brief::skipped(&mut out, report);
    }
    foot(&mut out, report, style);
    style.finish(out)
}

/// Who was tested, the verdict in one sentence, and what it rests on.
fn head(out: &mut String, report: &ValidateReport, style: &Style) {
    if let Some(run) = &report.run {
        let _ = writeln!(out, "{} at {}\n", text::line(&run.target), text::line(&run.base_url));
    }
    let headline = report.sentence();
    let word = style.paint(verdict_tone(report.verdict), &headline.word);
    let _ = writeln!(out, "{word}: {}\n", text::line(&headline.sentence));
    for premise in report.premises() {
        let word = style.paint(Tone::Doubtful, "First");
        let _ = writeln!(out, "{word}: {}\n", text::line(&premise.sentence));
    }
}

/// One row of the matrix: an operation, its cells by account, and how the checks beside them came out.
struct Row<'a> {
    operation: &'a str,
    cells: BTreeMap<&'a str, String>,
    checks: String,
}

fn matrix(report: &ValidateReport, style: &Style) -> String {
    let accounts = accounts(report);
    let columns = ["operation"].into_iter().chain(accounts.iter().copied());
    let mut table = Table::new(columns.chain(["checks"]).map(Column::words).collect());
    for row in grouped(report).into_iter().map(|cases| row(&cases)) {
        let cells = accounts
            .iter()
            .map(|account| row.cells.get(account).map_or("", String::as_str));
        let judged = cells.chain([row.checks.as_str()]).map(|cell| (cell, tone(cell)));
        table.toned([(row.operation, None)].into_iter().chain(judged));
    }
    table.in_blocks(style)
}

/// The accounts in the order of the run, or as the cases name them.
fn accounts(report: &ValidateReport) -> Vec<&str> {
    if let Some(run) = &report.run {
        return run.accounts.iter().map(String::as_str).collect();
    }
    let mut accounts: Vec<&str> = Vec::new();
    for account in report.cases.iter().filter_map(|case| case.account.as_deref()) {
        if !accounts.contains(&account) {
            accounts.push(account);
        }
    }
    accounts
}

/// The cases of each group, in order.
fn grouped(report: &ValidateReport) -> Vec<Vec<&CaseResult>> {
    let mut groups: Vec<Vec<&CaseResult>> = Vec::new();
    for case in &report.cases {
        match groups.iter_mut().find(|group| group[0].group() == case.group()) {
            Some(group) => group.push(case),
            None => groups.push(vec![case]),
        }
    }
    groups
}

fn row<'a>(cases: &[&'a CaseResult]) -> Row<'a> {
    let (cells, checks): (Vec<&CaseResult>, Vec<&CaseResult>) = cases.iter().partition(|case| case.account.is_some());
    let mut by_account: BTreeMap<&str, Vec<&CaseResult>> = BTreeMap::new();
    for case in cells {
        by_account
            .entry(case.account.as_deref().unwrap_or_default())
            .or_default()
            .push(case);
    }
    Row {
        operation: cases[0].group(),
        cells: by_account
            .into_iter()
            .filter_map(|(account, cases)| Some((account, Cell::of(cases)?.to_string())))
            .collect(),
        checks: tally(checks),
    }
}

/// A cell says what it is; its colour repeats it.
fn tone(cell: &str) -> Option<Tone> {
    if cell.contains("FAIL") {
        Some(Tone::Bad)
    } else if cell.contains("warn") || cell.contains("error") {
        Some(Tone::Doubtful)
    } else if ["skip", "not tested", "accepted"]
        .iter()
        .any(|word| cell.contains(word))
    {
        Some(Tone::Faint)
    } else if cell == "ok" || cell == "403" {
        Some(Tone::Good)
    } else {
        None
    }
}

fn deviations(out: &mut String, report: &ValidateReport, style: &Style) {
    for verdict in [Verdict::Fail, Verdict::Warn] {
        for case in report.cases.iter().filter(|case| case.verdict == verdict) {
            deviation(out, case, style);
        }
    }
}

fn deviation(out: &mut String, case: &CaseResult, style: &Style) {
    let word = if case.verdict == Verdict::Fail {
        style.paint(Tone::Bad, "FAIL")
    } else {
        style.paint(Tone::Doubtful, "warn")
    };
    let _ = writeln!(
        out,
        "{word}  {}  ({}, {})",
        text::line(&case.id),
        case.severity,
        case.source
    );
    let _ = writeln!(out, "      {}", text::line(&case.operation));
    let _ = writeln!(out, "      {}", text::line(&case.detail));
    let _ = writeln!(out, "      expected {}", text::line(&case.expected));
    let _ = writeln!(out, "      observed {}", text::line(&case.observed));
    if let Some(exchange) = &case.exchange
        && !exchange.body.is_empty()
    {
        let _ = writeln!(out, "      body     {}", text::line(&exchange.body));
    }
    repeat(out, case);
    if let Some(diff) = &case.diff {
        differences(out, diff);
    }
    out.push('\n');
}

/// What to type: the script where there is one, else a command line, where that is short enough to be read.
fn repeat(out: &mut String, case: &CaseResult) {
    match case.command() {
        Some(command) if command.len() <= MAX_COMMAND => {
            let _ = writeln!(out, "      repeat   {}", text::line(&command));
        }
        Some(_) => out.push_str("      repeat   with the script that a record of the run holds\n"),
        None => {}
    }
}

fn differences(out: &mut String, diff: &str) {
    for line in diff.lines().take(MAX_DIFF_LINES) {
        let _ = writeln!(out, "      {}", text::line(line));
    }
    let more = diff.lines().count().saturating_sub(MAX_DIFF_LINES);
    if more > 0 {
        let _ = writeln!(out, "      … and {more} more lines");
    }
}

/// What would have deviated, had nobody accepted it.
fn accepted(out: &mut String, report: &ValidateReport, most: usize) {
    let cases = report.cases.iter();
    let cases: Vec<_> = cases.filter_map(|case| Some((case, case.accepted.as_ref()?))).collect();
    if cases.is_empty() {
        return;
    }
    out.push_str("Accepted:\n");
    for (case, acceptance) in cases.iter().take(most) {
        let _ = writeln!(
            out,
            "  {} ({} until {}, {}): {}",
            text::line(&case.id),
            acceptance.verdict,
            acceptance.expires,
            text::line(&acceptance.owner),
            text::line(&acceptance.reason)
        );
    }
    let more = cases.len().saturating_sub(most);
    if more > 0 {
        let _ = writeln!(out, "  and {}", figures::of(more, "more", "more"));
    }
    out.push('\n');
}

/// Skipped and untestable cases by reason: many share one.
fn reasons(out: &mut String, report: &ValidateReport, verdict: Verdict, title: &str) {
    let mut reasons: Vec<(&str, Vec<&CaseResult>)> = Vec::new();
    for case in report
        .cases
        .iter()
        .filter(|case| case.verdict == verdict && case.accepted.is_none())
    {
        match reasons.iter_mut().find(|(reason, _)| *reason == case.detail) {
            Some((_, cases)) => cases.push(case),
            None => reasons.push((&case.detail, vec![case])),
        }
    }
    if reasons.is_empty() {
        return;
    }
    let _ = writeln!(out, "{title}:");
    for (reason, cases) in reasons {
        let named: Vec<String> = cases.iter().take(3).map(|case| text::line(&case.id)).collect();
        let more = cases.len() - named.len();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let _ = writeln!(
            out,
            "  {}: {}{more}",
            text::line(reason.trim_end_matches('.')),
            named.join(", ")
        );
    }
    out.push('\n');
}

fn verdict_tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Fail => Tone::Bad,
        Verdict::Warn | Verdict::Error | Verdict::Skip => Tone::Doubtful,
    }
}

fn foot(out: &mut String, report: &ValidateReport, style: &Style) {
    let summary = report.summary;
    if let Some(run) = &report.run {
        for note in &run.notes {
            let _ = writeln!(out, "note: {}", text::line(note));
        }
    }
    let verdict = style.paint(verdict_tone(report.verdict), &report.verdict.to_string());
    let _ = write!(
        out,
        "{verdict}: {} cases, {} pass, {} fail, {} warn, {} skip, {} error",
        summary.total(),
        summary.pass,
        summary.fail,
        summary.warn,
        summary.skip,
        summary.error
    );
    let accepted = report.cases.iter().filter(|case| case.accepted.is_some()).count();
    if accepted > 0 {
        let _ = write!(out, ", {accepted} accepted");
    }
    if let Some(run) = &report.run {
        let _ = write!(out, " in {:.1} s, seed {}", run.duration_s, run.seed);
    }
    out.push('\n');
}

#[cfg(test)]
mod tests;
