//! Whether calls are answered at all: judged over every call of the run, when all other checks are over.

use super::group::OPERATION;
use futures_util::future::{BoxFuture, FutureExt as _};
use proofload_contract::Source;
use proofload_deployment::client::Loss;
use proofload_probing::context::Context;
use proofload_probing::context::ledger::Page;
use proofload_probing::findings::{Clause, Finding, Stop};
use proofload_probing::messages::Step;
use proofload_probing::probe::{Declared, Sequence, Sheet};
use std::sync::Arc;

pub(crate) const RELIABILITY: Clause = Clause::new(
    "reliability",
    Source::Guide,
    "Every call is answered, and every answer comes whole: the guide documents an answer for each. One call lost in a run is a warning.",
);

/// The check that comes last.
pub(super) struct Reliability {
    cases: [Declared; 1],
}

impl Reliability {
    pub(super) fn new() -> Self {
        Self {
            cases: [Declared::new(OPERATION, RELIABILITY)],
        }
    }
}

impl Sequence for Reliability {
    fn name(&self) -> &'static str {
        "deployment: reliability"
    }

    fn cases(&self) -> &[Declared] {
        &self.cases
    }

    fn needs_account(&self) -> bool {
        false
    }

    fn comes_last(&self) -> bool {
        true
    }

    fn run<'a>(&'a self, context: &'a Context, sheet: &'a mut Sheet) -> BoxFuture<'a, Result<(), Stop>> {
        async move {
            let page = context.calls();
            if page.calls() == 0 {
                return Err(Stop::skip("no call was made"));
            }
            let proxy = context.display().way.proxy().map(ToString::to_string);
            sheet.report(OPERATION, RELIABILITY.name, judged(&page, proxy.as_deref()));
            Ok(())
        }
        .boxed()
    }
}

fn judged(page: &Page, proxy: Option<&str>) -> Finding {
    let lost = page.lost();
    let finding = Finding::verdict(lost == 0, "every call answered", observed(page));
    let finding = match (lost, page.dead) {
        // One call in a whole run may be anybody's: a cable, a router, a server that was just then replaced.
        (1, None) => finding.weighed_by(Source::Convention),
        _ => finding,
    };
    let finding = match note(page, proxy) {
        note if note.is_empty() => finding,
        note => finding.note(note),
    };
    let example = page.example.iter().cloned().map(|draft| {
        Arc::new(Step {
            serial: 0,
            draft,
            outcome: Err(page.told.first().cloned().unwrap_or_default()),
        })
    });
    finding.after(example.collect())
}

fn observed(page: &Page) -> String {
    let (lost, calls) = (page.lost(), thousands(page.calls()));
    if lost == 0 {
        return format!("all of {calls} calls were answered");
    }
    let kinds = page
        .lost
        .iter()
        .map(|(loss, count)| format!("{count} {}", words(*loss)));
    let kinds: Vec<String> = kinds.collect();
    let were = if lost == 1 { "was" } else { "were" };
    let counted = format!(
        "{} of {calls} calls {were} not answered: {}",
        thousands(lost),
        kinds.join(", ")
    );
    match page.dead {
        Some((calls, silent)) => format!(
            "the target stopped answering: nothing came to the last {calls} calls, for {} s; {counted}",
            silent.as_secs()
        ),
        None => counted,
    }
}

fn words(loss: Loss) -> &'static str {
    match loss {
        Loss::Cut => "cut short",
        Loss::Dropped => "dropped without an answer",
        Loss::Unanswered => "never answered",
        Loss::NotConnected => "refused a connection",
        Loss::NotHttp => "answered with something that is not HTTP",
    }
}

fn note(page: &Page, proxy: Option<&str>) -> String {
    let mut sentences = page.told.clone();
    if page.lost() > 0 {
        sentences.push("calls that store nothing were tried again, up to twice".to_owned());
    }
    if let Some(proxy) = proxy.filter(|_| page.lost() > 0) {
        sentences.push(format!(
            "the calls went through the proxy {proxy}, which may be the one that did not answer"
        ));
    }
    if let Some(patience) = page.shortened_to {
        sentences.push(format!(
            "after the first calls that hung, the others had {} s to be answered",
            (patience.as_secs_f64() * 10.0).round() / 10.0
        ));
    }
    if page.stale > 0 {
        let calls = if page.stale == 1 { "call" } else { "calls" };
        sentences.push(format!(
            "{} {calls} met a kept connection that the server closed just then, as it may, and went over a new one",
            page.stale
        ));
    }
    sentences.join("; ")
}

/// With a comma between groups of three digits.
fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_probing::findings::FindingKind;
    use std::time::Duration;

    fn page(answered: usize, lost: &[(Loss, usize)]) -> Page {
        Page {
            answered,
            lost: lost.iter().copied().collect(),
            ..Page::default()
        }
    }

    #[test]
    fn lost_calls_are_a_failure_with_their_kinds() {
        let finding = judged(&page(2298, &[(Loss::Cut, 9), (Loss::Unanswered, 3)]), None);
        assert_eq!((finding.kind, finding.source), (FindingKind::Deviates, None));
        assert_eq!(
            finding.observed,
            "12 of 2,310 calls were not answered: 9 cut short, 3 never answered"
        );
    }

    #[test]
    fn one_lost_call_is_a_warning() {
        let finding = judged(&page(999, &[(Loss::Dropped, 1)]), None);
        assert_eq!(finding.source, Some(Source::Convention));
        assert_eq!(
            finding.observed,
            "1 of 1,000 calls was not answered: 1 dropped without an answer"
        );
    }

    #[test]
    fn a_server_that_stopped_answering_fails_whatever_the_count() {
        let mut page = page(5, &[(Loss::NotConnected, 1)]);
        page.dead = Some((20, Duration::from_secs(6)));
        let finding = judged(&page, None);
        assert_eq!((finding.kind, finding.source), (FindingKind::Deviates, None));
        assert!(
            finding.observed.starts_with("the target stopped answering"),
            "{}",
            finding.observed
        );
    }

    #[test]
    fn an_idle_connection_that_was_closed_accuses_nobody() {
        let mut page = page(12, &[]);
        page.stale = 2;
        let finding = judged(&page, None);
        assert!(finding.holds());
        assert_eq!(finding.observed, "all of 12 calls were answered");
        assert!(
            finding
                .words()
                .is_some_and(|note| note.starts_with("2 calls met a kept connection"))
        );
    }
}
