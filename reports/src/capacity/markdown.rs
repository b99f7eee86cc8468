//! The result of a capacity search as Markdown, for a step summary or a comment.

use super::csv::word;
use crate::markdown::{CELL_CHARS, code, prose};
use proofload_results::capacity::{CapacityReport, StepRow, StepVerdict};
use proofload_results::figures::{millis_of_step, three_digits};
use std::fmt::Write as _;

/// Renders a report as Markdown.
pub fn render(report: &CapacityReport) -> String {
    let mut out = format!(
        "# Capacity: {}\n\n{}.\n\nScenario {} on {}, started {}, took {:.0} s, seed {}.\n",
        word(&report.verdict),
        prose(report.sentence.trim_end_matches('.'), 4 * CELL_CHARS),
        code(&report.scenario, CELL_CHARS),
        code(&report.target, CELL_CHARS),
        prose(&report.started_at, CELL_CHARS),
        report.duration_s,
        report.seed,
    );
    answer(&mut out, report);
    latency(&mut out, report);
    for (what, sentences) in [("Reason", &report.reasons), ("Finding", &report.findings)] {
        for sentence in sentences {
            let _ = write!(out, "\n{what}: {}\n", prose(sentence, 4 * CELL_CHARS));
        }
    }
    out.push_str("\n<details><summary>How it was measured</summary>\n");
    for sentence in &report.method {
        let _ = write!(out, "\nMethod: {}\n", prose(sentence, 4 * CELL_CHARS));
    }
    steps(&mut out, &report.steps);
    out.push_str("\n</details>\n");
    out
}

fn answer(out: &mut String, report: &CapacityReport) {
    out.push_str("\n| | |\n|---|---:|\n");
    if let Some(cameras) = &report.cameras
        && let Some(count) = cameras.count
    {
        let _ = writeln!(out, "| cameras at {} | **{count}** |", cameras.each());
    }
    if let Some(rate) = report.sustained_per_s {
        let _ = writeln!(out, "| carries | **{}/s** |", three_digits(rate));
    }
    if let Some([low, high]) = report.bracket_per_s {
        let _ = writeln!(out, "| between | {} and {}/s |", three_digits(low), three_digits(high));
    }
    if let Some(limit) = &report.limited_by {
        let _ = writeln!(out, "| breaks first above that | {} |", code(limit, CELL_CHARS));
    }
    if let Some(need) = &report.need {
        let met = match (need.met, need.headroom) {
            (Some(true), Some(headroom)) => format!("met, {:.0}% to spare", headroom * 100.0),
            (Some(false), Some(headroom)) => format!("**not met**, {:.0}% short", -headroom * 100.0),
            (Some(true), None) => "met".to_owned(),
            (Some(false), None) => "**not met**".to_owned(),
            (None, _) => "not known".to_owned(),
        };
        let _ = writeln!(out, "| need {}/s | {met} |", three_digits(need.rate_per_s));
    }
    let _ = writeln!(
        out,
        "| confirmed by a run of its own | {} |",
        if report.confirmed { "yes" } else { "no" }
    );
}

/// What to expect at shares of the carried rate.
fn latency(out: &mut String, report: &CapacityReport) {
    if report.latency.is_empty() {
        return;
    }
    out.push_str("\nWhat to expect, response time in ms:\n\n| of what it carries | rate | p50 | p95 | p99 |\n|---:|---:|---:|---:|---:|\n");
    for row in &report.latency {
        let us = row.response_us;
        let _ = writeln!(
            out,
            "| {:.0}% | {}/s | {} | {} | {} |",
            row.share * 100.0,
            three_digits(row.rate_per_s),
            millis_of_step(us.p50),
            millis_of_step(us.p95),
            millis_of_step(us.p99),
        );
    }
}

fn steps(out: &mut String, steps: &[StepRow]) {
    out.push_str(
        "\nResponse time in ms.\n\n| step | for | rate | achieved | p50 | p99 | errors | |\n|---:|---|---:|---:|---:|---:|---:|---|\n",
    );
    for step in steps {
        let _ = writeln!(
            out,
            "| {} | {} | {}/s | {}/s | {} | {} | {} | {} |",
            step.number,
            word(&step.purpose),
            three_digits(step.rate_per_s),
            three_digits(step.achieved_per_s),
            millis_of_step(step.response_us.p50),
            millis_of_step(step.response_us.p99),
            step.errors,
            match step.verdict {
                _ if step.set_aside.is_some() => "left out".to_owned(),
                StepVerdict::Hopeless => "stopped early".to_owned(),
                verdict => word(&verdict),
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::capacity as examples;

    #[test]
    fn a_search_that_found_a_rate() {
        insta::assert_snapshot!(render(&examples::found()));
    }

    #[test]
    fn a_search_whose_generator_gave_out() {
        let text = render(&examples::generator_gave_out());
        assert!(text.starts_with("# Capacity: invalid"), "{text}");
        assert!(text.contains("Reason: arrivals were sent late"), "{text}");
        assert!(!text.contains("carries"), "{text}");
    }
}
