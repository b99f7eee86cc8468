//! The parts of a dossier in Markdown: all that its page says.

use crate::markdown::{CELL_CHARS, code, prose};
use crate::validate::markdown::cause_row;
use crate::{capacity, load};
use proofload_results::certify::{Conformance, Dossier};
use proofload_results::figures::three_digits;
use std::fmt::Write as _;

/// Causes that are listed; the record has all of them.
const MOST_CAUSES: usize = 100;

/// What came of validating: the sentence, the premises, the counts, the causes, what was not tested, the deviations.
pub(super) fn conformance(out: &mut String, part: &Conformance) {
    out.push_str("\n## Conformance\n");
    if let Some(headline) = &part.headline {
        let _ = write!(out, "\n{}\n", prose(&headline.to_string(), 8 * CELL_CHARS));
    }
    for premise in &part.premises {
        let _ = write!(out, "\n**First:** {}\n", prose(&premise.sentence, 8 * CELL_CHARS));
    }
    let accounts: Vec<String> = part.accounts.iter().map(|account| code(account, CELL_CHARS)).collect();
    let summary = part.summary;
    let _ = write!(
        out,
        "\nAccounts: {}.\n\n| pass | fail | warn | error | skip |\n|---:|---:|---:|---:|---:|\n| {} | {} | {} | {} | {} |\n",
        accounts.join(", "),
        summary.pass,
        summary.fail,
        summary.warn,
        summary.error,
        summary.skip,
    );
    if part.incomplete {
        out.push_str("\nIt was interrupted: cases that had not begun count as errors.\n");
    }
    causes(out, part);
    if !part.skipped.is_empty() {
        out.push_str("\n### What was not tested\n\n| why | cases |\n|---|---:|\n");
        for skipped in &part.skipped {
            let _ = writeln!(
                out,
                "| {} | {} |",
                prose(&skipped.reason, 4 * CELL_CHARS),
                skipped.cases
            );
        }
    }
    deviations(out, part);
    accepted(out, part);
}

fn causes(out: &mut String, part: &Conformance) {
    if part.causes.is_empty() {
        return;
    }
    out.push_str("\n### Causes\n\n| cases | what they have in common | which |\n|---|---|---|\n");
    out.extend(part.causes.iter().take(MOST_CAUSES).map(cause_row));
}

fn deviations(out: &mut String, part: &Conformance) {
    if part.deviations.is_empty() {
        return;
    }
    out.push_str("\n### Deviations\n\n| case | | expected | observed |\n|---|---|---|---|\n");
    for deviation in &part.deviations {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            code(&deviation.case, CELL_CHARS),
            deviation.verdict,
            code(&deviation.expected, CELL_CHARS),
            code(&deviation.observed, CELL_CHARS)
        );
    }
    let summary = part.summary;
    let more = (summary.fail + summary.warn + summary.error).saturating_sub(part.deviations.len());
    if more > 0 {
        let _ = write!(out, "\n{more} more in `validate/validate.json` of the record.\n");
    }
}

fn accepted(out: &mut String, part: &Conformance) {
    if part.accepted.is_empty() {
        return;
    }
    out.push_str("\n### Accepted deviations\n\n| case | would be | owner | until | reason |\n|---|---|---|---|---|\n");
    for accepted in &part.accepted {
        let acceptance = &accepted.acceptance;
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            code(&accepted.case, CELL_CHARS),
            acceptance.verdict,
            prose(&acceptance.owner, CELL_CHARS),
            acceptance.expires,
            prose(&acceptance.reason, CELL_CHARS)
        );
    }
}

/// The load and the search, each as it is shown by itself.
pub(super) fn loads(out: &mut String, dossier: &Dossier) {
    if let Some(report) = &dossier.load {
        out.push_str(&below(&load::markdown::render(report)));
    }
    if let Some(report) = &dossier.capacity {
        out.push_str(&below(&capacity::markdown::render(report)));
        let carries = report
            .sustained_per_s
            .map_or_else(|| "unknown".to_owned(), |rate| format!("{}/s", three_digits(rate)));
        let need = dossier
            .need_per_s
            .map_or_else(|| "not stated".to_owned(), |need| format!("{}/s", three_digits(need)));
        let objectives: Vec<String> = report.slos.iter().map(|slo| code(slo, CELL_CHARS)).collect();
        let _ = write!(
            out,
            "\nNeeded: {need}. Carried: {carries}. Objectives: {}.\n",
            objectives.join(", ")
        );
    } else if dossier.capacity_left_out {
        out.push_str("\n## Capacity\n\nLeft out on purpose: how much the deployment carries was not asked.\n");
    }
}

/// A document as a part of another: its headings one level deeper. Neither rendering has a fence, in which a line could
/// begin so without being a heading.
fn below(markdown: &str) -> String {
    let mut out = String::from("\n");
    for line in markdown.lines() {
        if line.starts_with('#') {
            out.push('#');
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}
