//! What to do about it: advice, worded by the command line, which knows what options there are.
//!
//! Engines say what is the matter, with its figures, and give a typed reason. Here a reason becomes advice for a command,
//! which never names an option that the command lacks.

mod reason;

pub(super) use reason::Reason;

use super::{Console, Failure};
use clap::Args;
use proofload_capacity::{CapacityOutcome, End};
use proofload_results::load::Complaint;
use proofload_results::text;
use proofload_results::validate::{Premise, PremiseKind, ValidateReport};
use reason::Offered;
use std::collections::BTreeSet;

/// What to do about a generator that could not be trusted.
fn on_complaint(complaint: &Complaint, offered: &Offered) -> Option<String> {
    match complaint {
        Complaint::LateThoughUsersWereFree { .. } | Complaint::ThreadSaturated { .. } => {
            let options = [("threads", "more --threads"), ("rate", "a lower rate")];
            let known: Vec<&str> = options
                .iter()
                .filter_map(|(long, text)| offered.with(long, text))
                .collect();
            Some(if known.is_empty() {
                "use another machine".to_owned()
            } else {
                format!("use {} or another machine", known.join(", "))
            })
        }
        Complaint::TooFewUsers { .. } => offered.with("users", "use more --users").map(str::to_owned),
        Complaint::StoodStill { .. } | Complaint::LateByAsMuch { .. } => {
            Some("measure again: this says nothing of the target".to_owned())
        }
        Complaint::MachineBusy { .. } => {
            Some("stop what else runs on this machine, or load the target from another one".to_owned())
        }
        Complaint::OutOfPorts { .. } => {
            let keep_alive = offered.with("no-keep-alive", "leave out --no-keep-alive where it was given, ");
            Some(format!(
                "{}widen the range of local ports (sysctl -w net.ipv4.ip_local_port_range=\"1024 65535\"), or load from several machines",
                keep_alive.unwrap_or_default()
            ))
        }
        Complaint::OutOfDescriptors { .. } => {
            let users = offered.with("users", " or give fewer --users").unwrap_or_default();
            Some(format!("raise the limit of open files (ulimit -n 65535){users}"))
        }
    }
}

/// The complaints that advice is given on: where others had the machine, no option of ours helps.
fn advisable(complaints: &[Complaint]) -> impl Iterator<Item = &Complaint> {
    let busy = complaints
        .iter()
        .any(|one| matches!(one, Complaint::MachineBusy { .. }));
    let by_it = |one: &Complaint| {
        matches!(
            one,
            Complaint::LateThoughUsersWereFree { .. }
                | Complaint::ThreadSaturated { .. }
                | Complaint::StoodStill { .. }
                | Complaint::LateByAsMuch { .. }
        )
    };
    let stood_still = complaints.iter().any(|one| matches!(one, Complaint::StoodStill { .. }));
    let late = |one: &Complaint| matches!(one, Complaint::LateThoughUsersWereFree { .. });
    complaints
        .iter()
        .filter(move |one| !(busy && by_it(one) || stood_still && late(one)))
}

impl Failure {
    /// With advice behind its sentence for whoever gave the command with the arguments `A`.
    pub(super) fn advised<A: Args>(mut self) -> Self {
        let advice = self.reason.take().and_then(|reason| reason.advice(&Offered::by::<A>()));
        if let Some(advice) = advice {
            self.sentence = format!("{}; {advice}", self.sentence);
        }
        self
    }
}

/// Says on stderr what to do about a load run: the report keeps what is the matter, and nothing of options.
pub(super) fn on_run<A: Args>(complaints: &[Complaint], dead: bool, console: &Console) {
    on_generator::<A>(complaints, console);
    if let Some(advice) = on_death(&Offered::by::<A>()).filter(|_| dead) {
        console.note(&format!("advice: {advice}"));
    }
}

/// Says on stderr what to do about the premises of a validation that do not hold.
pub(super) fn on_validation<A: Args>(report: &ValidateReport, console: &Console) {
    let offered = Offered::by::<A>();
    for advice in report
        .premises()
        .iter()
        .filter_map(|premise| on_premise(premise, &offered))
    {
        console.note(&format!("advice: {advice}"));
    }
    if !report.common_causes().is_empty() && !console.style.verbose {
        console.note("advice: --verbose shows every case");
    }
}

fn on_premise(premise: &Premise, offered: &Offered) -> Option<String> {
    let PremiseKind::Permissions { account, holds, .. } = &premise.kind else {
        return None;
    };
    let held = if holds.is_empty() {
        "none".to_owned()
    } else {
        holds.join(",")
    };
    let flag = offered.with("permissions", "--permissions")?;
    Some(format!(
        "if that is what {} holds, say so with {flag} '{held}'; else name what it holds, there or in the configuration",
        text::line(account)
    ))
}

/// What to do about a target that answers nothing any more.
fn on_death(offered: &Offered) -> Option<&'static str> {
    offered.with("on-dead-target", "--on-dead-target continue goes on")
}

/// Says on stderr what to do about a generator that could not be trusted.
pub(super) fn on_generator<A: Args>(complaints: &[Complaint], console: &Console) {
    let offered = Offered::by::<A>();
    let advice: BTreeSet<String> = advisable(complaints)
        .filter_map(|one| on_complaint(one, &offered))
        .collect();
    for advice in advice {
        console.note(&format!("advice: {advice}"));
    }
}

/// Says on stderr what to do about a search that came to no answer, or to a vague one.
pub(super) fn on_search<A: Args>(outcome: &CapacityOutcome, console: &Console) {
    if let Some(advice) = after_search(outcome.end, outcome.bracket_is_wide, &Offered::by::<A>()) {
        console.note(&format!("advice: {advice}"));
    }
    on_generator::<A>(&outcome.complaints, console);
}

fn after_search(end: End, bracket_is_wide: bool, offered: &Offered) -> Option<&'static str> {
    match end {
        End::BeyondCeiling => offered.with("max-rate", "raise --max-rate to find the limit"),
        End::OutOfTime => offered.with("max-time", "give a longer --max-time"),
        End::Found if bracket_is_wide => offered.with("max-time", "a longer --max-time narrows the bracket"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
