//! A gate as Markdown, for a step summary or a comment on a merge request.

use super::console::mode;
use crate::markdown::{CELL_CHARS, MAX_BYTES, code, fence, prose};
use proofload_results::figures;
use proofload_results::gate::words;
use proofload_results::gate::{GateReport, GateVerdict};
use proofload_results::record::RunStatus;
use std::fmt::Write as _;

/// Renders a report as Markdown of at most 900 kB.
pub fn render(report: &GateReport) -> String {
    let complete = match report.status {
        RunStatus::Complete => "",
        RunStatus::Running | RunStatus::Incomplete => ", not complete",
    };
    let mut out = format!("# Gate: {}{complete}\n\n", report.verdict);
    let _ = writeln!(
        out,
        "{} of {}: {:.0} s of the baseline, {:.0} s of the candidate; {} tolerated, {} confidence, seed {}.\n",
        mode(report.mode),
        code(&report.scenario, CELL_CHARS),
        report.baseline.measured_s,
        report.candidate.measured_s,
        figures::percent(report.settings.tolerance.get()),
        figures::percent(report.settings.confidence.get()),
        report.settings.seed
    );
    list(&mut out, &report.reasons);
    table(&mut out, report);
    if let Some(conformance) = &report.conformance {
        let summary = conformance.summary;
        let _ = writeln!(
            out,
            "\n## Conformance\n\n{} pass, {} fail, {} warn, {} skip, {} error.\n",
            summary.pass, summary.fail, summary.warn, summary.skip, summary.error
        );
        for case in &conformance.deviations {
            let _ = writeln!(
                out,
                "- {} {}",
                code(&case.id, CELL_CHARS),
                prose(&case.detail, CELL_CHARS)
            );
        }
        for case in &conformance.deviations {
            if let Some(diff) = case.diff.as_ref().filter(|diff| out.len() + diff.len() < MAX_BYTES) {
                let _ = write!(out, "\n{}\n\n{}", code(&case.id, CELL_CHARS), fence("diff", diff));
            }
        }
    }
    if !report.warnings.is_empty() {
        out.push_str("\n## Warnings\n\n");
        list(&mut out, &report.warnings);
    }
    out
}

fn list(out: &mut String, sentences: &[String]) {
    for sentence in sentences {
        let _ = writeln!(out, "- {}", prose(sentence, 4 * CELL_CHARS));
    }
}

fn table(out: &mut String, report: &GateReport) {
    out.push_str(
        "\n| comparison | baseline | candidate | change | interval | limit | detectable | verdict |\n\
         |---|---:|---:|---:|---:|---:|---:|---|\n",
    );
    for comparison in &report.comparisons {
        let verdict = match comparison.verdict {
            GateVerdict::Regressed => "**regressed**".to_owned(),
            _ => words::verdict(comparison),
        };
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {verdict} |",
            code(&words::name(comparison), CELL_CHARS),
            words::value(comparison.metric, comparison.baseline),
            words::value(comparison.metric, comparison.candidate),
            words::change(comparison),
            words::interval(comparison),
            words::limit(comparison),
            words::detectable(comparison),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::gate as examples;

    #[test]
    fn it_reads_well() {
        insta::assert_snapshot!(render(&examples::regressed()));
    }

    #[test]
    fn a_hostile_name_stays_in_its_cell() {
        let mut report = examples::interleaved();
        report.comparisons[0].operation = "| x | <script>\n\n# forged".to_owned();
        report.scenario = "`](http://evil.example)".to_owned();
        report.warnings = vec!["<img src=x>\n# forged".to_owned()];
        let markdown = render(&report);
        let events: Vec<_> = pulldown_cmark::Parser::new_ext(&markdown, pulldown_cmark::Options::all()).collect();
        let text = format!("{events:?}");
        assert!(!text.contains("InlineHtml(Borrowed(\"<script"), "{text}");
        assert!(!text.contains("<img"), "{text}");
        assert_eq!(text.matches("Start(Heading").count(), 2, "{text}");
        assert_eq!(text.matches("Start(Link").count(), 0, "{text}");
    }
}
