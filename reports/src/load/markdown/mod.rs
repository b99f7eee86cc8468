//! The result of a load run as Markdown, for a step summary or a comment.

use crate::load::console::{endings, reasons, response, stale};
use crate::markdown::{CELL_CHARS, code, prose};
use proofload_results::figures::millis;
use proofload_results::load::{LINES_EXPLAINED, LoadReport, LoadVerdict, SloState, address_lines};
use std::fmt::Write as _;

/// Renders a report as Markdown.
pub fn render(report: &LoadReport) -> String {
    let mut out = String::new();
    let verdict = match report.verdict {
        LoadVerdict::Pass => "pass",
        LoadVerdict::Fail => "FAIL",
        LoadVerdict::Invalid => "INVALID",
        LoadVerdict::Incomplete => "INCOMPLETE",
        LoadVerdict::Part => "PART",
    };
    let arrivals = &report.arrivals;
    let _ = write!(
        out,
        "# Load: {verdict}\n\nVerdict: {}\n\nScenario {} on {} for {:.1} s, seed {}: {} arrivals due, {} sent, {} done, {} unsent.\n",
        prose(report.headline(), 4 * CELL_CHARS),
        code(&report.scenario, CELL_CHARS),
        code(&report.target, CELL_CHARS),
        report.duration_s,
        report.seed,
        arrivals.due,
        arrivals.sent,
        arrivals.done,
        arrivals.unsent,
    );
    objectives(&mut out, report);
    operations(&mut out, report);
    crate::load::guards::markdown(&mut out, report);
    if let Some(protocol) = &report.protocol {
        let generator = &report.generator;
        let _ = write!(
            out,
            "\nCalls: {}; {} virtual users on {} threads.\n",
            prose(&protocol.to_string(), 4 * CELL_CHARS),
            generator.users,
            generator.threads
        );
    }
    for line in address_lines(&report.addresses) {
        let _ = write!(out, "\nAddress {}\n", prose(&line, CELL_CHARS));
    }
    for finding in &report.findings {
        let _ = write!(out, "\nFinding: {}\n", prose(finding, 4 * CELL_CHARS));
    }
    for reason in &report.generator.reasons {
        let _ = write!(out, "\nGenerator: {}\n", prose(reason, 4 * CELL_CHARS));
    }
    out
}

fn objectives(out: &mut String, report: &LoadReport) {
    if report.slos.is_empty() {
        return;
    }
    out.push_str("\n| objective | measured | |\n|---|---:|---|\n");
    for slo in &report.slos {
        let held = match slo.state() {
            SloState::Held => "held",
            SloState::Missed => "**missed**",
            SloState::Undecided => "**undecided**",
        };
        let (stated, measured) = (code(&slo.slo, CELL_CHARS), code(&slo.figures(), CELL_CHARS));
        let _ = writeln!(out, "| {stated} | {measured} | {held} |");
    }
}

fn operations(out: &mut String, report: &LoadReport) {
    out.push_str(
        "\nResponse time in ms, from due to the last byte; service time from sent.\n\n\
         | operation | ok | errors | p50 | p90 | p99 | p99.9 | max | service p50 | service p99 |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for row in &report.operations {
        for (place, line) in row.response_lines().iter().enumerate() {
            let of = line.of.map_or_else(String::new, |of| format!(", {of}"));
            let counts = if place == 0 {
                [row.ok, row.errors].map(|count| count.to_string())
            } else {
                <[String; 2]>::default()
            };
            let _ = write!(
                out,
                "| {}{of} | {} | {} |",
                code(&row.name, CELL_CHARS),
                counts[0],
                counts[1]
            );
            let [p50, p90, _, p99, p999, max] = line.figures;
            for figure in [p50, p90, p99, p999, max] {
                let _ = write!(out, " {} |", response(figure));
            }
            let service = [row.service_us.p50, row.service_us.p99];
            for us in service {
                let figure = if place == 0 { millis(us) } else { String::new() };
                let _ = write!(out, " {figure} |");
            }
            out.push('\n');
        }
    }
    if report.operations.iter().any(|row| row.response_lines().len() > 1) {
        let _ = write!(out, "\n{LINES_EXPLAINED}.\n");
    }
    for row in report.operations.iter().filter(|row| row.stale > 0) {
        let (name, stale) = (code(&row.name, CELL_CHARS), prose(&stale(row, report), CELL_CHARS));
        let _ = write!(out, "\nCalls of {name}: {stale}\n");
    }
    for row in report.operations.iter().filter(|row| row.errors > 0) {
        let (name, endings) = (code(&row.name, CELL_CHARS), prose(&endings(row), CELL_CHARS));
        let _ = write!(out, "\nAnswers of {name}: {endings}\n");
        for reason in reasons(row) {
            let _ = write!(out, "\nNo answer to {name}: {}\n", prose(&reason, CELL_CHARS));
        }
    }
}

#[cfg(test)]
mod tests;
