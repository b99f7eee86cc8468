//! An interleaved comparison under way: pairs, looks, and the report on what is known so far.

use super::block::{Blocks, Sides};
use super::error::GateError;
use super::explain;
use super::options::GateOptions;
use super::plan::Interleaved;
use super::turns_record::{self, Common, Records};
use chrono::{DateTime, SecondsFormat, Utc};
use proofload_deployment::Target;
use proofload_deployment::halt::Halt;
use proofload_gate_statistics::{Design, FEWEST_CELLS, Looks, judge, measure, overall, so_far};
use proofload_results::events::{Event, Observer};
use proofload_results::gate::{
    self, Comparison, GateReport, GateVerdict, Look, Mode, Run, SCHEMA, Sequential, Side, Undecided,
};
use proofload_results::load::Complaint;
use proofload_results::record::{Machine, RunStatus, TurnsSide};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The method that keeps the error rate over all looks, as a report names it.
const METHOD: &str = "the chance of a false alarm is shared out over the planned looks (Lan and DeMets)";

/// A comparison under way.
pub(super) struct Running<'a> {
    plan: &'a Interleaved<'a>,
    options: &'a GateOptions,
    observer: Arc<dyn Observer>,
    blocks: Blocks<'a>,
    sides: Sides,
    rng: Xoshiro256PlusPlus,
    seed: u64,
    began: Instant,
    started_at: DateTime<Utc>,
    /// Pairs at most.
    planned: usize,
    looks: Looks,
    taken: Vec<Look>,
    /// What the last look said.
    comparisons: Vec<Comparison>,
    records: Option<Records>,
}

impl<'a> Running<'a> {
    /// Makes the first pair, which opens connections, fills caches and shows how long a pair takes; it is not measured.
    pub(super) async fn begin(
        plan: &'a Interleaved<'a>,
        options: &'a GateOptions,
        observer: Arc<dyn Observer>,
        halt: &'a Halt,
    ) -> Result<Self, GateError> {
        let mut running = Self {
            plan,
            options,
            observer: observer.clone(),
            blocks: Blocks::new(plan, observer, halt),
            sides: Sides::default(),
            rng: Xoshiro256PlusPlus::seed_from_u64(options.settings.seed),
            seed: options.settings.seed,
            began: Instant::now(),
            started_at: Utc::now(),
            planned: 0,
            looks: Looks::new(options.settings.alpha(), 1, FEWEST_CELLS),
            taken: Vec::new(),
            comparisons: Vec::new(),
            records: None,
        };
        running.pair().await?;
        running.planned = planned(running.began.elapsed(), plan.max_time)?;
        running.looks = Looks::new(options.settings.alpha(), running.planned, FEWEST_CELLS);
        running.started_at = Utc::now();
        if let Some(out) = &plan.out {
            let common = Common {
                plan,
                started_at: running.started_at,
                planned: running.planned,
                arrivals: running.blocks.arrivals(),
                users: running.sides.users(),
                threads: running.sides.threads(),
            };
            running.records = Some(Records::begin(out, &common));
        }
        running.sides = Sides::default();
        running.leave_off();
        Ok(running)
    }

    /// Measures until the answer is sure, or the time is up.
    pub(super) async fn until_sure(&mut self) -> Result<(), GateError> {
        let max_time = self.plan.max_time;
        loop {
            let elapsed = self.began.elapsed();
            let out_of_time = elapsed >= max_time + self.plan.block;
            let pairs = self.sides.pairs();
            let last = pairs >= self.planned || out_of_time;
            let looked = self.taken.last().is_some_and(|look| look.pairs >= pairs as u64);
            if pairs >= FEWEST_CELLS && (self.looks.due(pairs) || last) && !looked && self.look(last)? {
                return Ok(());
            }
            if elapsed >= 2 * max_time {
                return Err(GateError::TooSlow { pairs });
            }
            self.pair().await?;
            self.observer.observe(&Event::GatePair {
                pairs: self.sides.pairs(),
                planned: self.planned,
            });
        }
    }

    /// Looks at the data; whether that was the last time.
    fn look(&mut self, last: bool) -> Result<bool, GateError> {
        let pairs = self.sides.pairs();
        let level = self.looks.level(pairs);
        self.comparisons = self.judged(level)?;
        let verdict = if last {
            overall(&self.comparisons)
        } else {
            so_far(&self.comparisons)
        };
        self.taken.push(Look {
            pairs: pairs as u64,
            spent: super::finite(level),
            verdict,
        });
        let sure = match verdict {
            GateVerdict::Regressed => true,
            GateVerdict::NotRegressed => self.sides.complaints().is_empty(),
            GateVerdict::Inconclusive => false,
        };
        self.leave_off();
        Ok(last || sure)
    }

    /// One block on each side, in random order and with the same arrivals.
    async fn pair(&mut self) -> Result<(), GateError> {
        let candidate_first = self.rng.random_bool(0.5);
        self.seed = self.seed.wrapping_add(1);
        let mut blocks = Vec::new();
        for candidate in [candidate_first, !candidate_first] {
            let block = self.blocks.run(candidate, self.seed).await?;
            if let Some(records) = &mut self.records {
                records.write(candidate, &block);
            }
            blocks.push(block);
        }
        if candidate_first {
            blocks.reverse();
        }
        if let [baseline, candidate] = &blocks[..] {
            self.sides.add(baseline, candidate);
        }
        Ok(())
    }

    fn judged(&self, alpha: f64) -> Result<Vec<Comparison>, GateError> {
        let settings = &self.options.settings;
        let mut evidence = Vec::new();
        for (name, [baseline, candidate]) in self.sides.compared() {
            let sides = [std::slice::from_ref(baseline), std::slice::from_ref(candidate)];
            let measured = measure(name, sides[0], sides[1], Design::Pairs, settings);
            evidence.extend(
                measured
                    .into_iter()
                    .filter(|one| self.options.compares(name, one.metric())),
            );
        }
        if evidence.is_empty() {
            return Err(GateError::TooFewCalls);
        }
        Ok(judge(&evidence, settings, alpha))
    }

    /// Leaves what is known so far, for the case that nobody comes back. Should that fail, it is tried again with the result.
    fn leave_off(&self) {
        if let Some(out) = &self.plan.out {
            let why = format!(
                "the comparison still goes on, or was killed: it had come to {} of at most {} pairs of blocks",
                self.sides.pairs(),
                self.planned
            );
            let _ = gate::write(out, &self.report(RunStatus::Running, Some(why)));
        }
    }

    /// Closes the records. A comparison that did not come to its end says `why`. With the report comes why a part of the record
    /// was lost, if it was.
    pub(super) fn close(mut self, why: Option<String>) -> Result<(GateReport, Option<String>), GateError> {
        let records = self.records.take().map(|records| records.close(why.is_none()));
        let lost = records.transpose()?.flatten();
        let status = match why {
            None => RunStatus::Complete,
            Some(_) => RunStatus::Incomplete,
        };
        let mut report = self.report(status, why);
        if let Some(why) = &lost {
            report.warnings.push(format!(
                "a part of the record was lost while the comparison went on: {why}"
            ));
        }
        let written = self.plan.out.as_ref().map(|out| gate::write(out, &report));
        let unwritten = written.and_then(Result::err).map(|error| error.to_string());
        Ok((report, lost.or(unwritten)))
    }

    /// What was wrong with the generator, on either side.
    pub(super) fn complaints(&self) -> Vec<Complaint> {
        let each = self.sides.complaints().into_iter();
        each.map(|(_, complaint)| complaint).collect()
    }

    /// How far it has come: `7 of at most 40 pairs of blocks`.
    pub(super) fn reached(&self) -> String {
        format!("{} of at most {} pairs of blocks", self.sides.pairs(), self.planned)
    }

    fn report(&self, status: RunStatus, why: Option<String>) -> GateReport {
        let mut reasons: Vec<String> = why.into_iter().collect();
        // A generator that was late was late on both sides: it can hide a regression, and not make one.
        let complaints: Vec<String> = self
            .sides
            .complaints()
            .iter()
            .map(|(side, why)| format!("the generator was the bottleneck, of the {side}: {why}"))
            .collect();
        let verdict = match (status, overall(&self.comparisons)) {
            (RunStatus::Complete, GateVerdict::NotRegressed) if !complaints.is_empty() => {
                reasons.extend(complaints.clone());
                GateVerdict::Inconclusive
            }
            (RunStatus::Complete, verdict) => verdict,
            _ => GateVerdict::Inconclusive,
        };
        if !self.comparisons.is_empty() {
            reasons.extend(explain::reasons(&self.comparisons, self.options));
        }
        let mut warnings = self.sides.left_out();
        warnings.extend(complaints);
        GateReport {
            schema: SCHEMA.to_owned(),
            status,
            verdict,
            inconclusive: Undecided::Invalid,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            mode: Mode::Interleaved,
            scenario: self.plan.workload.name.clone(),
            baseline: self.described(TurnsSide::Baseline, self.plan.baseline),
            candidate: self.described(TurnsSide::Candidate, self.plan.candidate),
            settings: self.options.described(),
            comparisons: self.comparisons.clone(),
            reasons,
            warnings,
            sequential: Some(Sequential {
                method: METHOD.to_owned(),
                block_s: super::finite(self.plan.block.as_secs_f64()),
                pairs: self.sides.pairs() as u64,
                planned_pairs: self.planned as u64,
                looks: self.taken.clone(),
                elapsed_s: super::finite(self.began.elapsed().as_secs_f64()),
            }),
            conformance: None,
        }
    }

    fn described(&self, side: TurnsSide, target: &Target) -> Side {
        let block_s = self.plan.block.as_secs_f64();
        let measured_s = super::finite(self.sides.pairs_f64() * block_s);
        let directory = self.plan.out.as_ref().map(|out| turns_record::directory(out, side));
        Side {
            runs: vec![Run {
                directory: directory.map(|directory| directory.to_string_lossy().into_owned()),
                target: target.name.clone(),
                base_url: target.base.to_string(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                started_at: self.started_at.to_rfc3339_opts(SecondsFormat::Millis, true),
                measured_s,
                rate: self.blocks.arrivals().map(|arrivals| super::finite(arrivals / block_s)),
                seed: self.plan.load.seed,
                users: self.sides.users(),
                shard: "1/1".to_owned(),
                machine: Machine::here(),
            }],
            measured_s,
        }
    }
}

/// How many pairs there is time for.
fn planned(one: Duration, max_time: Duration) -> Result<usize, GateError> {
    let room = max_time.saturating_sub(one).as_secs_f64() / one.as_secs_f64().max(1e-3);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "30 days of milliseconds at most"
    )]
    let pairs = room as usize;
    if pairs < FEWEST_CELLS {
        return Err(GateError::Time {
            pairs,
            needed: FEWEST_CELLS,
            one_s: one.as_secs_f64(),
        });
    }
    Ok(pairs)
}
