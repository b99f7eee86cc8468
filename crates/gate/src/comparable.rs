//! Whether runs may be compared at all, and in what else they differ.

use super::error::GateError;
use super::recorded::{Recorded, rate};
use proofload_results::record::{Machine, RunInfo, TurnsSide};
use proofload_results::text;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// An operation that was called less often than this, on either side, is not compared: its median alone needs as many calls.
pub(super) const FEW_CALLS: u64 = 20;

/// What a run is like in one respect.
type Property = (&'static str, fn(&RunInfo) -> String);

/// Refuses a run that is named twice, under whatever name.
pub(super) fn distinct(directories: &[&Path]) -> Result<(), GateError> {
    let mut seen = BTreeSet::new();
    for directory in directories {
        let real: PathBuf = directory.canonicalize().unwrap_or_else(|_| directory.to_path_buf());
        if !seen.insert(real) {
            return Err(GateError::Twice(directory.to_path_buf()));
        }
    }
    Ok(())
}

/// Refuses copies: no two runs begin in the same nanosecond with the same seed, but for the two sides of an interleaved comparison
/// and the shares of one load.
pub(super) fn no_copies(baseline: &[Recorded], candidate: &[Recorded]) -> Result<(), GateError> {
    let mut seen = BTreeMap::new();
    for run in baseline.iter().chain(candidate) {
        let info = &run.info;
        let is_candidate = info.turns.map(|turns| turns.side == TurnsSide::Candidate);
        let of = (&info.base_url, &info.scenario_digest, &info.shard, is_candidate);
        if let Some(one) = seen.insert((info.started_unix_ns, info.seed, of), &run.directory) {
            return Err(GateError::Copy {
                one: text::line(one),
                other: text::line(&run.directory),
            });
        }
    }
    Ok(())
}

/// Refuses runs that answer different questions.
pub(super) fn check(baseline: &[Recorded], candidate: &[Recorded]) -> Result<(), GateError> {
    let kinds: [Property; 8] = [
        ("scenario", |run| text::line(&run.scenario)),
        ("content of the scenario, pictures included (its digest)", |run| {
            text::line(run.scenario_digest.as_deref().unwrap_or_default())
        }),
        ("arrival process", |run| {
            if run.expected_arrivals.is_some() {
                "open"
            } else {
                "closed"
            }
            .to_owned()
        }),
        ("HTTP version", RunInfo::http_version),
        ("use of connections", |run| {
            run.asked(|asked| {
                if asked.keep_alive {
                    "keep-alive"
                } else {
                    "one for each call"
                }
                .to_owned()
            })
        }),
        ("number of calls at once on a connection", |run| {
            run.asked(|asked| asked.streams.to_string())
        }),
        ("way to the target", |run| {
            run.asked(|asked| if asked.proxy { "through a proxy" } else { "direct" }.to_owned())
        }),
        ("time-out", |run| run.asked(|asked| format!("{} s", asked.timeout_s))),
    ];
    let mut runs = baseline.iter().chain(candidate);
    let Some(first) = runs.next() else {
        return Ok(());
    };
    for other in runs {
        for (what, of) in kinds {
            let values = (of(&first.info), of(&other.info));
            // Records of earlier versions say nothing of connections.
            if values.0 != values.1 && !values.0.is_empty() && !values.1.is_empty() {
                return Err(GateError::Differ {
                    what,
                    values,
                    directories: (text::line(&first.directory), text::line(&other.directory)),
                });
            }
        }
    }
    Ok(())
}

/// In what else the runs differ, one sentence each. Seeds are left out: unless somebody sets one every run has its own, and
/// what arrivals at other instants change is within the intervals.
pub(super) fn warnings(baseline: &[Recorded], candidate: &[Recorded]) -> Vec<String> {
    let properties: [Property; 10] = [
        ("planned arrival rates (per second)", |run| {
            rate(run).map_or_else(|| "none".to_owned(), |rate| format!("{rate}"))
        }),
        ("planned durations (in seconds)", |run| format!("{}", run.planned_s)),
        ("numbers of virtual users", |run| run.users.to_string()),
        ("generator's threads", |run| run.threads.to_string()),
        ("shares of the load", |run| run.shard.clone()),
        ("machines of the generator", |run| machine(&run.machine)),
        ("versions of proofload", |run| run.version.clone()),
        ("ways of measuring", |run| match run.turns {
            Some(_) => "in turns with another deployment".to_owned(),
            None => "by itself".to_owned(),
        }),
        ("targets' schemes", |run| {
            run.base_url.split(':').next().unwrap_or_default().to_owned()
        }),
        ("objectives", |run| run.slos.join(", ")),
    ];
    let mut warnings = Vec::new();
    for (what, of) in properties {
        let all = |side: &[Recorded]| -> BTreeSet<String> { side.iter().map(|run| of(&run.info)).collect() };
        let (ours, theirs) = (all(baseline), all(candidate));
        if ours != theirs || ours.len() > 1 {
            let shown = |side: BTreeSet<String>| text::line(&side.into_iter().collect::<Vec<_>>().join(" and "));
            warnings.push(format!(
                "the {what} differ: {} (baseline), {} (candidate)",
                shown(ours),
                shown(theirs)
            ));
        }
    }
    if paired(baseline, candidate) {
        warnings.push(
            "these are the two sides of one interleaved comparison and are compared pair by pair; it ended when its answer was \
             sure, so that the same data judged again look a little surer than they are"
                .to_owned(),
        );
    } else if baseline.len() == 1 && candidate.len() == 1 {
        warnings.push(
            "one run a side: by how much two runs of the same build differ is not in the intervals; give several runs a side, \
             or compare interleaved"
                .to_owned(),
        );
    }
    warnings
}

/// Whether these are the two sides of one interleaved comparison.
pub(super) fn paired(baseline: &[Recorded], candidate: &[Recorded]) -> bool {
    let ([baseline], [candidate]) = (baseline, candidate) else {
        return false;
    };
    let (ours, theirs) = (&baseline.info, &candidate.info);
    let turns = ours.turns.zip(theirs.turns);
    turns.is_some_and(|(ours, theirs)| ours.side != theirs.side && (ours.block_s - theirs.block_s).abs() < 1e-9)
        && (ours.started_unix_ns, ours.seed) == (theirs.started_unix_ns, theirs.seed)
}

fn machine(machine: &Machine) -> String {
    format!("{} {} with {} processors", machine.os, machine.arch, machine.cpus)
}
