//! The latency heat map: how many calls took how long, over time.

use super::columns::{BINS_PER_DECADE, Columns};
use super::overtime::{over_time, whole};
use crate::html::chart::{Axis, Chart, Charts, Heat, Series, Unit};
use crate::html::table::section;
use maud::{Markup, html};
use proofload_results::record::RunInfo;

/// The heat map; none when nothing was measured.
pub(super) fn render(run: &RunInfo, columns: &Columns, charts: &mut Charts) -> Option<Markup> {
    let bins = || columns.all.iter().flat_map(|column| column.bins.keys().copied());
    let (lowest, highest) = (bins().min()?, bins().max()?);
    let cells = columns.all.iter().enumerate().filter_map(|(place, column)| {
        let first = *column.bins.keys().next()?;
        let last = *column.bins.keys().next_back()?;
        let counts = (first..=last).map(|bin| column.bins.get(&bin).copied().unwrap_or_default());
        Some([place as u64, u64::from(first)].into_iter().chain(counts).collect())
    });
    let heat = Heat {
        bins_per_decade: BINS_PER_DECADE,
        starts: columns.all.iter().map(|column| column.start_s).collect(),
        ends: columns
            .all
            .iter()
            .map(|column| column.start_s + columns.length_s)
            .collect(),
        columns: cells.collect(),
        largest: columns
            .all
            .iter()
            .flat_map(|column| column.bins.values().copied())
            .max()?,
        range: [edge(lowest), edge(highest + 1)],
    };
    let p50 = whole(columns, |column| {
        (column.response_us.max > 0).then_some(column.response_us.p50)
    });
    let chart = Chart {
        heat: Some(heat),
        ..over_time(
            run,
            columns,
            "Response times",
            Axis::logarithmic(Unit::Us, "response time"),
            vec![Series::line(7, "p50", p50)],
        )
    };
    let note = "the lighter a cell, the more calls took that long";
    let content = html! { (charts.figure("heat-map", chart, note)) };
    let lead = "What a percentile hides: two groups of calls, a pause of the server, a slow start.";
    Some(section("heat", "Heat map", Some(lead), &content))
}

/// Where a bin begins, in microseconds.
fn edge(bin: u32) -> f64 {
    10.0_f64.powf(f64::from(bin) / f64::from(BINS_PER_DECADE))
}
