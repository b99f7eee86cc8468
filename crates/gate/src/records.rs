//! Recorded runs compared.

use super::comparable::{self, FEW_CALLS};
use super::error::GateError;
use super::explain;
use super::options::GateOptions;
use super::recorded::Recorded;
use proofload_gate_statistics::{Design, Evidence, Series, judge, measure, overall};
use proofload_results::gate::{GateReport, Mode, SCHEMA, Side, Undecided};
use proofload_results::record::RunStatus;
use proofload_results::text;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Compares the runs of two sides, at least one each.
///
/// # Errors
/// A run cannot be read or is no good, or the runs do not belong together.
pub fn records(baseline: &[PathBuf], candidate: &[PathBuf], options: &GateOptions) -> Result<GateReport, GateError> {
    let all: Vec<&Path> = baseline.iter().chain(candidate).map(PathBuf::as_path).collect();
    comparable::distinct(&all)?;
    let read = |directories: &[PathBuf]| -> Result<Vec<Recorded>, GateError> {
        directories
            .iter()
            .map(|directory| Recorded::read(directory, options.warm_up))
            .collect()
    };
    let (baseline, candidate) = (read(baseline)?, read(candidate)?);
    comparable::no_copies(&baseline, &candidate)?;
    comparable::check(&baseline, &candidate)?;
    let mut warnings = comparable::warnings(&baseline, &candidate);
    let evidence = evidence(&baseline, &candidate, options, &mut warnings)?;
    let comparisons = judge(&evidence, &options.settings, options.settings.alpha());
    Ok(GateReport {
        schema: SCHEMA.to_owned(),
        status: RunStatus::Complete,
        verdict: overall(&comparisons),
        inconclusive: Undecided::Invalid,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        mode: Mode::Records,
        scenario: baseline
            .first()
            .map(|run| run.info.scenario.clone())
            .unwrap_or_default(),
        baseline: side(&baseline),
        candidate: side(&candidate),
        settings: options.described(),
        reasons: explain::reasons(&comparisons, options),
        comparisons,
        warnings,
        sequential: None,
        conformance: None,
    })
}

fn side(runs: &[Recorded]) -> Side {
    Side {
        runs: runs.iter().map(Recorded::described).collect(),
        measured_s: super::finite(runs.iter().map(|run| run.measured_s).sum()),
    }
}

fn evidence(
    baseline: &[Recorded],
    candidate: &[Recorded],
    options: &GateOptions,
    warnings: &mut Vec<String>,
) -> Result<Vec<Evidence>, GateError> {
    let names: BTreeSet<&String> = baseline
        .iter()
        .chain(candidate)
        .flat_map(|run| run.operations.keys())
        .collect();
    let mut evidence = Vec::new();
    for name in &names {
        let sides = [baseline, candidate].map(|side| series(side, name));
        let calls = [&sides[0], &sides[1]].map(|side| side.iter().map(Series::calls).sum::<u64>());
        match calls {
            [0, calls] | [calls, 0] if calls >= FEW_CALLS => {
                return Err(GateError::OneSided {
                    operation: text::line(name),
                    calls,
                    side: if sides[0].iter().any(|run| run.calls() > 0) {
                        "baseline"
                    } else {
                        "candidate"
                    },
                });
            }
            [ours, theirs] if ours.min(theirs) < FEW_CALLS => {
                warnings.push(format!(
                    "{} is not compared: it was called {ours} and {theirs} times, and at least {FEW_CALLS} are needed",
                    text::line(name)
                ));
                continue;
            }
            _ => {}
        }
        let measured = measure(
            name,
            &sides[0],
            &sides[1],
            design(baseline, candidate, &sides),
            &options.settings,
        );
        evidence.extend(measured.into_iter().filter(|one| options.compares(name, one.metric())));
    }
    if evidence.is_empty() {
        return Err(GateError::NothingCompared {
            called: names.iter().map(|name| text::line(name)).collect(),
        });
    }
    Ok(evidence)
}

/// Two sides of one interleaved comparison are compared pair by pair.
fn design(baseline: &[Recorded], candidate: &[Recorded], series: &[Vec<Series>; 2]) -> Design {
    let lengths = series
        .each_ref()
        .map(|side| side.iter().map(|run| run.cells().len()).collect::<Vec<_>>());
    if comparable::paired(baseline, candidate) && lengths[0] == lengths[1] {
        Design::Pairs
    } else {
        Design::Apart
    }
}

/// An operation in each run; runs that never called it have as many seconds without a call.
fn series(side: &[Recorded], operation: &str) -> Vec<Series> {
    let each = side.iter().map(|run| match run.operations.get(operation) {
        Some(series) => series.clone(),
        None => run.operations.values().next().map(Series::silent).unwrap_or_default(),
    });
    each.collect()
}
