//! Two live deployments, loaded in turns.
//!
//! Blocks of load come in pairs, one on each side, in an order drawn for each pair, with the same arrivals. What slows the
//! machine down slows both of a pair, and the pair is what is drawn in the bootstrap. The data are looked at a few planned
//! times, and the answer is given as soon as it is sure ([`Looks`]).

use super::block::{Blocks, Sides};
use super::error::GateError;
use super::explain;
use super::options::Options;
use crate::events::{Event, Observer};
use crate::load::{self, Interruption, Workload};
use crate::target::Target;
use chrono::{SecondsFormat, Utc};
use proofload_gate_statistics::{Design, FEWEST_CELLS, Looks, judge, measure, overall};
use proofload_reports::gate::{Comparison, Finite, GateReport, GateVerdict, Look, Mode, Run, SCHEMA, Sequential, Side};
use proofload_reports::record::Machine;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The method that keeps the error rate over all looks, as a report names it.
const METHOD: &str =
    "alpha spending over the planned looks (Lan and DeMets, of Pocock's kind), each at the level it adds";

/// Two deployments, and how they are loaded.
#[derive(Debug)]
pub struct Interleaved<'a> {
    /// What both are loaded with.
    pub workload: &'a Workload,
    /// What the candidate is compared with.
    pub baseline: &'a Target,
    /// What is judged.
    pub candidate: &'a Target,
    /// How each block is made; its seed, record, shard and start do not matter.
    pub load: load::Options,
    /// How long one block is.
    pub block: Duration,
    /// How long the comparison may take, from the first block to the last.
    pub max_time: Duration,
}

/// Compares two live deployments.
///
/// # Errors
/// A deployment cannot be loaded, the generator was the bottleneck, or the comparison was interrupted.
pub async fn interleaved(
    plan: &Interleaved<'_>,
    options: &Options,
    observer: Arc<dyn Observer>,
    stop: watch::Receiver<Option<Interruption>>,
) -> Result<GateReport, GateError> {
    let began = Instant::now();
    let mut comparison = Running {
        blocks: Blocks::new(plan, observer.clone(), stop),
        sides: Sides::default(),
        rng: Xoshiro256PlusPlus::seed_from_u64(options.settings.seed),
        seed: options.settings.seed,
    };
    let started_at = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
    // The first pair opens connections, fills caches and shows how long a pair takes; it is not measured.
    comparison.pair().await?;
    comparison.sides = Sides::default();
    let planned = planned(began.elapsed(), plan.max_time)?;
    let looks = Looks::new(options.settings.alpha(), planned, FEWEST_CELLS);
    let mut taken: Vec<Look> = Vec::new();
    let comparisons = loop {
        let out_of_time = began.elapsed() >= plan.max_time + plan.block;
        let pairs = comparison.sides.pairs();
        let last = pairs >= planned || (out_of_time && pairs >= FEWEST_CELLS);
        if pairs >= FEWEST_CELLS
            && (looks.due(pairs) || last)
            && taken.last().is_none_or(|look| look.pairs < pairs as u64)
        {
            let level = looks.level(pairs);
            let judged = comparison.sides.judged(options, level)?;
            taken.push(Look {
                pairs: pairs as u64,
                spent: super::finite(level),
                verdict: overall(&judged),
            });
            let sure = match overall(&judged) {
                GateVerdict::Regressed => true,
                GateVerdict::NotRegressed => comparison.sides.complaints().is_empty(),
                GateVerdict::Inconclusive => false,
            };
            if last || sure {
                break judged;
            }
        }
        if out_of_time && began.elapsed() >= 2 * plan.max_time {
            return Err(GateError::Nothing(format!(
                "only {pairs} pairs of blocks were measured in twice --max-time; give a longer one"
            )));
        }
        comparison.pair().await?;
        observer.observe(&Event::GatePair {
            pairs: comparison.sides.pairs(),
            planned,
        });
    };
    let sequential = Sequential {
        method: METHOD.to_owned(),
        block_s: super::finite(plan.block.as_secs_f64()),
        pairs: comparison.sides.pairs() as u64,
        planned_pairs: planned as u64,
        looks: taken,
        elapsed_s: super::finite(began.elapsed().as_secs_f64()),
    };
    // A generator that was late was late on both sides: it can hide a regression, and not make one.
    let complaints = comparison.sides.complaints();
    let (verdict, hidden) = match overall(&comparisons) {
        GateVerdict::NotRegressed if !complaints.is_empty() => (GateVerdict::Inconclusive, complaints.clone()),
        verdict => (verdict, Vec::new()),
    };
    let reasons = hidden.into_iter().chain(explain::reasons(&comparisons, options));
    let mut warnings = comparison.sides.left_out();
    warnings.extend(complaints);
    Ok(GateReport {
        schema: SCHEMA.to_owned(),
        verdict,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        mode: Mode::Interleaved,
        scenario: plan.workload.name.clone(),
        baseline: described(plan, plan.baseline, &comparison, &started_at),
        candidate: described(plan, plan.candidate, &comparison, &started_at),
        settings: options.described(),
        reasons: reasons.collect(),
        comparisons,
        warnings,
        sequential: Some(sequential),
        conformance: None,
    })
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

/// A comparison under way.
struct Running<'a> {
    blocks: Blocks<'a>,
    sides: Sides,
    rng: Xoshiro256PlusPlus,
    seed: u64,
}

impl Running<'_> {
    /// One block on each side, in random order and with the same arrivals.
    async fn pair(&mut self) -> Result<(), GateError> {
        let candidate_first = self.rng.random_bool(0.5);
        self.seed = self.seed.wrapping_add(1);
        let first = self.blocks.run(candidate_first, self.seed).await?;
        let second = self.blocks.run(!candidate_first, self.seed).await?;
        let (baseline, candidate) = if candidate_first {
            (second, first)
        } else {
            (first, second)
        };
        self.sides.add(&baseline, &candidate);
        Ok(())
    }
}

impl Sides {
    fn judged(&self, options: &Options, alpha: f64) -> Result<Vec<Comparison>, GateError> {
        let mut evidence = Vec::new();
        for (name, [baseline, candidate]) in self.compared() {
            let sides = [std::slice::from_ref(baseline), std::slice::from_ref(candidate)];
            let measured = measure(name, sides[0], sides[1], Design::Pairs, &options.settings);
            evidence.extend(measured.into_iter().filter(|one| options.compares(name, one.metric())));
        }
        if evidence.is_empty() {
            return Err(GateError::Nothing(
                "no operation was called often enough on both sides; name others with --compare, or raise --rate or --block"
                    .to_owned(),
            ));
        }
        Ok(judge(&evidence, &options.settings, alpha))
    }
}

fn described(plan: &Interleaved, target: &Target, running: &Running, started_at: &str) -> Side {
    let measured_s = super::finite(running.sides.pairs_f64() * plan.block.as_secs_f64());
    let rate = plan
        .workload
        .schedule()
        .map(|schedule| schedule.expected() / plan.workload.duration.as_secs_f64());
    Side {
        runs: vec![Run {
            directory: None,
            target: target.name.clone(),
            base_url: target.base.to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: started_at.to_owned(),
            measured_s,
            rate: rate.and_then(Finite::new),
            seed: running.blocks.first_seed(),
            users: running.sides.users(),
            shard: "1/1".to_owned(),
            machine: Machine::here(),
        }],
        measured_s,
    }
}
