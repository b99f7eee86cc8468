//! The result of a load run for people.

use crate::load::{LoadReport, LoadVerdict, OperationRow};
use crate::text;
use std::fmt::Write as _;

/// The summary: verdict, arrivals, a table of operations, SLOs, findings, the generator.
pub fn render(report: &LoadReport) -> String {
    let mut out = String::new();
    let verdict = match report.verdict {
        LoadVerdict::Pass => "PASS",
        LoadVerdict::Fail => "FAIL",
        LoadVerdict::Invalid => "INVALID: the generator was the bottleneck, the figures are doubtful",
        LoadVerdict::Incomplete => "INCOMPLETE: interrupted before its end",
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
    table(&mut out, report);
    for slo in &report.slos {
        let held = if slo.held { "held  " } else { "MISSED" };
        let _ = writeln!(
            out,
            "SLO {held}  {}  (measured {})",
            text::line(&slo.slo),
            text::line(&slo.measured)
        );
    }
    for finding in &report.findings {
        let _ = writeln!(out, "finding: {}", text::line(finding));
    }
    let generator = &report.generator;
    let _ = writeln!(
        out,
        "generator  {} users, {} threads, schedule lag p50 {} p99 {} ms, CPU {:.1} s, memory {:.0} MB, {}",
        generator.users,
        generator.threads,
        millis(generator.schedule_lag_us.p50),
        millis(generator.schedule_lag_us.p99),
        generator.cpu_s,
        mebibytes(generator.max_rss_bytes),
        if generator.healthy { "healthy" } else { "NOT HEALTHY" }
    );
    for reason in &generator.reasons {
        let _ = writeln!(out, "  {}", text::line(reason));
    }
    let _ = writeln!(out, "\n{verdict}");
    out
}

fn table(out: &mut String, report: &LoadReport) {
    let width = report
        .operations
        .iter()
        .map(|row| row.name.chars().count())
        .max()
        .unwrap_or(0)
        .max(9);
    let _ = writeln!(
        out,
        "{:width$}  {:>9} {:>7}  {:>9} {:>9} {:>9} {:>9} {:>9}   {:>9} {:>9}",
        "ms", "ok", "errors", "p50", "p90", "p99", "p99.9", "max", "svc p50", "svc p99"
    );
    for row in &report.operations {
        let (response, service) = (&row.response_us, &row.service_us);
        let _ = writeln!(
            out,
            "{:width$}  {:>9} {:>7}  {:>9} {:>9} {:>9} {:>9} {:>9}   {:>9} {:>9}",
            text::line(&row.name),
            row.ok,
            row.errors,
            millis(response.p50),
            millis(response.p90),
            millis(response.p99),
            millis(response.p999),
            millis(response.max),
            millis(service.p50),
            millis(service.p99),
        );
    }
    out.push('\n');
    for row in report.operations.iter().filter(|row| row.errors > 0) {
        let _ = writeln!(out, "{:width$}  {}", text::line(&row.name), text::line(&endings(row)));
    }
}

fn endings(row: &OperationRow) -> String {
    let each: Vec<String> = row
        .statuses
        .iter()
        .map(|(status, count)| format!("{count} x {status}"))
        .collect();
    each.join(", ")
}

fn millis(us: u64) -> String {
    let ms = std::time::Duration::from_micros(us).as_secs_f64() * 1e3;
    if ms < 100.0 {
        format!("{ms:.2}")
    } else {
        format!("{ms:.0}")
    }
}

fn mebibytes(bytes: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "shown without decimals")]
    let bytes = bytes as f64;
    bytes / (1024.0 * 1024.0)
}
