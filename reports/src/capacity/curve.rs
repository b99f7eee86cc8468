//! The curve on a console: the 99th percentile of the response time over the rate, both logarithmic.

use proofload_results::capacity::{CapacityReport, StepRow, StepVerdict};
use proofload_results::figures::on_axis;
use std::fmt::Write as _;

/// Lines of the chart.
const LINES: usize = 9;
/// Columns left of it, for the axis.
const AXIS: usize = 10;
/// The widest chart that is still read at a glance.
const WIDEST: usize = 84;

/// Draws the curve; nothing when fewer than two steps say anything.
pub(super) fn draw(report: &CapacityReport, width: usize) -> String {
    let shown = |step: &&StepRow| step.counts() && step.response_us.p99 > 0;
    let steps: Vec<&StepRow> = report.steps.iter().filter(shown).collect();
    if steps.len() < 2 {
        return String::new();
    }
    let columns = width.min(WIDEST).saturating_sub(AXIS + 3).max(20);
    let rates = Scale::over(steps.iter().map(|step| step.rate_per_s), columns);
    let latencies = Scale::over(steps.iter().map(|step| number(step.response_us.p99)), LINES);
    let mut cells = vec![vec![' '; columns]; LINES];
    if let Some(sustained) = report.sustained_per_s.filter(|per_s| *per_s > 0.0) {
        for line in &mut cells {
            line[rates.place(sustained)] = '┊';
        }
    }
    for step in &steps {
        let sign = if step.verdict == StepVerdict::Held { '●' } else { '×' };
        cells[LINES - 1 - latencies.place(number(step.response_us.p99))][rates.place(step.rate_per_s)] = sign;
    }
    let mut out = String::new();
    for (index, line) in cells.iter().enumerate() {
        let label = match LINES - 1 - index {
            place if place % 4 == 0 => millis(latencies.value(place)),
            _ => String::new(),
        };
        let drawn: String = line.iter().collect();
        let _ = writeln!(out, "{label:>AXIS$} │{}", drawn.trim_end());
    }
    let _ = writeln!(out, "{:>AXIS$} └{}", "p99 ms", "─".repeat(columns));
    let (first, last) = (
        on_axis(rates.value(0)),
        format!("{} /s", on_axis(rates.value(columns - 1))),
    );
    let gap = columns.saturating_sub(first.len());
    let _ = writeln!(out, "{:AXIS$}  {first}{last:>gap$}", "");
    let legend = "● held  × broke  ┊ the answer";
    let _ = writeln!(out, "{:AXIS$}  {legend}", "");
    out
}

/// Places on a logarithmic axis.
struct Scale {
    low: f64,
    high: f64,
    places: usize,
}

impl Scale {
    fn over(values: impl Iterator<Item = f64>, places: usize) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values {
            let ln = value.max(1e-9).ln();
            (low, high) = (low.min(ln), high.max(ln));
        }
        // A single value is drawn in the middle.
        if high - low < 1e-6 {
            (low, high) = (low - 0.5, high + 0.5);
        }
        Self { low, high, places }
    }

    fn place(&self, value: f64) -> usize {
        let share = (value.max(1e-9).ln() - self.low) / (self.high - self.low);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place on a chart"
        )]
        let place = (share.clamp(0.0, 1.0) * (self.places - 1) as f64).round() as usize;
        place
    }

    fn value(&self, place: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a place on a chart")]
        let share = place as f64 / (self.places - 1) as f64;
        (self.low + share * (self.high - self.low)).exp()
    }
}

fn number(us: u64) -> f64 {
    std::time::Duration::from_micros(us).as_secs_f64() * 1e6
}

fn millis(us: f64) -> String {
    on_axis(us / 1e3)
}
