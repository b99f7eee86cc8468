//! Percentile curves: latency over quantile, on an axis that gives every further nine the same room.

use super::columns::Columns;
use crate::html::chart::{Axis, Chart, Charts, Series, Unit, Values};
use crate::html::objective::Stated;
use crate::html::table::section;
use crate::html::units::{SHORT, shown};
use hdrhistogram::Histogram;
use maud::{Markup, html};
use proofload_results::figures;
use proofload_results::load::{LoadReport, OperationRow};
use proofload_results::objective::Metric;
use proofload_results::record::LatencyKind;

/// Places to a nine.
const PLACES: u32 = 24;
/// How many operations have curves of their own: those with most calls.
const MAX_CURVES: usize = 8;

/// A curve for each operation; none when nothing was called.
pub(super) fn render(
    report: &LoadReport,
    columns: &Columns,
    objectives: &[Option<Stated>],
    charts: &mut Charts,
) -> Option<Markup> {
    let mut rows: Vec<&OperationRow> = report.operations.iter().filter(|row| row.ok + row.errors > 0).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.ok + row.errors));
    let more = rows.len().saturating_sub(MAX_CURVES);
    let figures: Vec<Markup> = rows
        .iter()
        .take(MAX_CURVES)
        .enumerate()
        .map(|(number, row)| {
            let chart = curve(row, columns, objectives);
            let note = format!("over {} calls, errors included", figures::grouped(row.ok + row.errors));
            charts.figure(&format!("curve-{number}"), chart, &note)
        })
        .collect();
    if figures.is_empty() {
        return None;
    }
    let content = html! {
        div.grid { @for figure in &figures { (figure) } }
        @if more > 0 { p.left-out { (figures::of(more, "operation", "operations")) " with fewer calls are in the table above only." } }
    };
    let lead = "How long the slowest calls took: 99% is the time that one call in a hundred exceeded. Every further nine has the same room.";
    Some(section("percentiles", "Percentiles", Some(lead), &content))
}

fn curve(row: &OperationRow, columns: &Columns, objectives: &[Option<Stated>]) -> Chart {
    let response = columns.totals.latencies(&row.name, LatencyKind::Response);
    let service = columns.totals.latencies(&row.name, LatencyKind::Service);
    let nines = places(row.ok + row.errors);
    let limits = objectives.iter().flatten().filter(|stated| {
        matches!(stated.objective.metric, Metric::Quantile { .. } | Metric::Max)
            && stated.objective.speaks_of(&row.name)
    });
    Chart {
        title: shown(&row.name, SHORT),
        x: Axis::linear(Unit::Quantile, "percentile"),
        y: Axis::logarithmic(Unit::Us, "latency"),
        series: vec![
            Series::line(0, "response time", at(&response, &nines)),
            Series::line(1, "service time", at(&service, &nines)),
        ],
        xs: nines,
        bands: Vec::new(),
        marks: Vec::new(),
        limits: limits.map(Stated::line).collect(),
        span_gaps: false,
        heat: None,
    }
}

/// The places along, in nines: up to the quantile that one call of so many makes out.
pub(in crate::html) fn places(calls: u64) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "only its order of magnitude matters")]
    let last = (calls.max(2) as f64).log10().min(6.0);
    let step = 1.0 / f64::from(PLACES);
    let mut places: Vec<f64> = (0..=6 * PLACES)
        .map(|place| f64::from(place) * step)
        .take_while(|nines| *nines < last)
        .collect();
    places.push(last);
    places.into_iter().map(proofload_results::load::rounded).collect()
}

pub(in crate::html) fn at(histogram: &Histogram<u64>, nines: &[f64]) -> Values {
    let value = |nines: &f64| {
        let quantile = 1.0 - 10.0_f64.powf(-nines);
        (!histogram.is_empty()).then(|| histogram.value_at_quantile(quantile))
    };
    Values::Whole(nines.iter().map(value).collect())
}
