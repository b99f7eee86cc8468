//! One block of load on one side, and what many of them add up to.

use super::comparable::FEW_CALLS;
use super::error::GateError;
use super::plan::Interleaved;
use super::recorded::cell;
use parking_lot::Mutex;
use proofload_deployment::halt::Halt;
use proofload_gate_statistics::{Cell, Series};
use proofload_load as load;
use proofload_load::{LoadError, Workload};
use proofload_results::events::{Event, Observer};
use proofload_results::load::Complaint;
use proofload_results::record::{Second, Totals};
use proofload_results::text;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What one block measured.
pub(super) struct Block {
    cells: BTreeMap<String, Cell>,
    seconds: Vec<Second>,
    length_s: f64,
    users: u64,
    threads: u64,
}

impl Block {
    /// Its seconds, which fill its length: answers that came in afterwards are counted with the last one.
    pub(super) fn seconds(&self) -> &[Second] {
        &self.seconds
    }
}

/// Makes blocks.
pub(super) struct Blocks<'a> {
    plan: &'a Interleaved<'a>,
    workload: Workload,
    observer: Arc<dyn Observer>,
    halt: &'a Halt,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(plan: &'a Interleaved<'a>, observer: Arc<dyn Observer>, halt: &'a Halt) -> Self {
        let mut workload = plan.workload.clone();
        // A comparison of latencies says nothing of doors.
        workload.guard = load::GuardRate::OFF;
        workload.set_duration(plan.block);
        // Objectives are about whole runs.
        workload.slos.clear();
        Self {
            plan,
            workload,
            observer,
            halt,
        }
    }

    /// Arrivals expected in one block; none when users set the pace.
    pub(super) fn arrivals(&self) -> Option<f64> {
        self.workload.schedule().map(|schedule| schedule.expected())
    }

    /// Loads one side for the length of a block.
    pub(super) async fn run(&self, candidate: bool, seed: u64) -> Result<Block, GateError> {
        let (target, side) = if candidate {
            (self.plan.candidate, "candidate")
        } else {
            (self.plan.baseline, "baseline")
        };
        let options = load::LoadOptions {
            seed,
            out: None,
            shard_from: None,
            start: load::Start::Ready,
            stream: None,
            ..self.plan.load.clone()
        };
        let collector = Arc::new(Collector {
            seconds: Mutex::default(),
            observer: self.observer.clone(),
        });
        let outcome = load::run(&self.workload, target, &options, collector.clone(), self.halt).await;
        let outcome = outcome.map_err(|error| GateError::Load {
            side,
            error: Box::new(error),
        })?;
        if let Some(interruption) = outcome.interrupted {
            let error = Box::new(LoadError::InterruptedEarly(interruption));
            return Err(GateError::Load { side, error });
        }
        let report = outcome.report;
        let length_s = self.plan.block.as_secs_f64();
        let seconds = filling(length_s, &std::mem::take(&mut *collector.seconds.lock()));
        let mut cells = BTreeMap::new();
        for row in report.operations {
            let mut sum = Cell::new(length_s);
            for second in &seconds {
                sum.absorb(&cell(&row.name, second, 0.0));
            }
            cells.insert(row.name, sum);
        }
        Ok(Block {
            cells,
            seconds,
            length_s,
            users: report.generator.users,
            threads: report.generator.threads,
        })
    }
}

/// The seconds of a block, so that they fill its length, in seconds, and nothing lies beyond.
fn filling(length_s: f64, seconds: &[Arc<Second>]) -> Vec<Second> {
    let mut within: Vec<Second> = Vec::new();
    for second in seconds {
        match within.last_mut() {
            Some(last) if second.counters.start_s > length_s - 1e-3 => last.absorb(second),
            _ => within.push(Second::clone(second)),
        }
    }
    if let Some(last) = within.last_mut() {
        last.counters.length_s = length_s - last.counters.start_s;
    }
    within
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
    /// What the generator's health is judged by, on each side.
    totals: [Totals; 2],
    pairs: u32,
    users: u64,
    threads: u64,
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
        let length = Cell::new(baseline.length_s);
        for (totals, block) in self.totals.iter_mut().zip([baseline, candidate]) {
            for second in &block.seconds {
                // Its blocks stand one behind the other, as if they were one run.
                let mut placed = second.clone();
                placed.put_off(f64::from(self.pairs) * block.length_s);
                totals.add(&placed);
            }
        }
        for (name, sides) in &mut self.operations {
            for (series, block) in sides.iter_mut().zip([baseline, candidate]) {
                series.push(block.cells.get(name).unwrap_or(&length));
            }
        }
        self.lengths.push(&length);
        self.pairs += 1;
        self.users = baseline.users;
        self.threads = baseline.threads;
    }

    pub(super) fn pairs(&self) -> usize {
        self.pairs as usize
    }

    pub(super) fn pairs_f64(&self) -> f64 {
        f64::from(self.pairs)
    }

    /// Virtual users on each side.
    pub(super) fn users(&self) -> u64 {
        self.users
    }

    /// Threads of the generator.
    pub(super) fn threads(&self) -> u64 {
        self.threads
    }

    /// Why the generator was not healthy, over all blocks of a side: the limits are those of any run.
    pub(super) fn complaints(&self) -> Vec<(&'static str, Complaint)> {
        let each = self.totals.iter().zip(["baseline", "candidate"]);
        let complaints = each.flat_map(|(totals, side)| {
            let complaints = load::complaints(totals, self.users).into_iter();
            complaints.map(move |complaint| (side, complaint))
        });
        complaints.collect()
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
