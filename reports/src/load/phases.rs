//! Where the time of calls went, for people at a terminal.

use crate::console::{Column, Style, Table};
use proofload_results::figures::{millis, percent};
use proofload_results::load::{LoadReport, NO_DNS, PhaseRow};
use std::fmt::Write as _;

/// A part below this share of the time, of which no call took a millisecond, is not shown at a terminal.
const LEAST_SHARE: f64 = 0.005;
/// See [`LEAST_SHARE`], in microseconds.
const LEAST_US: u64 = 1_000;

/// A table of the parts that take any time worth a line; nothing for records that do not tell.
pub(super) fn console(out: &mut String, report: &LoadReport, style: &Style) {
    let mut table = Table::new(vec![
        Column::words("where the time goes, ms"),
        Column::figures("of the time"),
        Column::figures("calls").need(2),
        Column::figures("p50"),
        Column::figures("p99"),
        Column::figures("max").need(1),
    ]);
    let worth = |row: &&PhaseRow| row.share >= LEAST_SHARE || row.us.max >= LEAST_US;
    let mut any = false;
    for operation in &report.operations {
        for row in operation.phases.iter().filter(worth) {
            any = true;
            let us = row.us;
            table.toned([
                (format!("{}, {}", operation.name, row.phase.title()), None),
                (percent(row.share), None),
                (row.calls.to_string(), None),
                (millis(us.p50), None),
                (millis(us.p99), None),
                (millis(us.max), None),
            ]);
        }
    }
    if any {
        let (rows, _) = table.render(style);
        let _ = writeln!(out, "{rows}{NO_DNS}\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::load::missed;
    use proofload_results::load::{Percentiles, Phase};

    #[test]
    fn half_of_the_time_that_is_handshakes_can_be_read() {
        let row = |phase, share, p99| PhaseRow {
            phase,
            calls: 100,
            us: Percentiles {
                p50: p99 / 2,
                p99,
                max: p99,
                ..Percentiles::default()
            },
            share,
        };
        let mut report = missed();
        let mut out = String::new();
        console(&mut out, &report, &Style::PLAIN);
        assert_eq!(out, "", "a record that does not tell");
        report.operations[0].phases = vec![
            row(Phase::Waiting, 0.001, 90),
            row(Phase::Tls, 0.5, 60_000),
            row(Phase::FirstByte, 0.499, 61_000),
        ];
        console(&mut out, &report, &Style::PLAIN);
        assert!(
            out.contains("publish, TLS handshake") && out.contains("50%") && out.contains("60.00"),
            "{out}"
        );
        assert!(!out.contains("waiting for a user") && out.contains("DNS"), "{out}");
    }
}
