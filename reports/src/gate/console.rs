//! The result of a gate for people.

use crate::console::{Column, Style, Table, Tone};
use proofload_results::figures;
use proofload_results::gate::words;
use proofload_results::gate::{GateReport, GateVerdict, Mode, Sequential};
use proofload_results::record::RunStatus;
use proofload_results::text;
use std::fmt::Write as _;

/// What was compared, a table of comparisons, why, what else differs, the verdict.
pub fn render(report: &GateReport, style: &Style) -> String {
    let mut out = heading(report);
    let (table, cut) = table(report, style);
    out.push_str(&table);
    if cut {
        out.push_str(&style.paint(Tone::Faint, "columns are left out; a wider terminal shows them all\n"));
    }
    out.push('\n');
    for comparison in &report.comparisons {
        // What a reason says below is not said twice.
        let said = |note: &&String| report.reasons.iter().any(|reason| reason.contains(note.as_str()));
        if let Some(note) = comparison.note.as_ref().filter(|note| !said(note)) {
            let note = format!("{}: {}\n", words::name(comparison), text::line(note));
            out.push_str(&style.paint(Tone::Faint, &note));
        }
    }
    if let Some(sequential) = &report.sequential {
        out.push_str(&looks(sequential));
    }
    if let Some(conformance) = &report.conformance {
        let summary = conformance.summary;
        let _ = writeln!(
            out,
            "conformance  {} pass, {} fail, {} warn, {} skip, {} error, snapshots in {}",
            summary.pass,
            summary.fail,
            summary.warn,
            summary.skip,
            summary.error,
            text::line(&conformance.snapshot)
        );
        for case in &conformance.deviations {
            let _ = writeln!(
                out,
                "  {:5} {}  {}",
                case.verdict,
                text::line(&case.id),
                text::line(&case.detail)
            );
        }
    }
    for warning in &report.warnings {
        let _ = writeln!(
            out,
            "{} {}",
            style.paint(Tone::Doubtful, "warning:"),
            text::line(warning)
        );
    }
    for reason in &report.reasons {
        let _ = writeln!(out, "{}", text::line(reason));
    }
    let mut verdict = report.verdict.to_string().to_uppercase();
    if report.status != RunStatus::Complete {
        verdict.push_str(" (not complete)");
    }
    let _ = writeln!(out, "\n{}", style.paint(tone(report.verdict), &verdict));
    style.finish(out)
}

fn heading(report: &GateReport) -> String {
    let settings = &report.settings;
    let mut out = format!("gate on {}\n", text::line(&report.scenario));
    for (name, side) in [("baseline ", &report.baseline), ("candidate", &report.candidate)] {
        let _ = write!(
            out,
            "{name}  {:.0} s in {} run{}",
            side.measured_s,
            side.runs.len(),
            plural(side.runs.len())
        );
        for run in &side.runs {
            if report.mode == Mode::Interleaved {
                let _ = write!(out, "  {}", text::line(&run.base_url));
            }
            if let Some(directory) = &run.directory {
                let _ = write!(out, "  {}", text::line(directory));
            }
        }
        out.push('\n');
    }
    let _ = write!(
        out,
        "tolerated  {} or {} ms or {} errors",
        figures::percent(settings.tolerance.get()),
        settings.floor_us.get() / 1e3,
        figures::percent(settings.error_floor.get())
    );
    for other in &settings.tolerances {
        let _ = write!(
            out,
            ", {} {}",
            text::line(&other.what),
            figures::percent(other.tolerance.get())
        );
    }
    let _ = writeln!(
        out,
        ", {} confidence, seed {}\n",
        figures::percent(settings.confidence.get()),
        settings.seed
    );
    out
}

fn table(report: &GateReport, style: &Style) -> (String, bool) {
    let mut table = Table::new(vec![
        Column::words("comparison"),
        Column::figures("baseline").need(4),
        Column::figures("candidate").need(5),
        Column::figures("change").need(6),
        Column::figures("interval").need(3),
        Column::figures("limit").need(2),
        Column::figures("detectable").need(1),
        Column::words("verdict"),
    ]);
    for comparison in &report.comparisons {
        let plain = [
            words::name(comparison),
            words::value(comparison.metric, comparison.baseline),
            words::value(comparison.metric, comparison.candidate),
            words::change(comparison),
            words::interval(comparison),
            words::limit(comparison),
            words::detectable(comparison),
        ];
        let cells = plain.into_iter().map(|cell| (cell, None));
        let said = if comparison.judged {
            tone(comparison.verdict)
        } else {
            Tone::Faint
        };
        table.toned(cells.chain([(words::verdict(comparison), Some(said))]));
    }
    table.render(style)
}

fn looks(sequential: &Sequential) -> String {
    let mut out = format!(
        "{} of at most {} pairs of blocks of {} s, {:.0} s in all; {}\n",
        sequential.pairs,
        sequential.planned_pairs,
        sequential.block_s,
        sequential.elapsed_s,
        text::line(&sequential.method)
    );
    for look in &sequential.looks {
        let _ = writeln!(
            out,
            "  look after {} pairs, spending {}: {}",
            look.pairs,
            figures::percent(look.spent.get()),
            look.verdict
        );
    }
    out
}

fn tone(verdict: GateVerdict) -> Tone {
    match verdict {
        GateVerdict::Regressed => Tone::Bad,
        GateVerdict::NotRegressed => Tone::Good,
        GateVerdict::Inconclusive => Tone::Doubtful,
    }
}

fn plural(number: usize) -> &'static str {
    if number == 1 { "" } else { "s" }
}

/// How the two sides were measured, in a word.
pub(super) fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Records => "recorded runs",
        Mode::Interleaved => "interleaved",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::gate as examples;

    #[test]
    fn it_reads_well() {
        insta::assert_snapshot!("records", render(&examples::regressed(), &Style::PLAIN));
        insta::assert_snapshot!("interleaved", render(&examples::interleaved(), &Style::PLAIN));
        insta::assert_snapshot!("narrow", render(&examples::regressed(), &Style::PLAIN.wide(72)));
    }
}
