//! The result of a capacity search for people: the sentence, the curve, the steps.

use super::curve;
use crate::console::{Column, Style, Table, Tone};
use proofload_results::capacity::{CapacityReport, CapacityVerdict, Estimate, Purpose, StepRow, StepVerdict};
use proofload_results::figures::{millis_of_step, rate};
use proofload_results::text;
use std::fmt::Write as _;

/// The summary: verdict and answer, latency at shares of it, the curve, the steps, what else is to be known.
pub fn render(report: &CapacityReport, style: &Style) -> String {
    let mut out = String::new();
    let journey = report
        .journey
        .as_ref()
        .map_or_else(String::new, |name| format!(", journey {}", text::line(name)));
    let _ = writeln!(
        out,
        "{}{journey} on {} for {:.0} s, seed {}\n",
        text::line(&report.scenario),
        text::line(&report.target),
        report.duration_s,
        report.seed
    );
    out.push_str(&steps(report, style));
    let chart = curve::draw(report, style.width);
    if !chart.is_empty() {
        let _ = write!(out, "\n{chart}");
    }
    latency(&mut out, report, style);
    for reason in &report.reasons {
        let _ = writeln!(out, "reason: {}", text::line(reason));
    }
    for finding in &report.findings {
        let _ = writeln!(out, "finding: {}", text::line(finding));
    }
    let (word, tone) = match report.verdict {
        CapacityVerdict::Pass => ("PASS", Tone::Good),
        CapacityVerdict::Fail => ("FAIL", Tone::Bad),
        CapacityVerdict::Invalid => ("INVALID", Tone::Bad),
        CapacityVerdict::Incomplete => ("INCOMPLETE", Tone::Doubtful),
    };
    let confirmed = match (report.verdict, report.confirmed) {
        (CapacityVerdict::Pass | CapacityVerdict::Fail, true) => " (confirmed by a run of its own)",
        _ => "",
    };
    for sentence in &report.method {
        let _ = writeln!(out, "method: {}", text::line(sentence));
    }
    knee(&mut out, report);
    let sentence = style.paint(Tone::Strong, &text::line(&report.sentence));
    let _ = writeln!(out, "\n{}: {sentence}{confirmed}", style.paint(tone, word));
    style.finish(out)
}

fn steps(report: &CapacityReport, style: &Style) -> String {
    let mut table = Table::new(vec![
        Column::figures("step").need(5),
        Column::words("for").need(4),
        Column::figures("rate/s"),
        Column::figures("done/s").need(8),
        Column::figures("for s").need(2),
        Column::figures("p50 ms").need(6),
        Column::figures("p90 ms").need(1),
        Column::figures("p99 ms"),
        Column::figures("p99.9 ms").need(3),
        Column::figures("errors").need(7),
        Column::words("verdict"),
    ]);
    for step in &report.steps {
        let response = &step.response_us;
        let (word, tone) = said(step);
        table.toned([
            (step.number.to_string(), None),
            (purpose(step).to_owned(), None),
            (rate(step.rate_per_s), None),
            (rate(step.achieved_per_s), None),
            (format!("{:.0}", step.measured_s), None),
            (millis_of_step(response.p50), None),
            (millis_of_step(response.p90), None),
            (millis_of_step(response.p99), None),
            (p999(response.p999, step.tells_p999()), None),
            (step.errors.to_string(), None),
            (word.to_owned(), Some(tone)),
        ]);
    }
    table.render(style).0
}

/// The 99.9th percentile, where there were calls enough for one.
fn p999(us: u64, told: bool) -> String {
    if told { millis_of_step(us) } else { "-".to_owned() }
}

fn purpose(step: &StepRow) -> &'static str {
    match step.purpose {
        Purpose::Ramp => "ramp",
        Purpose::Bisect => "bisect",
        Purpose::Edge => "edge",
        Purpose::Confirm => "confirm",
        Purpose::Latency => "latency",
        Purpose::Return => "again",
        Purpose::Hold => "hold",
    }
}

fn said(step: &StepRow) -> (&'static str, Tone) {
    match step.verdict {
        _ if step.set_aside.is_some() => ("left out", Tone::Doubtful),
        StepVerdict::Held => ("held", Tone::Good),
        StepVerdict::Broke if !step.steady => ("broke: calls piled up", Tone::Bad),
        StepVerdict::Broke => ("broke", Tone::Bad),
        StepVerdict::Hopeless => ("stopped early", Tone::Bad),
        StepVerdict::Invalid => ("generator unhealthy", Tone::Doubtful),
        StepVerdict::Incomplete => ("incomplete", Tone::Doubtful),
    }
}

fn latency(out: &mut String, report: &CapacityReport, style: &Style) {
    if report.latency.is_empty() {
        return;
    }
    let mut table = Table::new(vec![
        Column::words("latency at"),
        Column::figures("rate/s"),
        Column::figures("p50 ms"),
        Column::figures("p90 ms").need(1),
        Column::figures("p99 ms"),
        Column::figures("p99.9 ms").need(2),
    ]);
    for row in &report.latency {
        table.row([
            format!("{:.0}%", row.share * 100.0),
            rate(row.rate_per_s),
            millis_of_step(row.response_us.p50),
            millis_of_step(row.response_us.p90),
            millis_of_step(row.response_us.p99),
            p999(row.response_us.p999, row.tells_p999()),
        ]);
    }
    let _ = write!(out, "\n{}", table.render(style).0);
}

fn knee(out: &mut String, report: &CapacityReport) {
    let between = |estimate: &Estimate, digits: usize| {
        format!(
            "{:.digits$} ({:.digits$} to {:.digits$})",
            estimate.value, estimate.low, estimate.high
        )
    };
    match (&report.usl.fit, &report.usl.why_not) {
        (Some(fit), _) => {
            let knee = match (&fit.knee_per_s, &fit.knee_in_flight) {
                (Some(per_s), Some(calls)) => {
                    format!(
                        "knee at {}/s with {} calls under way",
                        between(per_s, 0),
                        between(calls, 1)
                    )
                }
                _ => "no knee: throughput is not seen to fall again".to_owned(),
            };
            let _ = writeln!(
                out,
                "method: scalability law, {knee}; contention {}, coherency {}",
                between(&fit.alpha, 3),
                between(&fit.beta, 5)
            );
        }
        (None, Some(why)) => {
            let _ = writeln!(out, "method: scalability law not fitted: {}", text::line(why));
        }
        (None, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::capacity as examples;

    #[test]
    fn an_answer_and_no_answer() {
        insta::assert_snapshot!("found", render(&examples::found(), &Style::PLAIN));
        insta::assert_snapshot!("gave_out", render(&examples::generator_gave_out(), &Style::PLAIN));
    }

    #[test]
    fn it_fits_narrow_terminals_and_ascii() {
        let style = Style {
            unicode: false,
            ..Style::PLAIN.wide(60)
        };
        let shown = render(&examples::found(), &style);
        assert!(shown.is_ascii());
        let table = shown.lines().filter(|line| line.contains("ramp") || line.contains('|'));
        assert!(
            table.clone().count() > 5 && table.into_iter().all(|line| line.len() <= 60),
            "{shown}"
        );
    }

    #[test]
    fn a_hostile_target_cannot_get_out() {
        let mut report = examples::found();
        report.target = "http://x/\u{1b}[31m\n\u{202e}".to_owned();
        report.reasons = vec!["\u{1b}]0;title\u{7}".to_owned()];
        let shown = render(&report, &Style::PLAIN);
        assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{shown:?}");
    }
}
