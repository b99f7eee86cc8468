//! Latency, rate and errors of the runs over time, aligned at their starts.

use super::Run;
use crate::html::chart::{Axis, Chart, Charts, Mark, Unit, Values};
use crate::html::load::columns::Column;
use crate::html::table::section;
use crate::html::units::shown;
use maud::{Markup, html};
use proofload_results::load::{Percentiles, rounded};

/// Marks on one chart.
const MAX_MARKS: usize = 200;

/// What a chart over time shows of a column: the latencies, the calls that ended, and those of them that failed.
pub(super) type Slice = (Percentiles, u64, u64);

/// The section of all operations together; none when nothing was measured.
pub(super) fn render(runs: &[Run<'_>], charts: &mut Charts) -> Option<Markup> {
    if runs.iter().all(|run| run.columns.all.is_empty()) {
        return None;
    }
    let length_s = runs.iter().map(|run| run.columns.length_s).fold(1.0, f64::max);
    let content = grid(runs, "all", charts, |column| {
        Some((column.response_us, column.calls, column.errors))
    });
    let lead = format!(
        "All operations together, aligned at the starts of the runs. One point for every {length_s:.0} s; percentiles are the true ones of all calls that ended in that time."
    );
    Some(section("together", "Over time", Some(&lead), &content))
}

/// Median, 99th percentile, rate and errors over time; `id` begins the names of the figures.
pub(super) fn grid(runs: &[Run<'_>], id: &str, charts: &mut Charts, of: impl Fn(&Column) -> Option<Slice>) -> Markup {
    let micros = |quantile: fn(&Percentiles) -> u64| {
        lines(runs, |run, places| {
            let value = |column: &Column| of(column).filter(|(us, ..)| us.max > 0).map(|(us, ..)| quantile(&us));
            Values::Whole(along(run, places, value))
        })
    };
    let per_second = |count: fn(&Slice) -> u64| {
        lines(runs, |run, places| {
            #[expect(clippy::cast_precision_loss, reason = "2^53 calls are never reached")]
            let value = |column: &Column| {
                let count = of(column).map_or(0, |slice| count(&slice));
                (column.length_s > 0.0).then(|| count as f64 / column.length_s)
            };
            Values::Real(along(run, places, value))
        })
    };
    let latency = || Axis::logarithmic(Unit::Us, "response time");
    let each = || Axis::linear(Unit::PerS, "calls per second");
    let p99 = Chart {
        limits: if id == "all" { common_limits(runs) } else { Vec::new() },
        ..over_time(runs, "99th percentile", latency(), micros(|us| us.p99))
    };
    let p50 = over_time(runs, "Median", latency(), micros(|us| us.p50));
    let rate = over_time(runs, "Rate", each(), per_second(|(_, calls, _)| *calls));
    let errors = over_time(runs, "Errors", each(), per_second(|(.., errors)| *errors));
    let figure = |charts: &mut Charts, name: &str, chart, note| charts.figure(&format!("{id}-{name}"), chart, note);
    html! {
        div.grid {
            (figure(charts, "p50", p50, "half of the calls took longer"))
            (figure(charts, "p99", p99, "one call in a hundred took longer"))
            (figure(charts, "rate", rate, "calls that ended"))
            (figure(charts, "errors", errors, "calls that failed"))
        }
    }
}

/// How many places along the longest run has.
fn places(runs: &[Run<'_>]) -> usize {
    let place = |run: &Run<'_>| run.columns.all.last().map_or(0, |column| place(run, column) + 1);
    runs.iter().map(place).max().unwrap_or_default()
}

fn place(run: &Run<'_>, column: &Column) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a column begins at a multiple of its length, and there are few"
    )]
    let place = (column.start_s / run.columns.length_s).round() as usize;
    place
}

/// A value for each place along; none where the run has no column.
fn along<T: Copy>(run: &Run<'_>, places: usize, of: impl Fn(&Column) -> Option<T>) -> Vec<Option<T>> {
    let mut values = vec![None; places];
    for column in &run.columns.all {
        if let Some(value) = values.get_mut(place(run, column)) {
            *value = of(column);
        }
    }
    values
}

fn lines(runs: &[Run<'_>], of: impl Fn(&Run<'_>, usize) -> Values) -> Vec<crate::html::chart::Series> {
    let places = places(runs);
    runs.iter().map(|run| run.line(of(run, places))).collect()
}

fn over_time(runs: &[Run<'_>], title: &str, y: Axis, series: Vec<crate::html::chart::Series>) -> Chart {
    let length_s = runs.iter().map(|run| run.columns.length_s).fold(1.0, f64::max);
    let places = u32::try_from(places(runs)).unwrap_or(u32::MAX);
    Chart {
        title: title.to_owned(),
        x: Axis {
            from: Some(0.0),
            to: Some(f64::from(places) * length_s),
            label: String::new(),
            ..Axis::linear(Unit::S, "time since the start")
        },
        y,
        xs: (0..places).map(|place| rounded(f64::from(place) * length_s)).collect(),
        series,
        bands: Vec::new(),
        marks: common_stages(runs),
        limits: Vec::new(),
        span_gaps: false,
        heat: None,
    }
}

/// The stages where every run had the same.
fn common_stages(runs: &[Run<'_>]) -> Vec<Mark> {
    let Some((first, others)) = runs.split_first() else {
        return Vec::new();
    };
    if others.iter().any(|run| run.info.stages != first.info.stages) {
        return Vec::new();
    }
    let stages = first.info.stages.iter().take(MAX_MARKS);
    stages
        .map(|stage| Mark {
            x: stage.start_s,
            label: shown(&stage.what, 40),
        })
        .collect()
}

/// The lines of the latency objectives on all operations that every run had.
fn common_limits(runs: &[Run<'_>]) -> Vec<crate::html::chart::Limit> {
    super::curves::common(runs, |stated| {
        stated.objective.is_latency() && stated.objective.operation.is_none()
    })
}
