//! Markdown for a step summary (`$GITHUB_STEP_SUMMARY`) or a comment on a merge request.
//!
//! The verdict and the counts first, then a table of what deviates, what could not be tested, what was accepted and
//! why cases were skipped; each deviation has its clause and its curl line under it. Whatever a server put into the
//! report ends as text: nothing it can send becomes a table cell, a link, an element or the end of a code fence.

use crate::markdown::{CELL_CHARS, MAX_BYTES, code, fence, prose};
use proofload_results::text;
use proofload_results::validate::{CaseResult, CommonCause, ValidateReport, Verdict};
use std::collections::HashMap;
use std::fmt::Write;

/// What is kept back of [`MAX_BYTES`] for the words that say how much was left out.
const RESERVE_BYTES: usize = 2_000;
/// Reasons for skipping that are listed one by one.
const MAX_SKIP_REASONS: usize = 20;
/// A longer curl line is left out: cut short it would repeat nothing.
const MAX_CURL_BYTES: usize = 16 * 1024;
/// Causes that are listed: they must leave room for the cases.
const MOST_CAUSES: usize = 50;
/// Cases that are named beside a cause.
const NAMED: usize = 3;

/// Renders a report as Markdown, short enough for a step summary.
pub fn render(report: &ValidateReport) -> String {
    let mut page = Page::default();
    page.push(&headline(report));
    page.push(&premises(report));
    page.push(&circumstances(report));
    causes(&mut page, &report.common_causes());
    for (title, verdict) in [
        ("Failures", Verdict::Fail),
        ("Could not be tested", Verdict::Error),
        ("Warnings", Verdict::Warn),
    ] {
        deviations(&mut page, title, &of(report, |case| case.verdict == verdict));
    }
    accepted(&mut page, &of(report, |case| case.accepted.is_some()));
    skipped(
        &mut page,
        &of(report, |case| case.verdict == Verdict::Skip && case.accepted.is_none()),
    );
    page.finish()
}

fn of(report: &ValidateReport, keep: impl Fn(&CaseResult) -> bool) -> Vec<&CaseResult> {
    report.cases.iter().filter(|case| keep(case)).collect()
}

fn headline(report: &ValidateReport) -> String {
    let summary = report.summary;
    format!(
        "# Conformance: {verdict}\n\n{sentence}\n\n\
         | pass | fail | warn | skip | error |\n|---:|---:|---:|---:|---:|\n\
         | {} | {} | {} | {} | {} |\n",
        summary.pass,
        summary.fail,
        summary.warn,
        summary.skip,
        summary.error,
        verdict = report.verdict,
        sentence = prose(&report.sentence().to_string(), 8 * CELL_CHARS),
    )
}

/// What everything else rests on and does not hold.
fn premises(report: &ValidateReport) -> String {
    let mut text = String::new();
    for premise in report.premises() {
        let _ = write!(text, "\n**First:** {}\n", prose(&premise.sentence, 8 * CELL_CHARS));
    }
    text
}

/// What failed, warned or could not be tested, a row for each cause.
fn causes(page: &mut Page, causes: &[CommonCause]) {
    let head = format!(
        "\n## Causes ({})\n\n| cases | what they have in common | which |\n|---|---|---|\n",
        causes.len()
    );
    let rows = causes.iter().take(MOST_CAUSES).map(cause_row);
    page.section(&head, rows);
}

/// The row of one cause, in a table of three columns: how many cases, what they have in common, the first of them.
pub(crate) fn cause_row(cause: &CommonCause) -> String {
    let named: Vec<String> = cause.cases.iter().take(NAMED).map(|id| code(id, CELL_CHARS)).collect();
    let more = cause.cases.len() - named.len();
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let sentence = prose(&cause.sentence, 4 * CELL_CHARS);
    format!("| {} | {sentence} | {}{more} |\n", cause.counts(), named.join(", "))
}

/// What was run, when and how.
fn circumstances(report: &ValidateReport) -> String {
    let Some(run) = &report.run else {
        return String::new();
    };
    let mut text = format!(
        "\nTarget {} at {}, started {}, took {:.1} s, seed {}{}.\n",
        code(&run.target, CELL_CHARS),
        code(&run.base_url, CELL_CHARS),
        prose(&run.started, CELL_CHARS),
        run.duration_s,
        run.seed,
        if run.strict { ", strict" } else { "" },
    );
    for note in &run.notes {
        let _ = write!(text, "\nNote: {}\n", prose(note, 4 * CELL_CHARS));
    }
    text
}

/// A table of cases, and under it each with its clause and its curl line.
fn deviations(page: &mut Page, title: &str, cases: &[&CaseResult]) {
    let head = format!(
        "\n## {title} ({})\n\n| case | expected | observed | severity | source |\n|---|---|---|---|---|\n",
        cases.len()
    );
    let rows = cases.iter().map(|case| {
        format!(
            "| {} | {} | {} | {} | {} |\n",
            code(&case.id, CELL_CHARS),
            code(&case.expected, CELL_CHARS),
            code(&case.observed, CELL_CHARS),
            case.severity,
            case.source,
        )
    });
    page.section(&head, rows);
    let head = "\n<details><summary>Details of each</summary>\n";
    page.block(head, cases.iter().map(|case| repetition(case)), "\n</details>\n");
}

fn repetition(case: &CaseResult) -> String {
    let mut out = format!(
        "\n{}: {}\n",
        code(&case.id, CELL_CHARS),
        prose(&case.detail, 4 * CELL_CHARS)
    );
    match &case.command() {
        Some(curl) if curl.len() <= MAX_CURL_BYTES => {
            out.push('\n');
            out.push_str(&fence("sh", curl));
        }
        Some(curl) => {
            let _ = writeln!(out, "\n(Its curl line of {} bytes is in the JSON report.)", curl.len());
        }
        None => {}
    }
    let exchange = case.exchange.as_ref().map(ToString::to_string);
    for (language, more) in [("http", &exchange), ("diff", &case.diff)] {
        if let Some(more) = more {
            out.push('\n');
            out.push_str(&fence(language, &text::clip(more, MAX_CURL_BYTES)));
        }
    }
    out
}

fn accepted(page: &mut Page, cases: &[&CaseResult]) {
    let head = format!(
        "\n## Accepted deviations ({})\n\n| case | would be | reason | owner | until |\n|---|---|---|---|---|\n",
        cases.len()
    );
    let rows = cases.iter().filter_map(|case| {
        let acceptance = case.accepted.as_ref()?;
        Some(format!(
            "| {} | {} | {} | {} | {} |\n",
            code(&case.id, CELL_CHARS),
            acceptance.verdict,
            prose(&acceptance.reason, CELL_CHARS),
            prose(&acceptance.owner, CELL_CHARS),
            acceptance.expires,
        ))
    });
    page.section(&head, rows);
}

/// Hundreds of cases may be skipped for one reason, so the reasons are counted.
fn skipped(page: &mut Page, cases: &[&CaseResult]) {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for case in cases {
        let place = *places.entry(&case.detail).or_insert_with(|| {
            counts.push((&case.detail, 0));
            counts.len() - 1
        });
        counts[place].1 += 1;
    }
    counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let head = format!("\n## Skipped ({})\n\n| cases | reason |\n|---:|---|\n", cases.len());
    let rows = counts.iter().take(MAX_SKIP_REASONS);
    page.section(
        &head,
        rows.map(|(reason, count)| format!("| {count} | {} |\n", prose(reason, CELL_CHARS))),
    );
    if counts.len() > MAX_SKIP_REASONS {
        page.push(&format!("\nAnd {} more reasons.\n", counts.len() - MAX_SKIP_REASONS));
    }
}

/// A text that stops growing at [`MAX_BYTES`] and counts what it left out.
#[derive(Default)]
struct Page {
    text: String,
    left_out: usize,
}

impl Page {
    fn fits(&self, text: &str) -> bool {
        self.text.len() + text.len() + RESERVE_BYTES <= MAX_BYTES
    }

    fn push(&mut self, text: &str) {
        if self.fits(text) {
            self.text.push_str(text);
        } else {
            self.left_out += 1;
        }
    }

    /// A head and its rows; nothing at all without rows.
    fn section(&mut self, head: &str, rows: impl Iterator<Item = String>) {
        self.block(head, rows, "");
    }

    /// As [`Self::section`], with an end that is written whenever the head was.
    fn block(&mut self, head: &str, rows: impl Iterator<Item = String>, end: &str) {
        let mut rows = rows.peekable();
        let opens = rows
            .peek()
            .is_some_and(|first| self.fits(&format!("{head}{first}{end}")));
        if opens {
            self.text.push_str(head);
        }
        for row in rows {
            if opens && self.fits(&format!("{row}{end}")) {
                self.text.push_str(&row);
            } else {
                self.left_out += 1;
            }
        }
        if opens {
            self.text.push_str(end);
        }
    }

    fn finish(mut self) -> String {
        if self.left_out > 0 {
            let _ = writeln!(
                self.text,
                "\n{} more lines were left out to keep this summary within {MAX_BYTES} bytes; the JSON report has all of them.",
                self.left_out
            );
        }
        self.text
    }
}

#[cfg(test)]
mod tests;
