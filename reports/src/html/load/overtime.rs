//! Charts over time: rate, errors, calls in flight and percentiles, with stages and findings marked.

use super::columns::{Column, Columns};
use crate::html::chart::{Axis, Band, Chart, Charts, Limit, Mark, Series, Unit, Values};
use crate::html::objective::Stated;
use crate::html::table::section;
use crate::html::units::shown;
use crate::html::verdict::Tone;
use maud::{Markup, html};
use proofload_results::objective::{LimitUnit, Objective};
use proofload_results::record::RunInfo;
use std::collections::BTreeMap;

/// A target that answers nothing for so long is marked, in seconds: as long as it takes to be called dead.
const SILENCE_S: f64 = 5.0;
/// How many operations have a line of their own: those with most calls.
const MAX_LINES: usize = 8;
/// Stretches that are marked on one chart.
const MAX_BANDS: usize = 200;

/// The charts; none when nothing was measured.
pub(super) fn render(
    run: &RunInfo,
    columns: &Columns,
    objectives: &[Option<Stated>],
    charts: &mut Charts,
) -> Option<Markup> {
    if columns.all.is_empty() {
        return None;
    }
    let silent = bands(columns, "the target answered nothing", Tone::Unknown, |column| {
        column.silent
    });
    let silent: Vec<Band> = silent
        .into_iter()
        .filter(|band| band.to - band.from >= SILENCE_S)
        .collect();
    let missed = |wanted: fn(&Objective) -> bool| missed(columns, objectives, wanted);
    let figures = [
        figure(
            charts,
            "latency",
            latency(
                run,
                columns,
                objectives,
                [missed(Objective::is_latency), silent.clone()],
            ),
        ),
        figure(charts, "by-operation", by_operation(run, columns)),
        figure(
            charts,
            "rate",
            rate(
                run,
                columns,
                objectives,
                [missed(|one| one.unit == LimitUnit::PerS), silent.clone()],
            ),
        ),
        figure(
            charts,
            "errors",
            errors(
                run,
                columns,
                [missed(|one| one.unit == LimitUnit::Share), unauthorised(columns)],
            ),
        ),
        figure(charts, "in-flight", in_flight(run, columns, silent)),
    ];
    let lead = format!(
        "One point for every {:.0} s. Percentiles are the true ones of all calls that ended in that time. Coloured stretches say what was wrong: point at them.",
        columns.length_s
    );
    let content = html! { div.grid { @for figure in &figures { (figure) } } };
    Some(section("time", "Over time", Some(&lead), &content))
}

fn figure(charts: &mut Charts, id: &str, (chart, note): (Chart, &str)) -> Markup {
    charts.figure(id, chart, note)
}

/// A chart over the time of the run.
pub(super) fn over_time(run: &RunInfo, columns: &Columns, title: &str, y: Axis, series: Vec<Series>) -> Chart {
    let stages = run.stages.iter().take(MAX_BANDS).map(|stage| Mark {
        x: stage.start_s,
        label: shown(&stage.what, 40),
    });
    Chart {
        title: title.to_owned(),
        x: time(columns),
        y,
        xs: columns
            .all
            .iter()
            .map(|column| proofload_results::load::rounded(column.start_s))
            .collect(),
        series,
        bands: Vec::new(),
        marks: stages.collect(),
        limits: Vec::new(),
        span_gaps: false,
        heat: None,
    }
}

fn time(columns: &Columns) -> Axis {
    let end = columns
        .all
        .last()
        .map_or(1.0, |column| column.start_s + columns.length_s);
    Axis {
        from: Some(0.0),
        to: Some(end),
        label: String::new(),
        ..Axis::linear(Unit::S, "time since the start")
    }
}

/// A whole number of each column; 0 where `zero` is no value.
pub(super) fn whole(columns: &Columns, of: impl Fn(&Column) -> Option<u64>) -> Values {
    Values::Whole(columns.all.iter().map(of).collect())
}

/// A count of each column, per second.
fn per_second(columns: &Columns, of: impl Fn(&Column) -> u64) -> Values {
    #[expect(clippy::cast_precision_loss, reason = "2^53 calls are never reached")]
    let rate = |column: &Column| (column.length_s > 0.0).then(|| of(column) as f64 / column.length_s);
    Values::Real(columns.all.iter().map(rate).collect())
}

fn latency(
    run: &RunInfo,
    columns: &Columns,
    objectives: &[Option<Stated>],
    marked: [Vec<Band>; 2],
) -> (Chart, &'static str) {
    let response = |of: fn(&proofload_results::load::Percentiles) -> u64| {
        whole(columns, |column| {
            (column.response_us.max > 0).then(|| of(&column.response_us))
        })
    };
    let service_p99 = whole(columns, |column| {
        (column.service_us.max > 0).then_some(column.service_us.p99)
    });
    let series = vec![
        Series::line(0, "p50", response(|us| us.p50)),
        Series::line(4, "p90", response(|us| us.p90)),
        Series::line(1, "p99", response(|us| us.p99)),
        Series::line(7, "max", response(|us| us.max)),
        Series {
            dash: 1,
            ..Series::line(2, "service p99", service_p99)
        },
    ];
    let axis = Axis::logarithmic(Unit::Us, "response time");
    let chart = over_time(run, columns, "Latency", axis, series)
        .coloured(all(marked))
        .limited(lines(objectives, Objective::is_latency));
    (chart, "of all operations together")
}

fn p99(column: &Column, operation: &str) -> Option<u64> {
    let us = column.by_operation.get(operation)?.response_us;
    (us.max > 0).then_some(us.p99)
}

fn by_operation(run: &RunInfo, columns: &Columns) -> (Chart, &'static str) {
    let mut calls: BTreeMap<&str, u64> = BTreeMap::new();
    for (name, share) in columns.all.iter().flat_map(|column| &column.by_operation) {
        *calls.entry(name).or_default() += share.calls.all;
    }
    let mut names: Vec<(&str, u64)> = calls.into_iter().collect();
    names.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let line = |(place, (name, _)): (usize, &(&str, u64))| {
        Series::line(place, name, whole(columns, |column| p99(column, name)))
    };
    let series = names.iter().take(MAX_LINES).enumerate().map(line).collect();
    let chart = over_time(
        run,
        columns,
        "99th percentile by operation",
        Axis::logarithmic(Unit::Us, "response time"),
        series,
    );
    (chart, "")
}

fn rate(
    run: &RunInfo,
    columns: &Columns,
    objectives: &[Option<Stated>],
    marked: [Vec<Band>; 2],
) -> (Chart, &'static str) {
    let series = vec![
        Series::line(0, "due", per_second(columns, |column| column.due)),
        Series::line(1, "done", per_second(columns, |column| column.done)),
    ];
    let of_all = |one: &Objective| one.unit == LimitUnit::PerS && one.operation.is_none();
    let axis = Axis::linear(Unit::PerS, "arrivals per second");
    let chart = over_time(run, columns, "Rate", axis, series)
        .coloured(all(marked))
        .limited(lines(objectives, of_all));
    (chart, "where “done” falls behind “due”, the target does not keep up")
}

fn errors(run: &RunInfo, columns: &Columns, marked: [Vec<Band>; 2]) -> (Chart, &'static str) {
    let series = vec![
        Series::line(1, "failed calls", per_second(columns, |column| column.errors)),
        Series::line(
            3,
            "401 to a good token",
            per_second(columns, |column| column.unauthorised),
        ),
    ];
    let axis = Axis::linear(Unit::PerS, "calls per second");
    (
        over_time(run, columns, "Errors", axis, series).coloured(all(marked)),
        "",
    )
}

fn in_flight(run: &RunInfo, columns: &Columns, marked: Vec<Band>) -> (Chart, &'static str) {
    let series = vec![
        Series::line(0, "in flight", whole(columns, |column| Some(column.in_flight))),
        Series::line(
            1,
            "waiting for a virtual user",
            whole(columns, |column| Some(column.backlog)),
        ),
    ];
    let axis = Axis::linear(Unit::Count, "arrivals");
    let chart = over_time(run, columns, "In flight", axis, series).coloured(all([marked]));
    (chart, "the most of each point's time")
}

/// The lines of some objectives.
fn lines(objectives: &[Option<Stated>], wanted: impl Fn(&Objective) -> bool) -> Vec<Limit> {
    let stated = objectives.iter().flatten().filter(|one| wanted(&one.objective));
    stated.map(Stated::line).collect()
}

fn all<const N: usize>(bands: [Vec<Band>; N]) -> Vec<Band> {
    bands.into_iter().flatten().take(MAX_BANDS).collect()
}

fn unauthorised(columns: &Columns) -> Vec<Band> {
    bands(
        columns,
        "401 to a token that should have been valid",
        Tone::Doubtful,
        |column| column.unauthorised > 0,
    )
}

/// Where each objective would have been missed by the calls of that time alone.
fn missed(columns: &Columns, objectives: &[Option<Stated>], wanted: fn(&Objective) -> bool) -> Vec<Band> {
    let mut all = Vec::new();
    for (number, stated) in objectives.iter().enumerate() {
        if let Some(stated) = stated.as_ref().filter(|stated| wanted(&stated.objective)) {
            let label = format!("missed here: {}", stated.text());
            all.extend(bands(columns, &label, Tone::Bad, |column| {
                column.held[number] == Some(false)
            }));
        }
    }
    all
}

/// The stretches of columns in which something is so.
pub(super) fn bands(columns: &Columns, label: &str, tone: Tone, is_so: impl Fn(&Column) -> bool) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::new();
    for column in columns.all.iter().filter(|column| is_so(column)) {
        let (from, to) = (column.start_s, column.start_s + columns.length_s);
        match bands.last_mut() {
            Some(last) if (last.to - from).abs() < 1e-6 => last.to = to,
            _ => bands.push(Band {
                from,
                to,
                label: label.to_owned(),
                tone,
            }),
        }
    }
    bands
}
