//! What the machines under test did at each rate.

use super::curves::{over_rate, sorted};
use crate::html::chart::{Axis, Charts, Series, Unit, Values};
use crate::html::table::section;
use crate::html::units::{SENTENCE, shown};
use maud::{Markup, html};
use proofload_results::capacity::{CapacityReport, StepRow};
use proofload_results::watched::{SeriesName, Unit as Of};

/// Lines on a chart.
const LINES: usize = 8;

/// The chart; none where nothing was watched.
pub(super) fn render(report: &CapacityReport, charts: &mut Charts) -> Option<Markup> {
    let steps = sorted(report, |step| step.rate_per_s);
    let mut series: Vec<(String, SeriesName, f64)> = Vec::new();
    let rows = steps
        .iter()
        .filter_map(|step| step.watched.as_ref())
        .flat_map(|watched| &watched.series);
    for row in rows.filter(|row| share(row.mean, row.limit, row.series.unit()).is_some()) {
        let most = share(row.mean, row.limit, row.series.unit()).unwrap_or_default();
        match series
            .iter_mut()
            .find(|(source, name, _)| *source == row.source && *name == row.series)
        {
            Some(known) => known.2 = known.2.max(most),
            None => series.push((row.source.clone(), row.series.clone(), most)),
        }
    }
    if series.is_empty() {
        return None;
    }
    // Those that come nearest to their limits are what one looks for.
    series.sort_by(|one, other| other.2.total_cmp(&one.2));
    let line = |(place, (source, name, _)): (usize, &(String, SeriesName, f64))| {
        let value = |step: &&StepRow| {
            let rows = &step.watched.as_ref()?.series;
            let row = rows.iter().find(|row| row.source == *source && row.series == *name)?;
            share(row.mean, row.limit, row.series.unit())
        };
        let values = Values::Real(steps.iter().map(value).collect());
        Series::line(place, &format!("{}, {source}", name.title()), values)
    };
    let lines = series.iter().take(LINES).enumerate().map(line).collect();
    let chart = over_rate(
        report,
        &steps,
        "Machines over rate",
        Axis::linear(Unit::Share, "share of what there is"),
        lines,
    );
    let content = html! {
        @if let Some(ran_out) = &report.ran_out { p { strong { (shown(&ran_out.sentence, SENTENCE)) } } }
        (charts.figure("machines", chart, "a line that reaches 100% at the bracket is at its limit together with it"))
    };
    let lead = "What the servers' own exporters told in each step, as shares of what there is. What was seen at the same time is no cause.";
    Some(section("machines", "Machines under test", Some(lead), &content))
}

/// A figure as a share of how much there is; none where that is not known.
fn share(mean: f64, limit: Option<f64>, unit: Of) -> Option<f64> {
    match (unit, limit) {
        (Of::Share, _) => Some(mean),
        (_, Some(limit)) if limit > 0.0 => Some(mean / limit),
        _ => None,
    }
}
