//! The page of a capacity search.

pub(super) mod curves;
mod machines;
mod method;
mod tables;

use super::chart::Charts;
use super::page::{self, Page};
use super::units::{self, SENTENCE, SHORT, shown};
use super::verdict::{Banner, Tone};
use maud::{Markup, html};
use proofload_results::capacity::{Cameras, CapacityReport, CapacityVerdict, StepVerdict};

/// Renders the result of a capacity search.
pub fn render(report: &CapacityReport) -> String {
    let mut charts = Charts::default();
    let title = format!("{}: capacity of {}", word(report.verdict), shown(&report.target, SHORT));
    let parts = [
        ("latency", "What to expect", tables::latency(report)),
        ("curve", "Curve", curves::render(report, &mut charts)),
        ("machines", "Machines", machines::render(report, &mut charts)),
        ("steps", "Steps", tables::steps(report)),
        ("method", "Method", Some(method::render(report, &mut charts))),
    ];
    let sections = page::present(&parts);
    let page = Page {
        command: "capacity",
        title: &title,
        sections: &sections,
    };
    let body = html! {
        (banner(report).render())
        div.wide { (counts(report)) }
        @for (_, _, part) in &parts { @if let Some(part) = part { (part) } }
    };
    page.render_with(&body, &charts)
}

fn banner(report: &CapacityReport) -> Banner<'static> {
    Banner {
        tone: match report.verdict {
            CapacityVerdict::Pass => Tone::Good,
            CapacityVerdict::Fail => Tone::Bad,
            CapacityVerdict::Invalid => Tone::Doubtful,
            CapacityVerdict::Incomplete => Tone::Unknown,
        },
        word: word(report.verdict),
        sentence: shown(&report.sentence, SENTENCE),
        reasons: reasons(report),
        circumstances: circumstances(report),
    }
}

fn word(verdict: CapacityVerdict) -> &'static str {
    match verdict {
        CapacityVerdict::Pass => "Passed",
        CapacityVerdict::Fail => "Failed",
        CapacityVerdict::Invalid => "Invalid",
        CapacityVerdict::Incomplete => "Incomplete",
    }
}

fn reasons(report: &CapacityReport) -> Vec<Markup> {
    let mut reasons = Vec::new();
    if let (Some(limit), Some(broke)) = (&report.limited_by, &report.broke_at) {
        reasons.push(html! {
            @if limit == "queue" { "Calls piled up" } @else { code { (shown(limit, SHORT)) } " broke first" }
            ", at " (units::figure(broke.rate_per_s)) "/s: measured " strong { (shown(&broke.measured, SHORT)) }
        });
    }
    if report.sustained_per_s.is_some() {
        reasons.push(html! {
            @if report.confirmed { "A run of its own at that rate agreed." }
            @else { "No run of its own at that rate has agreed." }
        });
    }
    let sentences = report.reasons.iter().chain(&report.findings);
    reasons.extend(sentences.map(|sentence| html! { (shown(sentence, SENTENCE)) }));
    reasons
}

fn circumstances(report: &CapacityReport) -> Vec<(&'static str, Markup)> {
    let mut circumstances = vec![("Scenario", html! { (shown(&report.scenario, SHORT)) })];
    if let Some(journey) = &report.journey {
        circumstances.push(("Journey", html! { (shown(journey, SHORT)) }));
    }
    circumstances.extend([
        ("Address", html! { code { (shown(&report.target, SHORT)) } }),
        ("Started", units::instant(&report.started_at)),
        (
            "Took",
            html! { data value=(report.duration_s) { (format!("{:.0}", report.duration_s)) } " s" },
        ),
        ("Seed", html! { data value=(report.seed) { (report.seed) } }),
        ("Version", html! { (shown(&report.version, SHORT)) }),
    ]);
    circumstances
}

fn counts(report: &CapacityReport) -> Markup {
    html! {
        ul.counts aria-label="The answer in figures" {
            @if let Some(cameras) = report.cameras { (in_cameras(cameras)) }
            @if let Some(rate) = report.sustained_per_s {
                li { strong data-count="sustained" { (units::figure(rate)) small { "/s" } } span.what { "carried" } }
            }
            @if let Some([low, high]) = report.bracket_per_s {
                li { strong { (units::figure(low)) " – " (units::figure(high)) small { "/s" } } span.what { "believed to lie between" } }
            }
            @if let Some(need) = &report.need {
                li { strong { (units::figure(need.rate_per_s)) small { "/s" } } span.what { "needed" } }
                @if let Some(headroom) = need.headroom {
                    li { strong { (units::percent(headroom)) } span.what { @if headroom < 0.0 { "too little" } @else { "to spare" } } }
                }
            }
        }
    }
}

/// What an owner counts in: cameras, and what their pictures take of the network and the disks.
fn in_cameras(cameras: Cameras) -> Markup {
    html! {
        @if let Some(count) = cameras.count {
            li {
                strong data-count="cameras" { (units::count(count)) }
                span.what { "cameras at " data value=(cameras.fps) { (cameras.each()) } }
            }
        }
        @if let Some(megabits) = cameras.megabits_per_s {
            li { strong { (units::figure(megabits)) small { " Mbit/s" } } span.what { "of network" } }
        }
        @if let Some(gigabytes) = cameras.gigabytes_per_day {
            li { strong { (units::figure(gigabytes)) small { " GB" } } span.what { "of pictures a day" } }
        }
    }
}

/// How a step is marked.
fn tone(verdict: StepVerdict) -> Tone {
    match verdict {
        StepVerdict::Held => Tone::Good,
        StepVerdict::Broke | StepVerdict::Hopeless => Tone::Bad,
        StepVerdict::Invalid => Tone::Doubtful,
        StepVerdict::Incomplete => Tone::Unknown,
    }
}

#[cfg(test)]
mod tests;
