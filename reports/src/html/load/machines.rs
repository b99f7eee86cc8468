//! The machines under test over the time of the run, on the axis of its other charts.

use super::columns::Columns;
use super::overtime::over_time;
use crate::html::chart::{Axis, Charts, Series, Unit, Values};
use crate::html::table::{section, table};
use crate::html::units::{self, SENTENCE, SHORT, shown};
use maud::{Markup, html};
use proofload_results::load::LoadReport;
use proofload_results::record::RunInfo;
use proofload_results::watched::{Look, SeriesName, SeriesRow, Unit as Of, WatchedReport};
use std::collections::BTreeMap;

/// Lines on one chart.
const LINES: usize = 8;
/// Charts of one kind at most: many disks make many lines.
const MOST_CHARTS: usize = 12;

/// The charts and the table; none where nothing was watched.
pub(super) fn render(
    run: &RunInfo,
    report: &LoadReport,
    looks: &[Look],
    columns: &Columns,
    charts: &mut Charts,
) -> Option<Markup> {
    let watched = report.watched.as_ref()?;
    let content = html! {
        @if let Some(ran_out) = &report.ran_out { p { strong { (shown(&ran_out.sentence, SENTENCE)) } } }
        @if !columns.all.is_empty() && !watched.series.is_empty() {
            div.grid {
                @for (number, group) in groups(watched).iter().take(MOST_CHARTS).enumerate() {
                    (charts.figure(&format!("machines-{number}"), chart(run, columns, looks, group), "a gap is a time without figures"))
                }
            }
        }
        (figures(watched))
        (sources(watched))
    };
    let lead = "What the servers' own exporters told, by the clock of the machine that loads. What was seen at the same time is no cause.";
    Some(section("machines", "Machines under test", Some(lead), &content))
}

/// Series that share a chart: all shares together, others by kind.
fn groups(watched: &WatchedReport) -> Vec<Vec<&SeriesRow>> {
    let mut groups: BTreeMap<(bool, usize, usize), Vec<&SeriesRow>> = BTreeMap::new();
    let mut shares = 0;
    for row in &watched.series {
        let kind = row.series.kind();
        let key = if kind.unit == Of::Share {
            shares += 1;
            (false, 0, (shares - 1) / LINES)
        } else {
            (true, kind.place(), 0)
        };
        groups.entry(key).or_default().push(row);
    }
    // What never was there makes no chart: the table has it.
    let is_there = |group: &Vec<&SeriesRow>| group.iter().any(|row| row.max != 0.0);
    groups.into_values().filter(is_there).collect()
}

fn chart(run: &RunInfo, columns: &Columns, looks: &[Look], rows: &[&SeriesRow]) -> crate::html::chart::Chart {
    let (of, factor, named) = scale(rows);
    let line = |(place, row): (usize, &&SeriesRow)| {
        let label = format!("{}, {}", row.title, row.source);
        Series::line(place, &label, values(columns, looks, row, factor))
    };
    let series: Vec<Series> = rows.iter().take(LINES).enumerate().map(line).collect();
    let first = rows.first().map_or("", |row| row.series.kind().title);
    let title = match (of, first) {
        (Unit::Share, _) => "Shares of what there is".to_owned(),
        (_, "") => "Series of one's own".to_owned(),
        (_, title) => format!("{}{}", title[..1].to_uppercase(), &title[1..]),
    };
    over_time(run, columns, &title, Axis::linear(of, &named), series)
}

/// The unit that the charts know, by what figures are multiplied for it, and what it is called.
fn scale(rows: &[&SeriesRow]) -> (Unit, f64, String) {
    let largest = rows.iter().map(|row| row.max).fold(0.0, f64::max);
    let of_bytes = |ending: &str| {
        let (size, name) = if largest >= 1e9 { (1e9, "GB") } else { (1e6, "MB") };
        (Unit::Count, 1.0 / size, format!("{name}{ending}"))
    };
    match rows.first().map_or(Of::Plain, |row| row.series.unit()) {
        Of::Share => (Unit::Share, 1.0, "share".to_owned()),
        Of::Bytes => of_bytes(""),
        Of::BytesPerS => of_bytes("/s"),
        Of::PerS => (Unit::PerS, 1.0, "a second".to_owned()),
        Of::Cores => (Unit::Count, 1.0, "cores".to_owned()),
        Of::Celsius => (Unit::Count, 1.0, "°C".to_owned()),
        Of::Watts => (Unit::Count, 1.0, "W".to_owned()),
        Of::Seconds => (Unit::Us, 1e6, "delay".to_owned()),
        Of::Count | Of::Plain => (Unit::Count, 1.0, "number".to_owned()),
    }
}

/// The mean of a series in each column.
fn values(columns: &Columns, looks: &[Look], row: &SeriesRow, factor: f64) -> Values {
    let mut sums: Vec<(f64, f64)> = vec![(0.0, 0.0); columns.all.len()];
    let own = looks.iter().filter(|look| look.source == row.source);
    for (at_s, figure) in own.filter_map(|look| Some((look.at_s, figure(look, &row.series)?))) {
        let after = columns.all.partition_point(|column| column.start_s <= at_s);
        let place = after
            .checked_sub(1)
            .filter(|place| at_s < columns.all[*place].start_s + columns.length_s);
        if let Some(sum) = place.and_then(|place| sums.get_mut(place)) {
            *sum = (sum.0 + figure, sum.1 + 1.0);
        }
    }
    let mean = |(sum, count): (f64, f64)| (count > 0.0).then(|| factor * sum / count);
    Values::Real(sums.into_iter().map(mean).collect())
}

fn figure(look: &Look, name: &SeriesName) -> Option<f64> {
    look.values.get(name).copied()
}

/// What was read off the machines, in a table.
pub(in crate::html) fn figures(watched: &WatchedReport) -> Markup {
    let head = html! {
        tr {
            th scope="col" { "Machine" } th scope="col" { "Series" } th.number scope="col" { "Mean" } th.number scope="col" { "Most" }
            th.number scope="col" { "Of" } th.number scope="col" { "Near its limit" }
        }
    };
    let rows = html! {
        @for row in &watched.series {
            @let unit = Of::named(&row.unit);
            tr {
                td { (shown(&row.source, SHORT)) }
                th scope="row" { (shown(&row.title, SHORT)) }
                td.number { data value=(row.mean) { (unit.shown(row.mean)) } }
                td.number { data value=(row.max) { (unit.shown(row.max)) } }
                td.number { @if let Some(limit) = row.limit { data value=(limit) { (unit.shown(limit)) } } @else { "–" } }
                td.number { @if let Some(share) = row.near_share { (proofload_results::figures::percent(share)) " of the time" } @else { "–" } }
            }
        }
    };
    table("The machines in figures", &head, &rows)
}

fn sources(watched: &WatchedReport) -> Markup {
    let head = html! {
        tr {
            th scope="col" { "Exporter" } th scope="col" { "Address" } th.number scope="col" { "Looks" } th.number scope="col" { "Without figures" }
            th scope="col" { "Why" } th.number scope="col" { "Took, ms" }
        }
    };
    let rows = html! {
        @for source in &watched.sources {
            @let why: Vec<String> = source.gap_reasons.iter().map(|(why, count)| format!("{count} x {why}")).collect();
            tr {
                th scope="row" { (shown(&source.name, SHORT)) }
                td { (shown(&source.url, SHORT)) }
                td.number { (units::count(source.looks)) }
                td.number { (units::count(source.gaps)) }
                td { (shown(&why.join("; "), SENTENCE)) }
                td.number { (units::figure(source.took_ms)) }
            }
        }
    };
    table("The exporters", &head, &rows)
}
