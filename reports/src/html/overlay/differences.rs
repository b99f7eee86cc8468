//! What differs between the runs that could explain why their figures differ.

use super::Run;
use crate::html::table::{section, table};
use crate::html::units::{SHORT, shown};
use maud::{Markup, html};
use proofload_results::figures;
use proofload_results::record::RunInfo;

/// A circumstance of a run: what it is called, and what it was.
type Circumstance = (&'static str, fn(&RunInfo) -> String);

const CIRCUMSTANCES: [Circumstance; 16] = [
    ("scenario", |run| run.scenario.clone()),
    ("target", |run| run.target.clone()),
    ("address", |run| run.base_url.clone()),
    ("offered rate", offered),
    ("stages", stages),
    ("length", |run| format!("{} s", figures::in_table(run.planned_s))),
    ("objectives", |run| run.slos.join("; ")),
    ("seed", |run| run.seed.to_string()),
    ("share of the load", |run| run.shard.clone()),
    ("virtual users", |run| run.users.to_string()),
    ("threads", |run| run.threads.to_string()),
    ("connections", |run| run.asked(ToString::to_string)),
    ("HTTP version", RunInfo::http_version),
    ("generator's machine", machine),
    ("machines merged", |run| run.parts.len().max(1).to_string()),
    ("version of proofload", |run| run.version.clone()),
];

fn offered(run: &RunInfo) -> String {
    match run.expected_arrivals {
        Some(expected) => format!("{}/s", figures::in_table(expected / run.planned_s.max(1e-9))),
        None => "as fast as its users go".to_owned(),
    }
}

fn stages(run: &RunInfo) -> String {
    let stages: Vec<&str> = run.stages.iter().map(|stage| stage.what.as_str()).collect();
    if stages.is_empty() {
        "one rate throughout".to_owned()
    } else {
        stages.join(", ")
    }
}

fn machine(run: &RunInfo) -> String {
    let machine = &run.machine;
    format!("{} {}, {} processors", machine.os, machine.arch, machine.cpus)
}

fn differ(runs: &[Run<'_>], of: fn(&RunInfo) -> String) -> bool {
    let mut all = runs.iter().map(|run| of(run.info));
    let first = all.next();
    all.any(|one| Some(one) != first)
}

/// What differs, by name. Other seeds are what several runs should have.
pub(super) fn names(runs: &[Run<'_>]) -> Vec<&'static str> {
    let differing = CIRCUMSTANCES.into_iter().filter(|(_, of)| differ(runs, *of));
    differing.map(|(name, _)| name).filter(|name| *name != "seed").collect()
}

/// The section.
pub(super) fn render(runs: &[Run<'_>]) -> Markup {
    let (differing, same): (Vec<Circumstance>, Vec<Circumstance>) =
        CIRCUMSTANCES.into_iter().partition(|(_, of)| differ(runs, *of));
    let head = html! { tr { th scope="col" { "What" } @for run in runs { th scope="col" { (run.key()) " " (run.label.split_once(' ').map_or("", |(_, label)| label)) } } } };
    let rows = html! {
        @for (name, of) in &differing {
            tr { th scope="row" { (name) } @for run in runs { td { (shown(&of(run.info), SHORT)) } } }
        }
    };
    let same_head = html! { tr { th scope="col" { "What" } th scope="col" { "In every run" } } };
    let same_rows = html! {
        @for (name, of) in &same {
            tr { th scope="row" { (name) } td { (runs.first().map(|run| shown(&of(run.info), SHORT)).unwrap_or_default()) } }
        }
    };
    let content = html! {
        @if differing.is_empty() { p { "Nothing that the records know of." } }
        @else { (table("Where the runs differ", &head, &rows)) }
        @if !same.is_empty() {
            details.more-data { summary { "What is the same" } (table("What is the same in every run", &same_head, &same_rows)) }
        }
    };
    section("differences", "What differs", None, &content)
}
