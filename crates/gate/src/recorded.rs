//! A run directory, as the gate reads it.

use super::error::GateError;
use proofload_gate_statistics::{Cell, Series};
use proofload_results::gate::{Finite, Run};
use proofload_results::load::LoadVerdict;
use proofload_results::record::{
    CallOutcome, HistogramTag, LatencyKind, RecordReader, RunInfo, RunStatus, Second, Totals,
};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// A piece of a second that is shorter than this is counted with the second before it, in seconds.
const PIECE_S: f64 = 0.25;

/// A run that came to its end, second by second.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) info: RunInfo,
    /// What the person called it.
    pub(super) directory: String,
    pub(super) operations: BTreeMap<String, Series>,
    pub(super) measured_s: f64,
    /// The block of an interleaved comparison that was read last.
    block: Option<u64>,
}

impl Recorded {
    /// Reads a run directory, without its first seconds.
    ///
    /// # Errors
    /// It holds no record, a damaged one, or one of a run that cannot be compared.
    pub(super) fn read(directory: &Path, warm_up: Duration) -> Result<Self, GateError> {
        let reader = RecordReader::open(directory)?;
        check(directory, &reader.run)?;
        let mut recorded = Self {
            info: reader.run.clone(),
            directory: directory.to_string_lossy().into_owned(),
            operations: BTreeMap::new(),
            measured_s: 0.0,
            block: None,
        };
        let names = reader.run.result.iter().flat_map(|result| &result.operations);
        for row in names {
            recorded.operations.insert(row.name.clone(), Series::default());
        }
        let mut totals = Totals::default();
        for second in reader.seconds_of(|tag| tag.kind == LatencyKind::Response)? {
            let second = second?;
            recorded.add(&second, warm_up.as_secs_f64());
            totals.add(&second);
        }
        reader.check_whole(&totals)?;
        let lengths = recorded.operations.values().map(Series::length_s);
        recorded.measured_s = lengths.fold(0.0, f64::max);
        if recorded.measured_s <= 0.0 {
            return Err(GateError::Empty(directory.to_owned()));
        }
        Ok(recorded)
    }

    /// Adds a second. What came in after the last arrival was due belongs to the calls of the last second.
    fn add(&mut self, second: &Second, from_s: f64) {
        let counters = &second.counters;
        if counters.start_s < from_s - 1e-3 {
            return;
        }
        let offered_s = (self.info.planned_s - counters.start_s).clamp(0.0, counters.length_s);
        let rate = own_rate(&self.info);
        let goes_on = self.same_block(counters.start_s);
        for (name, series) in &mut self.operations {
            let mut cell = cell(name, second, offered_s);
            if let Some(rate) = rate {
                cell = cell.offering(counters.due, rate);
            }
            if offered_s <= 1e-3 {
                series.append(&cell);
            } else if goes_on || (self.block.is_none() && offered_s < PIECE_S) {
                series.extend(&cell);
            } else {
                series.push(&cell);
            }
        }
    }

    /// Whether a second belongs to the same block of an interleaved comparison as the one before it: a block is a cell.
    fn same_block(&mut self, start_s: f64) -> bool {
        let Some(turns) = self.info.turns.filter(|turns| turns.block_s > 0.0) else {
            return false;
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "start_s is 0 to 1e9; a cast saturates"
        )]
        let block = ((start_s + 1e-3) / turns.block_s) as u64;
        self.block.replace(block) == Some(block)
    }

    /// What a report says of it.
    pub(super) fn described(&self) -> Run {
        let info = &self.info;
        Run {
            directory: Some(self.directory.clone()),
            target: info.target.clone(),
            base_url: info.base_url.clone(),
            version: info.version.clone(),
            started_at: info.started_at.clone(),
            measured_s: super::finite(self.measured_s),
            rate: rate(info),
            seed: info.seed,
            users: info.users,
            shard: info.shard.clone(),
            machine: info.machine.clone(),
        }
    }
}

/// Planned arrivals per second, over all machines.
pub(super) fn rate(info: &RunInfo) -> Option<Finite> {
    Finite::new((info.expected_arrivals? / info.planned_s * 1e3).round() / 1e3)
}

/// Arrivals per second that this run was to make by itself; none when users set the pace.
fn own_rate(info: &RunInfo) -> Option<f64> {
    let (taken, of) = info.shard.split_once('/')?;
    let share = f64::from(u32::try_from(taken.split('+').count()).ok()?) / of.parse::<f64>().ok()?;
    let rate = info.expected_arrivals? / info.planned_s * share;
    (rate.is_finite() && rate > 0.0).then_some(rate)
}

/// One operation in one second.
pub(super) fn cell(operation: &str, second: &Second, length_s: f64) -> Cell {
    let mut cell = Cell::new(length_s);
    let tag = HistogramTag {
        operation: operation.to_owned(),
        kind: LatencyKind::Response,
        outcome: CallOutcome::Ok,
    };
    if let Some(histogram) = second.histograms.get(&tag) {
        for value in histogram.iter_recorded() {
            let response_us = histogram.median_equivalent(value.value_iterated_to());
            cell.succeed(response_us, value.count_since_last_iteration());
        }
    }
    cell.fail(second.counters.errors.get(operation).copied().unwrap_or_default());
    cell
}

/// Whether it is a run whose figures mean what they should.
fn check(directory: &Path, run: &RunInfo) -> Result<(), GateError> {
    let directory = directory.to_owned();
    let Some(result) = run.result.as_ref().filter(|_| run.status == RunStatus::Complete) else {
        return Err(GateError::Incomplete(directory));
    };
    if result.verdict == LoadVerdict::Incomplete {
        return Err(GateError::Incomplete(directory));
    }
    // A part of a load judges nothing, its own generator included.
    let is_doubtful_part = result.verdict == LoadVerdict::Part && !result.generator.healthy;
    if result.verdict == LoadVerdict::Invalid || is_doubtful_part {
        let why = result.generator.reasons.first().cloned();
        let why = why.unwrap_or_else(|| result.headline().trim_end_matches('.').to_owned());
        return Err(GateError::Invalid { directory, why });
    }
    if result.arrivals.done == 0 || !(run.planned_s.is_finite() && run.planned_s > 0.0) {
        return Err(GateError::Empty(directory));
    }
    Ok(())
}
