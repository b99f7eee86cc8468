//! What the runs came to, in one sentence, and what makes them hard to compare.

use super::Run;
use super::differences;
use crate::html::load::{tone, word};
use crate::html::units::{SENTENCE, SHORT, shown};
use crate::html::verdict::{Banner, Tone};
use maud::{Markup, html};
use proofload_results::figures;
use proofload_results::load::{LoadReport, LoadVerdict, SloState};

/// How many runs the first screen explains one by one.
const MAX_REASONS: usize = 6;

/// The title of the window.
pub(super) fn title(runs: &[Run<'_>]) -> String {
    let labels: Vec<&str> = runs.iter().map(|run| run.label.as_str()).collect();
    shown(&format!("Side by side: {}", labels.join(", ")), SHORT)
}

/// The banner.
pub(super) fn render(runs: &[Run<'_>]) -> Markup {
    let banner = Banner {
        tone: worst(runs),
        word: "Side by side",
        sentence: sentence(runs),
        reasons: reasons(runs),
        circumstances: Vec::new(),
    };
    banner.render()
}

const VERDICTS: [(LoadVerdict, &str); 5] = [
    (LoadVerdict::Pass, "passed"),
    (LoadVerdict::Fail, "failed"),
    (LoadVerdict::Invalid, "invalid"),
    (LoadVerdict::Incomplete, "incomplete"),
    (LoadVerdict::Part, "not judged"),
];

fn count(runs: &[Run<'_>], verdict: LoadVerdict) -> usize {
    runs.iter().filter(|run| run.report.verdict == verdict).count()
}

fn worst(runs: &[Run<'_>]) -> Tone {
    let order = [
        LoadVerdict::Fail,
        LoadVerdict::Invalid,
        LoadVerdict::Incomplete,
        LoadVerdict::Part,
    ];
    let worst = order.into_iter().find(|verdict| count(runs, *verdict) > 0);
    tone(worst.unwrap_or(LoadVerdict::Pass))
}

fn sentence(runs: &[Run<'_>]) -> String {
    let ended: Vec<String> = VERDICTS
        .into_iter()
        .filter_map(|(verdict, word)| match count(runs, verdict) {
            0 => None,
            all if all == runs.len() => Some(format!("all {word}")),
            some => Some(format!("{some} {word}")),
        })
        .collect();
    format!(
        "{} overlaid: {}.",
        figures::of(runs.len(), "load run", "load runs"),
        ended.join(", ")
    )
}

fn reasons(runs: &[Run<'_>]) -> Vec<Markup> {
    let wrong = runs.iter().filter(|run| run.report.verdict != LoadVerdict::Pass);
    let mut reasons: Vec<Markup> = wrong
        .clone()
        .take(MAX_REASONS)
        .map(|run| html! { (run.key()) " " (word(run.report.verdict)) ": " (why(run.report)) })
        .collect();
    let more = wrong.count().saturating_sub(MAX_REASONS);
    if more > 0 {
        reasons.push(html! { "and " (figures::of(more, "more run that did not pass", "more runs that did not pass")) });
    }
    let differing = differences::names(runs);
    if !differing.is_empty() {
        reasons.push(
            html! { "They were not made alike: " (listed(&differing)) ". What differs below may come from that." },
        );
    }
    reasons.push(html! { "Whether a difference is more than chance, " code { "proofload gate" } " says." });
    reasons
}

/// Why a run did not pass, in short.
pub(super) fn why(report: &LoadReport) -> Markup {
    let missed = report.slos.iter().find(|slo| slo.state() == SloState::Missed);
    let sentence = report.generator.reasons.first().or(report.findings.first());
    html! {
        @match (report.verdict, missed, sentence) {
            (LoadVerdict::Pass, _, _) if report.slos.is_empty() => { "no objective was stated" }
            (LoadVerdict::Pass, _, _) => { "every objective held" }
            (LoadVerdict::Fail, Some(slo), _) => { code { (shown(&slo.slo, SHORT)) } ", measured " (shown(&slo.measured, SHORT)) }
            (LoadVerdict::Part, _, _) => { "it is a part of a load, which is judged when all parts are merged" }
            (_, _, Some(sentence)) => { (shown(sentence, SENTENCE)) }
            (LoadVerdict::Incomplete, _, None) => { "it ended before its time" }
            (_, _, None) => { "its figures are doubtful" }
        }
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
