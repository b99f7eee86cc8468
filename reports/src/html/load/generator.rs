//! Whether the generator itself can be trusted, and where it ran.

use super::columns::Columns;
use super::overtime::{bands, over_time, whole};
use crate::html::chart::{Axis, Chart, Charts, Series, Unit, Values};
use crate::html::table::{section, table};
use crate::html::units::{self, SENTENCE, SHORT, shown};
use crate::html::verdict::{Tone, badge};
use maud::{Markup, html};
use proofload_results::load::LoadReport;
use proofload_results::record::{Machine, RunInfo, SATURATED};

/// The most lateness of the generator that passes unmarked, in microseconds: the limit of its 99th percentile.
const LATE_US: u64 = 10_000;

/// The section of the generator.
pub(super) fn render(run: &RunInfo, report: &LoadReport, columns: &Columns, charts: &mut Charts) -> Markup {
    let generator = &report.generator;
    let content = html! {
        p {
            @if generator.healthy { (badge(Tone::Good, "healthy")) " Every limit was kept." }
            @else { (badge(Tone::Bad, "not healthy")) " The figures of this run are doubtful." }
        }
        @if !generator.reasons.is_empty() {
            ul { @for reason in &generator.reasons { li { (shown(reason, SENTENCE)) } } }
        }
        @if !columns.all.is_empty() {
            div.grid {
                (charts.figure("lag", lag(run, columns), "from due to sent while a virtual user was free"))
                (charts.figure("busy", busy(run, columns), "the busiest thread, its worst second"))
            }
        }
        (figures(run, report))
        @if !run.parts.is_empty() { (parts(run)) }
    };
    let lead = "A load generator that is late or saturated measures itself. Past its limits a run is invalid, never a quiet wrong number.";
    section("generator", "Generator", Some(lead), &content)
}

fn lag(run: &RunInfo, columns: &Columns) -> Chart {
    let value = |of: fn(&proofload_results::load::Percentiles) -> u64| {
        whole(columns, |column| (column.lag_us.max > 0).then(|| of(&column.lag_us)))
    };
    let series = vec![
        Series::line(0, "p50", value(|us| us.p50)),
        Series::line(1, "p99", value(|us| us.p99)),
        Series::line(7, "max", value(|us| us.max)),
    ];
    Chart {
        bands: bands(columns, "sent late: p99 above 10 ms", Tone::Doubtful, |column| {
            column.lag_us.p99 > LATE_US
        }),
        ..over_time(
            run,
            columns,
            "Schedule lag",
            Axis::logarithmic(Unit::Us, "lateness"),
            series,
        )
    }
}

fn busy(run: &RunInfo, columns: &Columns) -> Chart {
    let busy = Values::Real(columns.all.iter().map(|column| Some(column.busy)).collect());
    Chart {
        bands: bands(columns, "a thread was saturated", Tone::Doubtful, |column| {
            column.busy > SATURATED
        }),
        ..over_time(
            run,
            columns,
            "Threads at work",
            Axis::linear(Unit::Share, "share of the time"),
            vec![Series::line(0, "busiest thread", busy)],
        )
    }
}

fn figures(run: &RunInfo, report: &LoadReport) -> Markup {
    let generator = &report.generator;
    let lag = &generator.schedule_lag_us;
    let head = html! { tr { th scope="col" { "Figure" } th.number scope="col" { "Value" } th scope="col" { "Unit" } } };
    #[expect(clippy::cast_precision_loss, reason = "shown in whole mebibytes")]
    let mebibytes = generator.max_rss_bytes as f64 / f64::from(1 << 20);
    let asked = run.connecting.map_or_else(|| "–".to_owned(), |asked| asked.to_string());
    let rows: [(&str, Markup, &str); 13] = [
        ("Schedule lag, p50", units::millis(lag.p50), "ms"),
        ("Schedule lag, p99", units::millis(lag.p99), "ms"),
        ("Schedule lag, max", units::millis(lag.max), "ms"),
        ("Processor time", units::figure(generator.cpu_s), "s"),
        (
            "Memory",
            html! { data value=(generator.max_rss_bytes) { (format!("{mebibytes:.0}")) } },
            "MiB",
        ),
        ("Virtual users", units::count(generator.users), ""),
        ("Threads", units::count(generator.threads), ""),
        (
            "Arrivals that waited for a virtual user",
            units::count(generator.waited_for_user),
            "",
        ),
        ("Connections", html! { (shown(&asked, SENTENCE)) }, ""),
        ("HTTP version", html! { (shown(&version(run, report), SHORT)) }, ""),
        ("Processors", units::count(run.machine.cpus), ""),
        ("System", html! { (system(&run.machine)) }, ""),
        ("Version of proofload", html! { (shown(&run.version, SHORT)) }, ""),
    ];
    let body = html! {
        @for (name, value, unit) in &rows { tr { th scope="row" { (name) } td.number { (value) } td { (unit) } } }
    };
    html! { div.narrow { (table("The generator", &head, &body)) } }
}

fn version(run: &RunInfo, report: &LoadReport) -> String {
    let used = report
        .protocol
        .as_ref()
        .and_then(|protocol| protocol.version().map(str::to_owned));
    let used = used.unwrap_or_else(|| run.http_version());
    if used.is_empty() { "–".to_owned() } else { used }
}

fn system(machine: &Machine) -> String {
    format!("{} {}", shown(&machine.os, SHORT), shown(&machine.arch, SHORT))
}

/// The machines of a merged record.
fn parts(run: &RunInfo) -> Markup {
    let head = html! {
        tr {
            th scope="col" { "Share" } th scope="col" { "Started" } th scope="col" { "Address" }
            th.number scope="col" { "Users" } th scope="col" { "System" } th.number scope="col" { "Processors" }
        }
    };
    let rows = html! {
        @for part in &run.parts {
            tr {
                th scope="row" { (shown(&part.shard, SHORT)) }
                td { (units::instant(&part.started_at)) }
                td { code { (shown(&part.base_url, SHORT)) } }
                td.number { (units::count(part.users)) }
                td { (system(&part.machine)) }
                td.number { (units::count(part.machine.cpus)) }
            }
        }
    };
    html! { h3 { "Machines of this load" } (table("The runs that this record was merged from", &head, &rows)) }
}
