//! One block of load on one side, and what many of them add up to.

use super::error::GateError;
use super::interleaved::Interleaved;
use super::recorded::cell;
use crate::events::{Event, Observer};
use crate::load::{self, Interruption, LoadError, Workload};
use parking_lot::Mutex;
use proofload_gate_statistics::{Cell, Series};
use proofload_reports::load::LoadVerdict;
use proofload_reports::record::Second;
use proofload_reports::text;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::watch;

/// An operation that was called less often than this, on either side, is not compared.
const FEW_CALLS: u64 = 20;

/// What one block measured.
pub(super) struct Block {
    cells: BTreeMap<String, Cell>,
    users: u64,
    /// Why the generator spoilt it.
    pub(super) spoilt: Option<String>,
}

/// Makes blocks.
pub(super) struct Blocks<'a> {
    plan: &'a Interleaved<'a>,
    workload: Workload,
    observer: Arc<dyn Observer>,
    stop: watch::Receiver<Option<Interruption>>,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(
        plan: &'a Interleaved<'a>,
        observer: Arc<dyn Observer>,
        stop: watch::Receiver<Option<Interruption>>,
    ) -> Self {
        let mut workload = plan.workload.clone();
        workload.set_duration(plan.block);
        // Objectives are about whole runs.
        workload.slos.clear();
        Self {
            plan,
            workload,
            observer,
            stop,
        }
    }

    pub(super) fn first_seed(&self) -> u64 {
        self.plan.load.seed
    }

    /// Loads one side for the length of a block.
    pub(super) async fn run(&self, candidate: bool, seed: u64) -> Result<Block, GateError> {
        let (target, side) = if candidate {
            (self.plan.candidate, "candidate")
        } else {
            (self.plan.baseline, "baseline")
        };
        let options = load::Options {
            seed,
            out: None,
            start_at: None,
            ..self.plan.load.clone()
        };
        let collector = Arc::new(Collector {
            seconds: Mutex::default(),
            observer: self.observer.clone(),
        });
        let outcome = load::run(&self.workload, target, &options, collector.clone(), self.stop.clone()).await;
        let outcome = outcome.map_err(|error| GateError::Load { side, error })?;
        if let Some(interruption) = outcome.interrupted {
            let error = LoadError::InterruptedEarly(interruption);
            return Err(GateError::Load { side, error });
        }
        let report = outcome.report;
        let reasons = report.generator.reasons;
        let mut cells = BTreeMap::new();
        for row in report.operations {
            let mut sum = Cell::new(self.plan.block.as_secs_f64());
            for second in collector.seconds.lock().iter() {
                sum.absorb(&cell(&row.name, second, 0.0));
            }
            cells.insert(row.name, sum);
        }
        Ok(Block {
            cells,
            users: report.generator.users,
            spoilt: (report.verdict == LoadVerdict::Invalid).then(|| reasons.join("; ")),
        })
    }
}

/// Keeps the seconds of a block.
struct Collector {
    seconds: Mutex<Vec<Arc<Second>>>,
    observer: Arc<dyn Observer>,
}

impl Observer for Collector {
    fn observe(&self, event: &Event) {
        match event {
            Event::LoadSecond(second) => self.seconds.lock().push(second.clone()),
            Event::Warning(_) => self.observer.observe(event),
            _ => {}
        }
    }
}

/// The blocks of both sides, pair by pair: baseline and candidate of each operation.
#[derive(Default)]
pub(super) struct Sides {
    operations: BTreeMap<String, [Series; 2]>,
    lengths: Series,
    pairs: u32,
    pub(super) users: u64,
}

impl Sides {
    pub(super) fn add(&mut self, baseline: &Block, candidate: &Block) {
        let names: BTreeSet<&String> = baseline.cells.keys().chain(candidate.cells.keys()).collect();
        for name in names {
            // An operation that was not called before has as many blocks without a call.
            let silent = self.lengths.silent();
            self.operations
                .entry(name.clone())
                .or_insert_with(|| [silent.clone(), silent]);
        }
        let length = baseline.cells.values().chain(candidate.cells.values()).next();
        let length = Cell::new(length.map_or(0.0, Cell::length_s));
        for (name, sides) in &mut self.operations {
            for (series, block) in sides.iter_mut().zip([baseline, candidate]) {
                series.push(block.cells.get(name).unwrap_or(&length));
            }
        }
        self.lengths.push(&length);
        self.pairs += 1;
        self.users = baseline.users;
    }

    pub(super) fn pairs(&self) -> usize {
        self.pairs as usize
    }

    pub(super) fn pairs_f64(&self) -> f64 {
        f64::from(self.pairs)
    }

    /// Operations that were called often enough on a side.
    pub(super) fn compared(&self) -> impl Iterator<Item = (&str, &[Series; 2])> {
        let often = |sides: &[Series; 2]| sides.iter().any(|side| side.calls() >= FEW_CALLS);
        self.operations
            .iter()
            .filter(move |(_, sides)| often(sides))
            .map(|(name, sides)| (name.as_str(), sides))
    }

    /// One sentence for each operation that was not.
    pub(super) fn left_out(&self) -> Vec<String> {
        let compared: BTreeSet<&str> = self.compared().map(|(name, _)| name).collect();
        let left_out = self.operations.keys().filter(|name| !compared.contains(name.as_str()));
        left_out
            .map(|name| {
                format!(
                    "{} is not compared: it was called less than {FEW_CALLS} times",
                    text::line(name)
                )
            })
            .collect()
    }
}
