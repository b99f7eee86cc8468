//! The result of a load run as Markdown, for a step summary or a comment.

use crate::load::console::{endings, reasons, stale};
use crate::markdown::{CELL_CHARS, code, prose};
use proofload_results::figures::millis;
use proofload_results::load::{LoadReport, LoadVerdict};
use std::fmt::Write as _;

/// Renders a report as Markdown.
pub fn render(report: &LoadReport) -> String {
    let mut out = String::new();
    let verdict = match report.verdict {
        LoadVerdict::Pass => "pass",
        LoadVerdict::Fail => "FAIL",
        LoadVerdict::Invalid => "INVALID, the generator was the bottleneck",
        LoadVerdict::Incomplete => "INCOMPLETE",
    };
    let arrivals = &report.arrivals;
    let _ = write!(
        out,
        "# Load: {verdict}\n\nScenario {} on {} for {:.1} s, seed {}: {} arrivals due, {} sent, {} done, {} unsent.\n",
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
        let held = if slo.held { "held" } else { "**missed**" };
        let (stated, measured) = (code(&slo.slo, CELL_CHARS), code(&slo.measured, CELL_CHARS));
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
        let (response, service) = (&row.response_us, &row.service_us);
        let _ = write!(out, "| {} | {} | {} |", code(&row.name, CELL_CHARS), row.ok, row.errors);
        for us in [
            response.p50,
            response.p90,
            response.p99,
            response.p999,
            response.max,
            service.p50,
            service.p99,
        ] {
            let _ = write!(out, " {} |", millis(us));
        }
        out.push('\n');
    }
    for row in report.operations.iter().filter(|row| row.stale > 0) {
        let (name, stale) = (code(&row.name, CELL_CHARS), prose(&stale(row), CELL_CHARS));
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
