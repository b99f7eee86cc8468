//! The lines that are drawn again and again on a terminal while a load run goes on: one of the whole, and where there is room
//! one for each operation below it.
//!
//! It stays calm: once a second, every figure in its own place with a width of its own, whatever the rate. Where the terminal is
//! narrow, whole figures are left out, those that matter least first; no word and no unit is ever cut.

use proofload_results::events::{LoadTick, OperationTick};
use proofload_results::figures::{in_seven_columns, on_clock, rate};
use std::time::Duration;

/// Places of the bar.
const BAR: usize = 10;
/// Between two parts of the line.
const GAP: usize = 2;
/// A run that is planned for longer ends by something else than time: a bar would never move.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// A part of the line. The lower its rank, the longer it is kept.
struct Part {
    rank: u8,
    text: String,
}

/// So wide a terminal has room for a line for each operation.
const WIDE: usize = 120;
/// No more operations have a line: what is drawn anew must not fill the terminal.
const ROWS: usize = 12;

/// The lines for a terminal of so many columns: a line that wraps could not be drawn over. A single operation is the whole.
pub fn progress_lines(tick: &LoadTick, columns: usize) -> Vec<String> {
    let mut lines = vec![progress_line(tick, columns)];
    if columns < WIDE || tick.operations.len() < 2 {
        return lines;
    }
    let names = tick.operations.iter().take(ROWS).map(|row| row.name.chars().count());
    let longest = names.max().unwrap_or_default();
    lines.extend(tick.operations.iter().take(ROWS).map(|row| row_of(row, longest)));
    if let Some(more) = tick.operations.len().checked_sub(ROWS).filter(|more| *more > 0) {
        lines.push(format!("  and {more} more"));
    }
    lines
}

/// The line of one operation, its name filled up to the longest. A second without an answer has no times.
fn row_of(row: &OperationTick, longest: usize) -> String {
    let time = |us| {
        if row.rate_per_s > 0.0 {
            in_seven_columns(us)
        } else {
            format!("{:>7}", "-")
        }
    };
    format!(
        "  {:<longest$}  {:>7}/s  p50 {}  p99 {}  errors {:>5}",
        row.name,
        rate(row.rate_per_s),
        time(row.p50_us),
        time(row.p99_us),
        row.errors
    )
}

/// The line of the whole.
fn progress_line(tick: &LoadTick, columns: usize) -> String {
    let mut parts = parts(tick);
    // The last column is left free: some terminals wrap as soon as it is written.
    while width(&parts) > columns.saturating_sub(1) {
        let last = parts.iter().enumerate().max_by_key(|(_, part)| part.rank);
        let Some((place, _)) = last else { break };
        parts.remove(place);
    }
    let texts: Vec<String> = parts.into_iter().map(|part| part.text).collect();
    texts.join(&" ".repeat(GAP))
}

fn width(parts: &[Part]) -> usize {
    let texts: usize = parts.iter().map(|part| part.text.chars().count()).sum();
    texts + GAP * parts.len().saturating_sub(1)
}

/// All parts in the order in which they stand.
fn parts(tick: &LoadTick) -> Vec<Part> {
    let left = tick.planned.saturating_sub(tick.elapsed);
    let left = if left.is_zero() {
        "draining".to_owned()
    } else {
        format!("{} left", on_clock(left))
    };
    let bounded = tick.planned < LONGEST;
    let part = |rank, text| Some(Part { rank, text });
    let all = [
        if bounded { part(3, bar(tick)) } else { None },
        part(1, format!("{:>7}", on_clock(tick.elapsed))),
        if bounded { part(0, format!("{left:>12}")) } else { None },
        part(2, format!("{:>7}/{}/s", rate(tick.rate_per_s), rate(tick.due_per_s))),
        part(6, format!("p50 {}", in_seven_columns(tick.p50_us))),
        part(4, format!("p99 {}", in_seven_columns(tick.p99_us))),
        part(5, format!("errors {:>5}", tick.errors)),
        part(7, format!("in flight {:>5}", tick.in_flight)),
        part(8, format!("lag {}", in_seven_columns(tick.lag_p99_us))),
    ];
    all.into_iter().flatten().collect()
}

/// How far the run has come.
fn bar(tick: &LoadTick) -> String {
    let share = tick.elapsed.as_secs_f64() / tick.planned.as_secs_f64().max(1e-3);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of ten"
    )]
    let full = (share.clamp(0.0, 1.0) * BAR as f64).round() as usize;
    format!("[{}{}]", "=".repeat(full), "-".repeat(BAR - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick() -> LoadTick {
        LoadTick {
            elapsed: Duration::from_secs(12),
            planned: Duration::from_secs(60),
            rate_per_s: 200.0,
            due_per_s: 200.0,
            in_flight: 4,
            done: 2400,
            errors: 0,
            p50_us: 850,
            p99_us: 12_345,
            lag_p99_us: 40,
            operations: Vec::new(),
        }
    }

    #[test]
    fn a_wide_terminal_has_a_line_for_each_operation() {
        let row = |name: &str, p99_us| OperationTick {
            name: name.to_owned(),
            rate_per_s: 100.0,
            errors: 3,
            p50_us: 850,
            p99_us,
        };
        let two = LoadTick {
            operations: vec![row("publish", 12_345), row("renewToken", 2_000_000)],
            ..tick()
        };
        assert_eq!(
            progress_lines(&two, 120)[1..],
            [
                "  publish         100/s  p50  850 us  p99 12.3 ms  errors     3",
                "  renewToken      100/s  p50  850 us  p99 2.00 s   errors     3",
            ]
        );
        let quiet = OperationTick {
            rate_per_s: 0.0,
            ..row("profile", 0)
        };
        assert_eq!(
            row_of(&quiet, 7),
            "  profile      0.0/s  p50       -  p99       -  errors     3"
        );
        assert_eq!(progress_lines(&two, 119), [progress_line(&two, 119)], "no room");
        let one = LoadTick {
            operations: vec![row("publish", 12_345)],
            ..tick()
        };
        assert_eq!(progress_lines(&one, 200).len(), 1, "it is the whole");
        let many = LoadTick {
            operations: (0..20).map(|n| row(&format!("operation{n}"), 1)).collect(),
            ..tick()
        };
        let lines = progress_lines(&many, 120);
        assert_eq!(lines.len(), 1 + ROWS + 1);
        assert_eq!(lines.last().map(String::as_str), Some("  and 8 more"));
        assert!(lines.iter().all(|line| line.chars().count() < 120));
    }

    #[test]
    fn every_figure_has_its_place_whatever_its_size() {
        assert_eq!(
            progress_line(&tick(), 200),
            "[==--------]      12s      48s left      200/200/s  p50  850 us  p99 12.3 ms  errors     0  in flight     4  lag   40 us"
        );
        let busy = LoadTick {
            rate_per_s: 211.7,
            in_flight: 9_999,
            errors: 12_345,
            p50_us: 1_234_567,
            p99_us: 600_000_000,
            lag_p99_us: 999_999,
            ..tick()
        };
        let (calm, busy) = (progress_line(&tick(), 200), progress_line(&busy, 200));
        for word in ["in flight", "p50", "p99", "errors", "lag", "left"] {
            assert_eq!(calm.find(word), busy.find(word), "{word} stays where it is: {busy}");
        }
    }

    #[test]
    fn eighty_columns_keep_what_matters_and_no_width_cuts_a_word() {
        let long = LoadTick {
            elapsed: Duration::from_secs(3_723),
            planned: Duration::from_secs(36_000),
            rate_per_s: 48_211.7,
            due_per_s: 50_000.0,
            errors: 12_345,
            ..tick()
        };
        for tick in [tick(), long] {
            let narrow = progress_line(&tick, 80);
            for word in ["[", "left", "/s", "p99"] {
                assert!(narrow.contains(word), "{word}: {narrow}");
            }
            let whole: Vec<String> = parts(&tick)
                .into_iter()
                .map(|part| part.text.trim().to_owned())
                .collect();
            for columns in 0..=160 {
                let line = progress_line(&tick, columns);
                assert!(line.chars().count() <= columns.saturating_sub(1), "{columns}: {line}");
                let mut rest = line.as_str();
                for part in &whole {
                    rest = rest.trim_start().strip_prefix(part.as_str()).unwrap_or(rest);
                }
                assert_eq!(rest.trim(), "", "{columns}: {line}");
            }
        }
    }

    #[test]
    fn what_goes_on_after_its_time_is_draining_and_what_has_no_time_has_no_bar() {
        let over = LoadTick {
            elapsed: Duration::from_secs(61),
            ..tick()
        };
        assert!(progress_line(&over, 200).contains("  draining  "));
        let endless = LoadTick {
            planned: Duration::from_secs(1_000_000_000),
            ..tick()
        };
        let line = progress_line(&endless, 200);
        assert!(
            !line.contains('[') && !line.contains("left") && line.contains("12s"),
            "{line}"
        );
    }
}
