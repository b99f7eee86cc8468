//! Two live deployments, loaded in turns.
//!
//! Blocks of load come in pairs, one on each side, in an order drawn for each pair, with the same arrivals. What slows the
//! machine down slows both of a pair, and the pair is what is drawn in the bootstrap. The data are looked at a few planned
//! times, and the answer is given as soon as it is sure ([`proofload_gate_statistics::Looks`]).

use super::error::GateError;
use super::options::GateOptions;
use super::plan::Interleaved;
use super::running::Running;
use proofload_deployment::halt::{Halt, Interruption};
use proofload_load::LoadError;
use proofload_results::course::Course;
use proofload_results::events::Observer;
use proofload_results::gate::GateReport;
use proofload_results::load::Complaint;
use proofload_results::record::RecordWriter;
use proofload_watch::{Sums, ran_out};
use std::sync::Arc;
use std::time::Instant;

/// What came of an interleaved comparison.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The result.
    pub report: GateReport,
    /// Why it ended before its time, if it did: nothing is decided then.
    pub interrupted: Option<Interruption>,
    /// What was wrong with the generator, on either side.
    pub complaints: Vec<Complaint>,
    /// Why a part of the record was lost, if it was.
    pub lost: Option<String>,
}

/// Compares two live deployments. What is measured is on disk as it goes, up to the block under way.
///
/// # Errors
/// A deployment cannot be loaded, the record has no place, or the comparison was interrupted before anything was measured.
pub async fn interleaved(
    plan: &Interleaved<'_>,
    options: &GateOptions,
    observer: Arc<dyn Observer>,
    halt: &Halt,
) -> Result<Compared, GateError> {
    if let Some(out) = &plan.out {
        RecordWriter::check(out)?;
    }
    let mut running = Running::begin(plan, options, observer, halt).await?;
    // Over both sides: what the machines did while either was loaded.
    let tap = plan.load.watch.as_ref();
    let tap = tap.map(|watch| watch.tap(Instant::now(), plan.out.as_deref()));
    let interrupted = match running.until_sure().await {
        Ok(()) => None,
        Err(error) if interruption(&error).is_some() => interruption(&error),
        Err(error) => {
            // What went wrong is said, whether or not it can be written down as well.
            let _ = running.close(Some(error.to_string()));
            return Err(error);
        }
    };
    let why = interrupted.map(|_| {
        format!(
            "the comparison was interrupted after {}: nothing is decided",
            running.reached()
        )
    });
    let complaints = running.complaints();
    let (mut report, lost) = running.close(why)?;
    report.warnings.extend(tap.and_then(|tap| at_their_limit(&tap.close())));
    Ok(Compared {
        report,
        interrupted,
        complaints,
        lost,
    })
}

/// What of the machines was at its limit while they were loaded: a comparison at a limit compares limits.
fn at_their_limit(seen: &Sums) -> Option<String> {
    let spent = ran_out(seen, &Course::default()).at_limit;
    let words: Vec<String> = spent.into_iter().map(|spent| spent.words).collect();
    (!words.is_empty()).then(|| {
        format!(
            "while the sides were loaded, this was at its limit: {}",
            words.join(", ")
        )
    })
}

/// The signal that kept a run from being made.
fn interruption(error: &GateError) -> Option<Interruption> {
    match error {
        GateError::Load { error, .. } => match **error {
            LoadError::InterruptedEarly(interruption) => Some(interruption),
            _ => None,
        },
        _ => None,
    }
}
