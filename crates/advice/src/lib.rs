//! What to do about it: advice in the words of the command line.
//!
//! Engines say what is the matter, with its figures, and give a typed reason. Here a reason becomes advice for a command,
//! which never names an option that the command lacks.

mod offered;
mod reason;

pub use offered::Offered;
pub use reason::Reason;

use proofload_capacity::{CapacityOutcome, End};
use proofload_results::load::Complaint;
use proofload_results::text;
use proofload_results::validate::{Premise, PremiseKind, ValidateReport};
use std::collections::BTreeSet;

/// What to do about one thing that was wrong with a generator.
pub fn on_complaint(complaint: &Complaint, offered: &Offered) -> Option<String> {
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
        Complaint::ProxyGaveOut { .. } => {
            let without = offered
                .with("proxy", ", or go without it (--proxy none)")
                .unwrap_or_default();
            Some(format!("see why the proxy gives none (its own log says more){without}"))
        }
    }
}

/// The complaints that advice is given on: where others had the machine, no option of ours helps.
pub fn advisable(complaints: &[Complaint]) -> impl Iterator<Item = &Complaint> {
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

/// What to do about a load run: the report keeps what is the matter, and nothing of options.
pub fn on_run(complaints: &[Complaint], dead: bool, offered: &Offered) -> Vec<String> {
    let death = on_death(offered).filter(|_| dead).map(str::to_owned);
    on_generator(complaints, offered).into_iter().chain(death).collect()
}

/// What to do about the premises of a validation that do not hold. `all` is whether every case is shown.
pub fn on_validation(report: &ValidateReport, all: bool, offered: &Offered) -> Vec<String> {
    let premises = report.premises();
    let advice = premises.iter().filter_map(|premise| on_premise(premise, offered));
    let more = !report.common_causes().is_empty() && !all;
    let more = more.then(|| "--verbose shows every case".to_owned());
    advice.chain(more).collect()
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

/// What to do about a generator that could not be trusted.
pub fn on_generator(complaints: &[Complaint], offered: &Offered) -> Vec<String> {
    let advice: BTreeSet<String> = advisable(complaints)
        .filter_map(|one| on_complaint(one, offered))
        .collect();
    advice.into_iter().collect()
}

/// What to do about a search that came to no answer, or to a vague one.
pub fn on_search(outcome: &CapacityOutcome, offered: &Offered) -> Vec<String> {
    let search = after_search(outcome.end, outcome.bracket_is_wide, offered).map(str::to_owned);
    search
        .into_iter()
        .chain(on_generator(&outcome.complaints, offered))
        .collect()
}

/// What to do about a search that ended so, and whose bracket is wide or not.
pub fn after_search(end: End, bracket_is_wide: bool, offered: &Offered) -> Option<&'static str> {
    match end {
        End::BeyondCeiling => offered.with("max-rate", "raise --max-rate to find the limit"),
        End::OutOfTime => offered.with("max-time", "give a longer --max-time"),
        End::Found if bracket_is_wide => offered.with("max-time", "a longer --max-time narrows the bracket"),
        _ => None,
    }
}
