//! Whether records are parts of one load, and what is odd about them.

use crate::load::Connecting;
use crate::record::merge_error::MergeError;
use crate::record::shards::Shards;
use crate::record::{Part, RunInfo, RunStatus};
use std::path::Path;
use std::time::Duration;

/// Runs further apart than this, in seconds, did not begin together, which is worth a word.
const TOGETHER_S: f64 = 1.0;

/// A run and what people know its record by.
pub(in crate::record) type Named<'a> = (&'a Path, &'a RunInfo);

pub(super) fn apart_s(from_ns: u64, to_ns: u64) -> f64 {
    Duration::from_nanos(to_ns.saturating_sub(from_ns)).as_secs_f64()
}

/// Refuses runs that did not do the same.
///
/// # Errors
/// They did not.
pub(super) fn check_alike(first: Named, other: Named) -> Result<(), MergeError> {
    let (a, b) = (first.1, other.1);
    let slos = |run: &RunInfo| run.slos.join(", ");
    let named = |text: &str| {
        if text.is_empty() {
            "none".to_owned()
        } else {
            text.to_owned()
        }
    };
    let staged = |run: &RunInfo| {
        let stages = run.stages.iter();
        let stages: Vec<String> = stages
            .map(|stage| format!("{} in {} s", stage.what, stage.length_s))
            .collect();
        named(&stages.join(", "))
    };
    let digest = |run: &RunInfo| run.scenario_digest.clone().unwrap_or_default();
    let timeout = |asked: &Connecting| format!("{} s", asked.timeout_s);
    let keep_alive = |asked: &Connecting| if asked.keep_alive { "kept" } else { "one for each call" }.to_owned();
    let http_2 = |asked: &Connecting| if asked.http2 { "yes" } else { "no" }.to_owned();
    let streams = |asked: &Connecting| asked.streams.to_string();
    let route = |asked: &Connecting| if asked.proxy { "through a proxy" } else { "direct" }.to_owned();
    let transport = |run: &RunInfo| run.base_url.split(':').next().unwrap_or_default().to_owned();
    let expected = |run: &RunInfo| {
        run.expected_arrivals
            .map_or("none".to_owned(), |count| count.to_string())
    };
    for (what, one, two) in [
        ("scenario", named(&a.scenario), named(&b.scenario)),
        ("duration in seconds", a.planned_s.to_string(), b.planned_s.to_string()),
        ("number of planned arrivals", expected(a), expected(b)),
        ("stages", staged(a), staged(b)),
        ("objectives", named(&slos(a)), named(&slos(b))),
        (
            "content of the scenario, images included (its digest)",
            digest(a),
            digest(b),
        ),
        ("time-out", a.asked(timeout), b.asked(timeout)),
        (
            "use of connections (keep-alive)",
            a.asked(keep_alive),
            b.asked(keep_alive),
        ),
        ("wish for HTTP/2", a.asked(http_2), b.asked(http_2)),
        (
            "number of calls at once on an HTTP/2 connection",
            a.asked(streams),
            b.asked(streams),
        ),
        ("way to the target", a.asked(route), b.asked(route)),
        ("transport", transport(a), transport(b)),
        ("HTTP version", a.http_version(), b.http_version()),
    ] {
        // Of records of earlier versions it is not known.
        if one != two && !one.is_empty() && !two.is_empty() {
            return Err(MergeError::Differ {
                what,
                values: (one, two),
                directories: (first.0.to_owned(), other.0.to_owned()),
            });
        }
    }
    let (earlier, later) = if a.started_unix_ns <= b.started_unix_ns {
        (first, other)
    } else {
        (other, first)
    };
    if apart_s(earlier.1.started_unix_ns, later.1.started_unix_ns) >= a.planned_s {
        return Err(MergeError::Apart {
            first: (earlier.0.to_owned(), earlier.1.started_at.clone()),
            other: (later.0.to_owned(), later.1.started_at.clone()),
        });
    }
    Ok(())
}

/// What a person should know about the parts, one sentence each; they are in the order of their starts.
pub(super) fn notes(runs: &[Named], shards: &Shards) -> Vec<String> {
    let mut notes = shards.notes();
    let Some((_, first)) = runs.first() else { return notes };
    for (name, run) in runs {
        let name = name.display();
        if run.base_url != first.base_url {
            notes.push(format!(
                "{name} loaded {}, and the first one {}",
                run.base_url, first.base_url
            ));
        }
        let late_s = apart_s(first.started_unix_ns, run.started_unix_ns);
        if late_s > TOGETHER_S {
            notes.push(format!(
                "{name} began {late_s:.1} s after the first one; runs of one load begin together"
            ));
        }
        match (run.status, &run.lost) {
            (_, Some(why)) => notes.push(format!("{name} was lost in part while it was made: {why}")),
            (RunStatus::Incomplete, None) => notes.push(format!("{name} was interrupted, or its target died")),
            (RunStatus::Complete | RunStatus::Running, None) => {}
        }
    }
    notes.extend(clocks(runs));
    notes
}

/// What there is to say about clocks that no system vouches for.
fn clocks(runs: &[Named]) -> Option<String> {
    let loose = runs
        .iter()
        .filter(|(_, run)| run.clock.is_some_and(|clock| !clock.synchronised));
    let loose = loose.count();
    (loose > 0 && runs.len() > 1).then(|| {
        format!(
            "the clocks of {loose} of {} parts are not synchronised, as their systems say: where they differ, seconds and the edges of stages are blurred; latencies are not",
            runs.len()
        )
    })
}

/// What the merged record says of itself; the runs are in the order of their starts, and there is one at least.
pub(super) fn describe(runs: &[(RunInfo, Option<String>)], shards: &Shards) -> Option<RunInfo> {
    let all = || runs.iter().map(|(run, _)| run);
    let complete = runs
        .iter()
        .all(|(run, lost)| run.status == RunStatus::Complete && lost.is_none());
    let mut merged = all().next()?.clone();
    merged.status = if complete {
        RunStatus::Complete
    } else {
        RunStatus::Incomplete
    };
    merged.shard = shards.to_string();
    // All are in UTC and in the same form, so that the order of the texts is that of the times.
    merged.ended_at = all().filter_map(|run| run.ended_at.clone()).max();
    merged.users = all().map(|run| run.users).sum();
    merged.threads = all().map(|run| run.threads).sum();
    merged.machine.cpus = all().map(|run| run.machine.cpus).sum();
    merged.parts = runs.iter().flat_map(|(run, lost)| parts(run, lost.clone())).collect();
    // These are of one machine each.
    merged.clock = None;
    merged.shard_from = None;
    // What is missing of a part makes the whole incomplete; the merged record holds all of itself.
    merged.lost = None;
    merged.result = None;
    Some(merged)
}

/// A run as a part; of one that was merged already, its parts.
fn parts(run: &RunInfo, lost: Option<String>) -> Vec<Part> {
    if !run.parts.is_empty() {
        return run.parts.clone();
    }
    vec![Part {
        shard: run.shard.clone(),
        status: run.status,
        started_at: run.started_at.clone(),
        base_url: run.base_url.clone(),
        seed: run.seed,
        users: run.users,
        machine: run.machine.clone(),
        clock: run.clock,
        lost,
    }]
}
