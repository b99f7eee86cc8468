//! The result of a load run for people.

use crate::console::{Column, Style, Table, Tone};
use proofload_results::figures::{mebibytes, millis};
use proofload_results::load::{
    HTTP_2, LINES_EXPLAINED, LoadReport, LoadVerdict, OperationRow, Protocol, SloState, address_lines,
};
use proofload_results::text;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The summary: verdict, arrivals, a table of operations, SLOs, findings, the generator.
pub fn render(report: &LoadReport, style: &Style) -> String {
    let mut out = String::new();
    let (word, tone) = match report.verdict {
        LoadVerdict::Pass => ("PASS", Tone::Good),
        LoadVerdict::Fail => ("FAIL", Tone::Bad),
        LoadVerdict::Invalid => ("INVALID", Tone::Bad),
        LoadVerdict::Incomplete => ("INCOMPLETE", Tone::Doubtful),
        LoadVerdict::Part => ("PART", Tone::Doubtful),
    };
    let arrivals = &report.arrivals;
    let _ = writeln!(
        out,
        "{} on {} for {:.1} s, seed {}\n\narrivals  {} due, {} sent, {} done, {} unsent\n",
        text::line(&report.scenario),
        text::line(&report.target),
        report.duration_s,
        report.seed,
        arrivals.due,
        arrivals.sent,
        arrivals.done,
        arrivals.unsent
    );
    table(&mut out, report, style);
    super::phases::console(&mut out, report, style);
    super::guards::console(&mut out, report, style);
    for slo in &report.slos {
        let state = match slo.state() {
            SloState::Held => style.paint(Tone::Good, "held  "),
            SloState::Missed => style.paint(Tone::Bad, "MISSED"),
            SloState::Undecided => style.paint(Tone::Doubtful, "UNDECIDED"),
        };
        let _ = writeln!(
            out,
            "SLO {state}  {}  (measured {})",
            text::line(&slo.slo),
            text::line(&slo.figures())
        );
    }
    for finding in &report.findings {
        let _ = writeln!(out, "finding: {}", text::line(finding));
    }
    super::machines::console(&mut out, report.watched.as_ref());
    if let Some(protocol) = &report.protocol {
        let _ = writeln!(out, "calls  {}", text::line(&protocol.to_string()));
    }
    for line in address_lines(&report.addresses) {
        let _ = writeln!(out, "address  {}", text::line(&line));
    }
    let generator = &report.generator;
    let _ = writeln!(
        out,
        "generator  {} users, {} threads, schedule lag p50 {} p99 {} ms, CPU {:.1} s, memory {} MB, {}",
        generator.users,
        generator.threads,
        millis(generator.schedule_lag_us.p50),
        millis(generator.schedule_lag_us.p99),
        generator.cpu_s,
        mebibytes(generator.max_rss_bytes),
        if generator.healthy {
            "healthy".to_owned()
        } else {
            style.paint(Tone::Bad, "NOT HEALTHY")
        }
    );
    for reason in &generator.reasons {
        let _ = writeln!(out, "  {}", text::line(reason));
    }
    let _ = writeln!(out, "\n{}: {}", style.paint(tone, word), text::line(report.headline()));
    style.finish(out)
}

fn table(out: &mut String, report: &LoadReport, style: &Style) {
    let mut table = Table::new(vec![
        Column::words("operation, ms"),
        Column::figures("ok"),
        Column::figures("errors"),
        Column::figures("p50"),
        Column::figures("p90").need(4),
        Column::figures("p99"),
        Column::figures("p99.9").need(3),
        Column::figures("max").need(5),
        Column::figures("svc p50").need(1),
        Column::figures("svc p99").need(2),
    ]);
    for row in &report.operations {
        let errors = (row.errors > 0).then_some(Tone::Bad);
        for (place, line) in row.response_lines().iter().enumerate() {
            let name = line
                .of
                .map_or_else(|| row.name.clone(), |of| format!("{}, {of}", row.name));
            let [p50, p90, _, p99, p999, max] = line.figures;
            let mut response = [p50, p90, p99, p999, max].map(response);
            if !row.tells_p999() {
                "–".clone_into(&mut response[3]);
            }
            let mut counts = [(row.ok.to_string(), None), (row.errors.to_string(), errors)];
            let mut service = [row.service_us.p50, row.service_us.p99].map(millis);
            if place > 0 {
                // Said in the line above.
                counts = [(String::new(), None), (String::new(), None)];
                service = [String::new(), String::new()];
            }
            let figures = response.into_iter().chain(service);
            table.toned(
                std::iter::once((name, None))
                    .chain(counts)
                    .chain(figures.map(|figure| (figure, None))),
            );
        }
    }
    let (rows, _) = table.render(style);
    out.push_str(&rows);
    if report.operations.iter().any(|row| row.response_lines().len() > 1) {
        let _ = writeln!(out, "{LINES_EXPLAINED}");
    }
    let width = report
        .operations
        .iter()
        .map(|row| row.name.chars().count())
        .max()
        .unwrap_or(0);
    out.push('\n');
    for row in report.operations.iter().filter(|row| row.stale > 0) {
        let _ = writeln!(out, "{:width$}  {}", text::line(&row.name), stale(row, report));
    }
    for row in report.operations.iter().filter(|row| row.errors > 0) {
        let _ = writeln!(out, "{:width$}  {}", text::line(&row.name), text::line(&endings(row)));
        for reason in reasons(row) {
            let _ = writeln!(out, "{:width$}    {}", "", text::line(&reason));
        }
    }
}

/// How many calls were sent once more, and why. Over HTTP/2 a call is only where the server said that it did nothing of it.
pub(crate) fn stale(row: &OperationRow, report: &LoadReport) -> String {
    const CLOSED: &str = "the server closed the idle connection just then";
    const REFUSED: &str = "the server said over HTTP/2 that it did nothing of the call (REFUSED_STREAM or GOAWAY)";
    let protocol = report.protocol.as_ref();
    let protocol = protocol.filter(|protocol| protocol.asked.http2);
    let answers = |protocol: &Protocol, http_2: bool| {
        let mut of = protocol
            .answers
            .iter()
            .filter(|(version, _)| (*version == HTTP_2) == http_2);
        of.any(|(_, count)| *count > 0)
    };
    let why = match protocol.map(|protocol| (answers(protocol, true), answers(protocol, false))) {
        None | Some((false, true)) => CLOSED.to_owned(),
        Some((true, false)) => REFUSED.to_owned(),
        Some(_) => format!("{CLOSED}, or {REFUSED}"),
    };
    format!("{} x stale: {why}, and the call was sent once more", row.stale)
}

/// Why calls got no answer, the commonest reason first.
pub(crate) fn reasons(row: &OperationRow) -> Vec<String> {
    let mut reasons: Vec<_> = row.reasons.iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let shown = reasons.into_iter().map(|(reason, count)| format!("{count} x {reason}"));
    shown.collect()
}

/// A response time; that of an answer that never came.
pub(crate) fn response(us: Option<u64>) -> String {
    us.map_or_else(|| "never".to_owned(), millis)
}

pub(crate) fn endings(row: &OperationRow) -> String {
    counts(&row.statuses)
}

/// What was counted, as in `3 x 200, 1 x 503`.
pub(crate) fn counts(counts: &BTreeMap<String, u64>) -> String {
    let each: Vec<String> = counts
        .iter()
        .map(|(status, count)| format!("{count} x {status}"))
        .collect();
    each.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::load::missed;

    #[test]
    fn why_calls_got_no_answer_stands_under_their_count_the_commonest_first() {
        let mut report = missed();
        let row = &mut report.operations[0];
        row.statuses.insert("connect".to_owned(), 60);
        row.reasons.insert("cannot connect: A".to_owned(), 2);
        row.reasons.insert("cannot connect: \u{1b}[31m".to_owned(), 58);
        let shown = render(&report, &Style::PLAIN);
        let line = |text: &str| shown.lines().position(|line| line.trim_start().starts_with(text));
        let [counts, common, rare] = [
            "publish     ",
            "58 x cannot connect: \\u{1b}[31m",
            "2 x cannot connect: A",
        ]
        .map(line);
        assert!(!shown.contains("stale"), "{shown}");
        report.operations[0].stale = 3;
        assert!(
            render(&report, &Style::PLAIN).contains("3 x stale: the server closed the idle connection just then, and")
        );
        let mut protocol = report.protocol.clone().unwrap();
        protocol.asked.http2 = true;
        for (answers, why) in [
            (
                &[HTTP_2][..],
                "3 x stale: the server said over HTTP/2 that it did nothing of the call",
            ),
            (
                &["HTTP/1.1"],
                "3 x stale: the server closed the idle connection just then, and",
            ),
            (&["HTTP/1.1", HTTP_2], "just then, or the server said over HTTP/2"),
        ] {
            protocol.answers = answers.iter().map(|version| ((*version).to_owned(), 1)).collect();
            report.protocol = Some(protocol.clone());
            let shown = render(&report, &Style::PLAIN);
            assert!(shown.contains(why), "{shown}");
        }
        assert!(common.is_some() && common < rare && counts < common, "{shown}");
    }
}
