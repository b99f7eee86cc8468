//! What an interleaved comparison leaves on disk as it goes: a run directory for each side, a block at a time.

use super::block::Block;
use super::error::GateError;
use super::plan::Interleaved;
use chrono::{DateTime, SecondsFormat, Utc};
use proofload_deployment::Target;
use proofload_load as load;
use proofload_results::record::{Machine, RUN_SCHEMA, Recording, RunInfo, RunStatus, Second, Totals, Turns, TurnsSide};
use std::path::{Path, PathBuf};

/// The run directories of both sides.
pub(super) struct Records {
    baseline: SideRecord,
    candidate: SideRecord,
}

/// What both sides have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Common<'a> {
    pub(super) plan: &'a Interleaved<'a>,
    /// When the first pair that counts begins.
    pub(super) started_at: DateTime<Utc>,
    /// Pairs at most.
    pub(super) planned: usize,
    /// Arrivals expected in one block; none when users set the pace.
    pub(super) arrivals: Option<f64>,
    pub(super) users: u64,
    pub(super) threads: u64,
}

/// The run directory of a side of a comparison whose directory is `out`.
pub(super) fn directory(out: &Path, side: TurnsSide) -> PathBuf {
    out.join(match side {
        TurnsSide::Baseline => "a",
        TurnsSide::Candidate => "b",
    })
}

impl Records {
    /// Begins both.
    pub(super) fn begin(out: &Path, common: &Common) -> Self {
        let side = |side, target| SideRecord::begin(&directory(out, side), describe(common, side, target), common);
        Self {
            baseline: side(TurnsSide::Baseline, common.plan.baseline),
            candidate: side(TurnsSide::Candidate, common.plan.candidate),
        }
    }

    /// Writes a block that is over.
    pub(super) fn write(&mut self, candidate: bool, block: &Block) {
        let side = if candidate {
            &mut self.candidate
        } else {
            &mut self.baseline
        };
        side.write(block);
    }

    /// Closes both: whole, or incomplete. Why a part of one was lost, if it was.
    ///
    /// # Errors
    /// Their objectives cannot be read.
    pub(super) fn close(self, whole: bool) -> Result<Option<String>, GateError> {
        let baseline = self.baseline.close(whole)?;
        Ok(baseline.or(self.candidate.close(whole)?))
    }
}

struct SideRecord {
    recording: Recording,
    info: RunInfo,
    totals: Totals,
    /// Seconds written.
    seconds: u64,
    /// Blocks written.
    blocks: u32,
    block_s: f64,
    arrivals: Option<f64>,
}

impl SideRecord {
    fn begin(directory: &Path, info: RunInfo, common: &Common) -> Self {
        Self {
            recording: Recording::begin(directory, &info),
            info,
            totals: Totals::default(),
            seconds: 0,
            blocks: 0,
            block_s: common.plan.block.as_secs_f64(),
            arrivals: common.arrivals,
        }
    }

    fn write(&mut self, block: &Block) {
        for second in block.seconds() {
            let mut placed = Second::clone(second);
            placed.counters.second = self.seconds;
            placed.put_off(f64::from(self.blocks) * self.block_s);
            self.recording.write_second(&placed);
            self.totals.add(&placed);
            self.seconds += 1;
        }
        self.blocks += 1;
    }

    fn close(self, whole: bool) -> Result<Option<String>, GateError> {
        let Self {
            recording,
            mut info,
            totals,
            ..
        } = self;
        if whole {
            // It came to its end when the answer was sure.
            info.planned_s = f64::from(self.blocks) * self.block_s;
            info.expected_arrivals = self.arrivals.map(|arrivals| arrivals * f64::from(self.blocks));
        }
        info.status = if whole {
            RunStatus::Complete
        } else {
            RunStatus::Incomplete
        };
        info.ended_at = Some(Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true));
        let report = load::report_on(&info, totals).map_err(|error| GateError::Load {
            side: match info.turns.map(|turns| turns.side) {
                Some(TurnsSide::Candidate) => "candidate",
                _ => "baseline",
            },
            error: Box::new(error),
        })?;
        info.result = Some(report);
        recording.close(&mut info);
        Ok(info.lost)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a number of pairs")]
fn describe(common: &Common, side: TurnsSide, target: &Target) -> RunInfo {
    let Common { plan, planned, .. } = common;
    let planned = *planned as f64;
    RunInfo {
        schema: RUN_SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        status: RunStatus::Running,
        scenario: plan.workload.name.clone(),
        target: target.name.clone(),
        base_url: target.base.to_string(),
        started_at: common.started_at.to_rfc3339_opts(SecondsFormat::Nanos, true),
        started_unix_ns: common
            .started_at
            .timestamp_nanos_opt()
            .and_then(|ns| ns.try_into().ok())
            .unwrap_or_default(),
        ended_at: None,
        planned_s: planned * plan.block.as_secs_f64(),
        seed: plan.load.seed,
        shard: proofload_deployment::units::Shard::ALL.to_string(),
        shard_from: None,
        scenario_digest: None,
        clock: None,
        users: common.users,
        threads: common.threads,
        slos: Vec::new(),
        machine: Machine::here(),
        guards: None,
        connecting: Some(plan.load.connecting(target)),
        requests: None,
        expected_arrivals: common.arrivals.map(|arrivals| arrivals * planned),
        stages: Vec::new(),
        parts: Vec::new(),
        turns: Some(Turns {
            side,
            block_s: plan.block.as_secs_f64(),
        }),
        lost: None,
        result: None,
    }
}
