//! Each operation by itself: percentile curves over each other, and the course of each run.

use super::Run;
use super::charts::grid;
use crate::html::chart::{Axis, Chart, Charts, Limit, Unit, Values};
use crate::html::load::curves::{at, places};
use crate::html::objective::Stated;
use crate::html::table::section;
use crate::html::units::{SHORT, shown};
use maud::{Markup, html};
use proofload_results::figures;
use proofload_results::objective::Metric;
use proofload_results::record::LatencyKind;
use std::collections::BTreeMap;

/// How many operations have charts of their own: those with most calls.
const MAX_OPERATIONS: usize = 8;

/// The section; none when nothing was called.
pub(super) fn render(runs: &[Run<'_>], charts: &mut Charts) -> Option<Markup> {
    let mut calls: BTreeMap<&str, u64> = BTreeMap::new();
    for row in runs.iter().flat_map(|run| &run.report.operations) {
        *calls.entry(&row.name).or_default() += row.ok + row.errors;
    }
    let mut operations: Vec<(&str, u64)> = calls.into_iter().filter(|(_, calls)| *calls > 0).collect();
    operations.sort_by_key(|(_, calls)| std::cmp::Reverse(*calls));
    if operations.is_empty() {
        return None;
    }
    let more = operations.len().saturating_sub(MAX_OPERATIONS);
    let shown_here = operations.iter().take(MAX_OPERATIONS).enumerate();
    let folds: Vec<Markup> = shown_here
        .map(|(number, (name, calls))| fold(number, name, *calls, runs, charts))
        .collect();
    let content = html! {
        @for fold in &folds { (fold) }
        @if more > 0 { p.left-out { (figures::of(more, "operation", "operations")) " with fewer calls are in the table of figures only." } }
    };
    let lead = "Response time counts from the moment a call was due. 99% is the time that one call in a hundred exceeded; every further nine has the same room.";
    Some(section("operations", "Operations", Some(lead), &content))
}

/// One operation; the one with most calls is unfolded.
fn fold(number: usize, name: &str, calls: u64, runs: &[Run<'_>], charts: &mut Charts) -> Markup {
    let id = format!("operation-{number}");
    let curve = charts.figure(
        &format!("{id}-percentiles"),
        percentiles(name, runs),
        "of the response time, errors included",
    );
    let course = grid(runs, &id, charts, |column| {
        let share = column.by_operation.get(name)?;
        Some((share.response_us, share.calls.all, share.calls.errors))
    });
    html! {
        details.fold #(id) open[number == 0] {
            summary { strong { (shown(name, SHORT)) } " " span.what { (figures::of(usize::try_from(calls).unwrap_or(usize::MAX), "call", "calls")) } }
            (curve)
            (course)
        }
    }
}

fn percentiles(name: &str, runs: &[Run<'_>]) -> Chart {
    let histograms: Vec<_> = runs
        .iter()
        .map(|run| run.columns.totals.latencies(name, LatencyKind::Response))
        .collect();
    // Every run's own last place is among them: the curve of a run with fewer calls ends earlier.
    let own: Vec<Vec<f64>> = histograms.iter().map(|histogram| places(histogram.len())).collect();
    let mut nines = own.concat();
    nines.sort_by(f64::total_cmp);
    nines.dedup();
    let curve = |((run, histogram), own): ((&Run<'_>, _), &Vec<f64>)| {
        let last = own.last().copied().unwrap_or_default();
        let mut values = at(histogram, &nines);
        if let Values::Whole(values) = &mut values {
            for (value, _) in values.iter_mut().zip(&nines).filter(|(_, nines)| **nines > last) {
                *value = None;
            }
        }
        run.line(values)
    };
    let series = runs.iter().zip(&histograms).zip(&own).map(curve).collect();
    Chart {
        title: format!("Percentiles of {}", shown(name, SHORT)),
        x: Axis::linear(Unit::Quantile, "percentile"),
        y: Axis::logarithmic(Unit::Us, "response time"),
        series,
        xs: nines,
        bands: Vec::new(),
        marks: Vec::new(),
        limits: common(runs, |stated| {
            matches!(stated.objective.metric, Metric::Quantile { .. } | Metric::Max) && stated.objective.speaks_of(name)
        }),
        span_gaps: false,
        heat: None,
    }
}

/// The lines of the objectives that every run had.
pub(super) fn common(runs: &[Run<'_>], wanted: impl Fn(&Stated) -> bool) -> Vec<Limit> {
    let Some((first, others)) = runs.split_first() else {
        return Vec::new();
    };
    let stated = first.objectives.iter().filter(|stated| wanted(stated));
    let common = stated.filter(|stated| others.iter().all(|run| run.objectives.contains(stated)));
    common.map(Stated::line).collect()
}
