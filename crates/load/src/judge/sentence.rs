//! The verdict in one sentence, made once: every rendering shows this one.

use crate::judge::verdict::Ending;
use proofload_deployment::units::span;
use proofload_results::load::{Arrivals, Complaint, LoadReport, LoadVerdict, SloRow, SloState, open_doors};
use proofload_results::record::RunInfo;

/// Objectives that are named; the tables have the others.
const NAMED: usize = 3;
/// Doors that are named.
const DOORS: usize = 2;

/// The verdict of a report in one sentence.
pub(crate) fn of(report: &LoadReport, ending: Ending, no_success: bool, run: &RunInfo) -> String {
    let arrivals = &report.arrivals;
    let over = format!("over {} arrivals in {:.1} s", arrivals.due, report.duration_s);
    match report.verdict {
        LoadVerdict::Part => format!(
            "Shard {} of a load ran, {over}: it is judged when all shards are merged.",
            run.shard
        ),
        LoadVerdict::Pass if report.slos.is_empty() => format!(
            "{} arrivals in {:.1} s, {} calls failed; no objective was stated.",
            arrivals.due,
            report.duration_s,
            errors(report)
        ),
        LoadVerdict::Pass => format!("The target held {}, {over}.", all(report.slos.len())),
        LoadVerdict::Fail => failed(report, ending.dead, no_success, &over),
        LoadVerdict::Invalid => invalid(report),
        LoadVerdict::Incomplete if run.lost.is_some() => lost(report),
        LoadVerdict::Incomplete if !run.parts.is_empty() => format!(
            "Not every part of this load came to its end: this is what was measured, {over}, and less than was planned."
        ),
        // Nobody said how long it may take: it was to end with a number of calls.
        LoadVerdict::Incomplete if run.planned_s >= span::LONGEST.as_secs_f64() => format!(
            "The run ended before all its calls were made, after {:.0} s: this is what was measured until then.",
            report.duration_s
        ),
        LoadVerdict::Incomplete => ended_early(report, run),
    }
}

/// The sentence of a run that was interrupted: while calls fell due, or while the last of them were waited for.
fn ended_early(report: &LoadReport, run: &RunInfo) -> String {
    let Arrivals { due, done, .. } = report.arrivals;
    let after_s = report.duration_s;
    if after_s + 0.05 < run.planned_s {
        return format!(
            "The run ended before its time, after {after_s:.1} of {:.1} s: this is what was measured until then.",
            run.planned_s
        );
    }
    let planned_s = run.planned_s;
    match due.saturating_sub(done) {
        0 => format!(
            "The run was interrupted after {after_s:.1} s, when its {planned_s:.1} s were over: all that fell due was answered or failed."
        ),
        left => format!(
            "The run was interrupted after {after_s:.1} s, when its {planned_s:.1} s were over and {left} of {due} arrivals were still under way or unsent: this is what was measured until then."
        ),
    }
}

/// The sentence of a run that still goes on: what was measured so far, and no verdict.
pub(crate) fn so_far(report: &LoadReport, run: &RunInfo) -> String {
    let at = if run.planned_s >= span::LONGEST.as_secs_f64() {
        format!("{:.0} s", report.duration_s)
    } else if report.duration_s >= run.planned_s + 0.5 {
        format!(
            "{:.0} s, {:.0} s of calls and then waiting for their answers",
            report.duration_s, run.planned_s
        )
    } else {
        format!("{:.0} of {:.0} s", report.duration_s, run.planned_s)
    };
    let over = format!("over {} arrivals", report.arrivals.done);
    let (all, missed) = (report.slos.len(), in_state(report, SloState::Missed));
    let held = in_state(report, SloState::Held).len();
    if report.is_breached() {
        breached(report, &format!("seen after {at}"))
    } else if report.arrivals.done == 0 {
        format!("{at}: no call has ended yet.")
    } else if all == 0 {
        format!(
            "{at}: {} calls failed, {over}; no objective was stated.",
            errors(report)
        )
    } else if !missed.is_empty() {
        let of = objectives(all);
        format!(
            "{at}: {} of {of} missed so far, {over}: {}.",
            missed.len(),
            named(&missed)
        )
    } else if held == all && all == 1 {
        format!("{at}: its objective holds so far, {over}.")
    } else if held == all {
        format!("{at}: all {all} objectives hold so far, {over}.")
    } else {
        format!("{at}: {held} of {} held so far, {over}.", objectives(all))
    }
}

fn failed(report: &LoadReport, dead: bool, no_success: bool, over: &str) -> String {
    let arrivals = &report.arrivals;
    let missed: Vec<&SloRow> = in_state(report, SloState::Missed);
    if report.is_breached() {
        breached(report, over)
    } else if dead {
        // Beyond a proxy nobody sees which of the two is silent.
        let is_beyond = report.protocol.as_ref().is_some_and(|protocol| protocol.asked.proxy);
        let who = if is_beyond {
            "The target, or the proxy before it,"
        } else {
            "The target"
        };
        format!("{who} stopped answering: nothing came for 5 seconds, and the run was ended.")
    } else if report.operations.iter().all(|row| row.ok == 0) {
        format!("Not one call succeeded, {over}.")
    } else if no_success {
        format!("Not one call of the scenario succeeded, {over}.")
    } else if !missed.is_empty() {
        format!(
            "The target missed {} of {}, {over}: {}.",
            missed.len(),
            objectives(report.slos.len()),
            named(&missed)
        )
    } else if errors(report) * 2 > calls(report) {
        format!("Most calls failed, {} of {}, {over}.", errors(report), calls(report))
    } else {
        format!(
            "The target held its callers up: {} of {} arrivals were never sent.",
            arrivals.unsent, arrivals.due
        )
    }
}

/// The doors that were found open, two of them at most; the others stand among the findings.
fn breached(report: &LoadReport, over: &str) -> String {
    let doors = report.guards.as_ref().map(|guards| open_doors(&guards.guarded));
    let doors = doors.unwrap_or_default();
    let more = if doors.len() > DOORS { "; ..." } else { "" };
    format!(
        "The target did not keep its doors shut, {over}, whatever its latencies: {}{more}.",
        doors[..doors.len().min(DOORS)].join("; ")
    )
}

fn errors(report: &LoadReport) -> u64 {
    report.operations.iter().map(|row| row.errors).sum()
}

fn calls(report: &LoadReport) -> u64 {
    report.operations.iter().map(|row| row.ok + row.errors).sum()
}

fn invalid(report: &LoadReport) -> String {
    let undecided = in_state(report, SloState::Undecided);
    let unoffered: Vec<&SloRow> = report.slos.iter().filter(|slo| slo.is_beyond_the_offer()).collect();
    // Whatever else was wrong: that would not have decided them.
    if let (Some(slo), true) = (unoffered.first(), unoffered.len() == undecided.len()) {
        return format!(
            "{} of {} cannot be decided ({}): {}; a target answers what it is sent, so send more, or ask for less.",
            unoffered.len(),
            objectives(report.slos.len()),
            named(&unoffered),
            slo.at_best.as_deref().unwrap_or_default()
        );
    }
    let mut reasons = report.generator.reasons.iter().map(String::as_str);
    let cause = reasons.next().unwrap_or("the generator was the bottleneck");
    // What stood still has a time of its own, whoever kept the machine.
    let still = reasons
        .next()
        .filter(|reason| reason.starts_with(Complaint::STOOD_STILL));
    let why = still.map_or_else(|| cause.to_owned(), |still| format!("{cause}; {still}"));
    if undecided.is_empty() {
        format!("This run says nothing of the target: {why}.")
    } else {
        format!(
            "{} of {} cannot be decided ({}): {why}.",
            undecided.len(),
            objectives(report.slos.len()),
            named(&undecided)
        )
    }
}

/// The sentence of a run whose record was lost in part.
pub(crate) fn lost(report: &LoadReport) -> String {
    format!(
        "The run went on for {:.0} s, and a part of its record was lost: nobody can look its figures up any more.",
        report.duration_s
    )
}

/// The sentence of a merged record that lacks shards, or one of whose generators gave out.
pub(crate) fn not_whole(why: &str) -> String {
    format!("This record says nothing of the target as a whole: {why}.")
}

/// Some of several sentences, in one.
pub(crate) fn several(sentences: &[String]) -> String {
    let more = sentences.len().saturating_sub(NAMED);
    let mut named = sentences[..sentences.len() - more].join("; ");
    if more > 0 {
        named = format!("{named}; and {more} more");
    }
    named
}

fn in_state(report: &LoadReport, state: SloState) -> Vec<&SloRow> {
    report.slos.iter().filter(|slo| slo.state() == state).collect()
}

fn named(slos: &[&SloRow]) -> String {
    let names: Vec<&str> = slos.iter().take(NAMED).map(|slo| slo.slo.as_str()).collect();
    let more = if slos.len() > NAMED { ", ..." } else { "" };
    format!("{}{more}", names.join(", "))
}

fn objectives(count: usize) -> String {
    format!("{count} objective{}", if count == 1 { "" } else { "s" })
}

fn all(count: usize) -> String {
    match count {
        1 => "its objective".to_owned(),
        more => format!("all {more} objectives"),
    }
}
