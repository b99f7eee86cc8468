//! The one sentence that stands for many cases.

use super::{CauseKind, likeness};
use crate::figures;
use crate::validate::{CaseResult, Verdict};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Checks that a sentence names one by one.
const MOST_CHECKS: usize = 4;
/// A sentence on one case is about as long, in characters: a terminal shows so much of it.
const SENTENCE: usize = 320;
/// So much of its clause stands in it at least.
const LEAST_OF_CLAUSE: usize = 100;

/// What cases of one cause have in common, in a sentence.
pub(super) fn of(kind: CauseKind, cases: &[(usize, &CaseResult)]) -> String {
    let operations: BTreeSet<&str> = cases.iter().map(|(_, case)| case.group()).collect();
    let on = match operations.first() {
        Some(only) if operations.len() == 1 => bounded(only),
        _ => figures::of(operations.len(), "operation", "operations"),
    };
    let observed = listed(
        cases
            .iter()
            .filter_map(|(_, case)| case.observed_status())
            .map(|status| status.to_string()),
    );
    let accounts = listed(cases.iter().filter_map(|(_, case)| case.account.clone()));
    let whose = if accounts.is_empty() {
        String::new()
    } else {
        format!(", {accounts}")
    };
    match kind {
        CauseKind::TokenRefused => {
            let statuses = cases.iter().filter_map(|(_, case)| case.observed_status());
            let redirected: Vec<u16> = statuses.filter(|status| (300..400).contains(status)).collect();
            let what = if redirected.is_empty() {
                "A good token is refused with 401".to_owned()
            } else {
                format!("A call with a good token is turned away ({observed})")
            };
            format!("{what} on {on}: there, refusals of bad ones prove nothing, and nothing else can be tested.")
        }
        CauseKind::LetIn => format!(
            "Accounts without the permission are {}, on {on}{whose}: 403 was expected, {observed} came.",
            let_in(cases)
        ),
        CauseKind::Refused => format!("Callers who hold the permission are refused with 403, on {on}{whose}."),
        CauseKind::PermissionUnknown => {
            format!("Nobody stated whether the account holds what {on} take, and it was refused with 403{whose}.")
        }
        CauseKind::NotThere => format!(
            "{} {} not there: {} came to everybody, with a good token and without, to the control call as well.",
            listed(operations.iter().map(|operation| (*operation).to_owned())),
            if operations.len() == 1 { "is" } else { "are" },
            listed(
                cases
                    .iter()
                    .filter(|(_, case)| case.probe == "no-token")
                    .map(|(_, case)| case.observed.clone())
            )
        ),
        CauseKind::ServerError => format!("The server answers with a server error ({observed}), on {on}."),
        CauseKind::NoAnswer => format!(
            "No whole answer came, on {on}, such as: {}",
            bounded(likeness::root(&cases[0].1.detail))
        ),
        CauseKind::RateLimited => format!(
            "A limit on the rate (429 or 503) let through too little to test these, on {on}, such as: {}",
            bounded(likeness::root(&cases[0].1.detail))
        ),
        CauseKind::Front => {
            let which = match operations.len() {
                1 => String::new(),
                _ => format!(" ({})", listed(cases.iter().map(|(_, case)| case.group().to_owned()))),
            };
            format!(
                "Somebody in front of the application refuses what is needed to test it, on {on}{which}, such as: {}",
                bounded(&cases[0].1.detail)
            )
        }
        CauseKind::Interrupted => format!("The run ended before these, on {on}."),
        CauseKind::Clock => format!("The server's clock and this machine's differ: {}.", cases[0].1.observed),
        CauseKind::Snapshot => format!("Answers differ from their snapshots, on {on}."),
        CauseKind::Alike => alike(cases, &on),
    }
}

/// A request that was answered with 400 or 404 got somebody nowhere; it was looked at all the same.
fn let_in(cases: &[(usize, &CaseResult)]) -> &'static str {
    let succeeded = |(_, case): &&(usize, &CaseResult)| matches!(case.observed_status(), Some(200..=299));
    match cases.iter().filter(succeeded).count() {
        0 => "not refused with 403",
        all if all == cases.len() => "let in",
        _ => "let in, or not refused with 403",
    }
}

fn alike(cases: &[(usize, &CaseResult)], on: &str) -> String {
    let (_, first) = cases[0];
    if first.verdict == Verdict::Error {
        let root = likeness::root(&first.detail);
        let same = cases.iter().all(|(_, case)| likeness::root(&case.detail) == root);
        let others = if same { "" } else { " (and so of other accounts)" };
        return format!("{}{others}", bounded(root));
    }
    let came = format!(
        "expected {}, observed {}",
        bounded(&first.expected),
        bounded(&listed(
            cases
                .iter()
                .map(|(_, case)| likeness::told(&case.observed).into_owned())
        ))
    );
    let probes: Vec<String> = cases.iter().map(|(_, case)| case.probe.clone()).collect();
    let probes = listed(probes.into_iter());
    match cases {
        // What came says more than the rest of a long clause.
        [(_, only)] => {
            let room = SENTENCE.saturating_sub(came.chars().count()).max(LEAST_OF_CLAUSE);
            format!("{} ({came})", crate::text::clip(&only.detail, room))
        }
        _ if cases.iter().all(|(_, case)| case.probe == first.probe) => {
            format!("{} ({came}, on {on})", bounded(&first.detail))
        }
        _ => format!("{came}, on {on}, in {probes}"),
    }
}

/// Different texts in their order; many are counted.
fn listed(texts: impl Iterator<Item = String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    let more = seen.len().saturating_sub(MOST_CHECKS);
    seen.truncate(MOST_CHECKS);
    let mut text = seen.join(", ");
    if more > 0 {
        // Writing into memory cannot fail.
        let _ = write!(text, " and {more} more");
    }
    text
}

/// What a server put into a sentence stays short.
fn bounded(text: &str) -> String {
    crate::text::clip(text, 240)
}
