//! What is said of guards: which kinds were not tried and why, and which doors nobody saw shut.

use proofload_results::load::{GuardCount, GuardKind, GuardReport};
use proofload_results::record::{RunInfo, Totals};

/// How a guard ended that had no answer when the run was over.
const UNANSWERED: &str = "unanswered";

/// What became of the guards of a run: each kind with its count, or with why it was not tried.
pub(crate) fn report(totals: &Totals, run: &RunInfo) -> Option<GuardReport> {
    let mut plan = run.guards.clone()?;
    let mut guarded = totals.guarded.clone();
    for count in guarded.guards.values_mut() {
        let answered = count
            .statuses
            .values()
            .fold(0, |sum: u64, count| sum.saturating_add(*count));
        let unanswered = count.sent.saturating_sub(answered);
        if unanswered > 0 {
            count.statuses.insert(UNANSWERED.to_owned(), unanswered);
            let odd = || "no answer had come when the run was over".to_owned();
            count.odd.get_or_insert_with(odd);
        }
    }
    let tried = |kind: GuardKind| guarded.guards.contains_key(&kind);
    for kind in GuardKind::ALL {
        let why = match kind {
            _ if plan.per_s <= 0.0 || tried(kind) || plan.untried.contains_key(&kind) => continue,
            // What says less is not missed where what says more was tried.
            GuardKind::BentExpiry if tried(GuardKind::ExpiredToken) => continue,
            GuardKind::ExpiredToken if tried(GuardKind::BentExpiry) => {
                "none could be made: the server's tokens are not signed with the signing key that was given"
            }
            _ => "its turn did not come",
        };
        plan.untried.insert(kind, why.to_owned());
    }
    Some(GuardReport { plan, guarded })
}

/// What a person should know of guards that were not tried, or were neither refused nor let in.
pub(crate) fn findings(report: &GuardReport) -> Vec<String> {
    if report.plan.per_s <= 0.0 {
        return Vec::new();
    }
    let guards = &report.guarded.guards;
    if guards.values().all(|count| count.sent == 0) {
        return vec!["no guard was sent: whether the doors stayed shut was not looked at".to_owned()];
    }
    let mut findings: Vec<String> = guards.iter().filter_map(|(kind, count)| odd(*kind, count)).collect();
    let missed = report.plan.untried.iter();
    let missed = missed.filter(|(kind, why)| !guards.contains_key(kind) && *why == "its turn did not come");
    let missed: Vec<String> = missed.map(|(kind, _)| kind.to_string()).collect();
    if !missed.is_empty() {
        findings.push(format!(
            "the run was too short for all guards: none was sent with {}",
            missed.join(", ")
        ));
    }
    findings
}

fn odd(kind: GuardKind, count: &GuardCount) -> Option<String> {
    let first = count.odd.as_deref();
    let first = first.map_or_else(String::new, |odd| format!(" (first: {odd})"));
    // A few are under way whenever a run ends: that is worth a word only where none came before them.
    let at_the_end = count.statuses.get(UNANSWERED).copied().unwrap_or_default();
    match count.neither() {
        0 => None,
        neither if neither == at_the_end && neither < count.sent => None,
        neither if neither == count.sent => Some(format!(
            "whether calls with {kind} are refused was not seen: of {neither} none was refused and none was let in{first}"
        )),
        neither => Some(format!(
            "{neither} of {} calls with {kind} were neither refused nor let in{first}",
            count.sent
        )),
    }
}
