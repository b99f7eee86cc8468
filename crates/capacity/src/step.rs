//! One step: a load run of its own at one rate, and what the search and the report make of it.

use super::error::CapacityError;
use super::lasting::Refusals;
use super::objectives::Objectives;
use super::watcher::{Seen, Watcher};
use proofload_capacity_search::{Call, Ending, StepPlan, StepResult};
use proofload_deployment::Target;
use proofload_deployment::halt::{Halt, Interruption};
use proofload_deployment::units::{Rate, RateError, span};
use proofload_load as load;
use proofload_load::{
    ArrivalPlan, CallTimes, DeadTarget, LoadOutcome, TokenPool, USERS_HOLD_S, Workload, run_with_tokens, users_to_hold,
};
use proofload_results::capacity::{StepRow, StepVerdict};
use proofload_results::events::Observer;
use proofload_results::files;
use proofload_results::load::{Complaint, Percentiles, SloRow, rounded};
use proofload_results::record::{LatencyKind, RecordWriter, Totals, latency_histogram};
use proofload_results::watched::RanOut;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Users hold the arrivals of this many times the longest latency that an objective allows: then they never run out before
/// it is broken.
const HOLD_TIMES: f64 = 1.5;
/// Calls of a step that are kept one by one at most: beyond, its histograms tell all there is to know.
const KEEP_CALLS: usize = 60_000;
/// Calls are of one kind when every objective on latency speaks of this share of them at least: the few others are the
/// renewals of tokens that go on beside.
const OF_ONE_KIND: f64 = 0.98;

/// Makes steps: what they all share.
pub(super) struct StepRunner<'a> {
    pub(super) workload: &'a Workload,
    pub(super) target: &'a Target,
    pub(super) objectives: &'a Objectives,
    pub(super) load: &'a load::LoadOptions,
    pub(super) out: Option<&'a Path>,
    pub(super) tokens: Arc<TokenPool>,
}

/// What came of a step.
pub(super) struct Made {
    pub(super) result: StepResult,
    pub(super) row: StepRow,
    /// What was wrong with the generator.
    pub(super) complaints: Vec<Complaint>,
    /// What ended it, when that was a signal.
    pub(super) interrupted: Option<Interruption>,
    /// Why a part of its record was lost, if it was.
    pub(super) lost: Option<String>,
    /// What of the machines under test was at its limit; none where nothing was watched.
    pub(super) ran_out: Option<RanOut>,
    /// What of its calls failed, and over how many connections they went.
    pub(super) refusals: Refusals,
}

impl StepRunner<'_> {
    /// Makes a step, the `number`-th, and says what came of it; the times since the search began are left to the caller.
    ///
    /// # Errors
    /// It could not be made.
    pub(super) async fn make(
        &self,
        number: usize,
        plan: StepPlan,
        observer: Arc<dyn Observer>,
        halt: &Halt,
    ) -> Result<Made, CapacityError> {
        let workload = self.workload_at(plan)?;
        let record = format!("steps/{number:02}-{}", label(plan.rate_per_s));
        let out = self.out.map(|out| out.join(&record));
        // What became of the directory in the middle of a search is no reason to make no more steps.
        let refused = out.as_deref().and_then(|out| RecordWriter::check(out).err());
        let options = load::LoadOptions {
            users: self.load.users.or_else(|| Some(self.users(plan.rate_per_s))),
            seed: self.load.seed.wrapping_add(number as u64),
            out: out.clone().filter(|_| refused.is_none()),
            on_dead_target: DeadTarget::Stop,
            keep_calls: KEEP_CALLS,
            ..self.load.clone()
        };
        let (asker, step_halt) = Halt::new();
        let watcher = Arc::new(Watcher::new(plan, self.objectives, asker.clone(), observer));
        let outer_halt = halt.clone();
        let forward = tokio::spawn(async move { asker.ask(outer_halt.wait().await) });
        let outcome = run_with_tokens(
            &workload,
            self.target,
            &options,
            &self.tokens,
            watcher.clone(),
            &step_halt,
        );
        let outcome = outcome.await;
        forward.abort();
        let (seen, outcome) = (watcher.seen(), outcome?);
        let mut made = self.judge(number, plan, &seen, &outcome, options.users);
        made.ran_out.clone_from(&outcome.ran_out);
        made.row.watched.clone_from(&outcome.report.watched);
        made.row.record = out.filter(|out| out.join(files::RUN).is_file()).map(|_| record);
        made.lost = refused.map(|error| error.to_string()).or(outcome.run.lost);
        Ok(made)
    }

    fn workload_at(&self, plan: StepPlan) -> Result<Workload, RateError> {
        let mut workload = self.workload.clone();
        // A search says how much is carried: whether doors stay shut is for a run of its own.
        workload.guard = load::GuardRate::OFF;
        let rate = Rate::per_s(plan.rate_per_s)?;
        if let ArrivalPlan::Open { random, .. } = self.workload.arrivals {
            workload.arrivals = ArrivalPlan::Open {
                random,
                rate: rate.into(),
                stages: Vec::new(),
            };
        }
        workload.duration = Duration::from_secs_f64(plan.warm_up_s + plan.measured_s);
        Ok(workload)
    }

    /// Virtual users for a rate: so many that they only run out when an objective is broken.
    fn users(&self, rate_per_s: f64) -> u32 {
        let hold_s = USERS_HOLD_S.max(HOLD_TIMES * self.objectives.longest().as_secs_f64() + 0.25);
        users_to_hold(rate_per_s, hold_s, self.workload.journeys.len())
    }

    fn judge(&self, number: usize, plan: StepPlan, seen: &Seen, outcome: &LoadOutcome, users: Option<u32>) -> Made {
        let complaints = self.complaints(plan, outcome, users);
        let ending = if outcome.interrupted.is_some() && !seen.hopeless {
            Ending::Interrupted
        } else if outcome.dead {
            Ending::TargetDied
        } else if !complaints.is_empty() {
            Ending::GeneratorGaveOut
        } else if seen.hopeless {
            Ending::Hopeless
        } else {
            Ending::Whole
        };
        // A step that was given up in its warm-up is judged by all of it.
        let mut totals = if seen.counted.arrivals.done > 0 {
            seen.counted.clone()
        } else {
            seen.all.clone()
        };
        let warm_up = whole_seconds(plan.warm_up_s).min(seen.moments.len().saturating_sub(1));
        let moments = seen.moments[warm_up..].to_vec();
        let measured_s: f64 = moments.iter().map(|moment| moment.length_s).sum();
        totals.offered_s = measured_s;
        let slos: Vec<SloRow> = self.objectives.slos().iter().map(|slo| slo.evaluate(&totals)).collect();
        let response_us = percentiles(&totals, LatencyKind::Response);
        let done: u64 = seen.done[warm_up..].iter().sum();
        let result = StepResult {
            plan,
            ending,
            moments,
            under_way_before: warm_up.checked_sub(1).map_or(0, |last| seen.moments[last].under_way),
            calls: calls(&outcome.operations, &outcome.calls, self.objectives),
            held: slos.iter().map(|slo| slo.held).collect(),
            median_s: Duration::from_micros(response_us.p50).as_secs_f64(),
            elapsed_s: 0.0,
        };
        let row = Self::row(number, &result, &totals, slos, &complaints, done, measured_s);
        Made {
            result,
            row,
            complaints,
            interrupted: outcome.interrupted.filter(|_| ending == Ending::Interrupted),
            lost: None,
            ran_out: None,
            refusals: Refusals::of(&outcome.report),
        }
    }

    /// What was wrong with the generator. Users that ran out are among it only when there were too few to break the
    /// longest latency that an objective allows: otherwise it is the target that held them all.
    fn complaints(&self, plan: StepPlan, outcome: &LoadOutcome, users: Option<u32>) -> Vec<Complaint> {
        let own = outcome
            .complaints
            .iter()
            .filter(|complaint| complaint.is_own_fault() && !complaint.is_slight());
        let mut complaints: Vec<Complaint> = own.copied().collect();
        let generator = &outcome.report.generator;
        let waited_share = ratio(generator.waited_for_user, outcome.report.arrivals.due);
        let suffice = plan.rate_per_s * self.objectives.longest().as_secs_f64() * 1.2;
        if waited_share > Complaint::WAITED_SHARE && f64::from(users.unwrap_or_default()) < suffice {
            complaints.push(Complaint::TooFewUsers {
                waited_share,
                users: generator.users,
            });
        }
        complaints
    }

    fn row(
        number: usize,
        result: &StepResult,
        totals: &Totals,
        slos: Vec<SloRow>,
        complaints: &[Complaint],
        done: u64,
        measured_s: f64,
    ) -> StepRow {
        let rows = totals.operations();
        let errors: u64 = rows.iter().map(|row| row.errors).sum();
        let calls: u64 = rows.iter().map(|row| row.ok + row.errors).sum();
        let response_us = percentiles(totals, LatencyKind::Response);
        let done_per_s = ratio(done, 1) / measured_s.max(1e-9);
        let steady = result.is_steady();
        let verdict = match result.ending {
            Ending::Interrupted | Ending::TargetDied => StepVerdict::Incomplete,
            Ending::GeneratorGaveOut => StepVerdict::Invalid,
            Ending::Hopeless => StepVerdict::Hopeless,
            Ending::Whole if result.passed() => StepVerdict::Held,
            Ending::Whole => StepVerdict::Broke,
        };
        let mut reasons: Vec<String> = complaints.iter().map(ToString::to_string).collect();
        for slo in slos.iter().filter(|slo| !slo.held) {
            reasons.push(format!("{} was missed: {}", slo.slo, slo.measured));
        }
        if !steady {
            reasons.push("calls piled up: the target did not keep up".to_owned());
        }
        if result.ending == Ending::Hopeless {
            reasons.push(format!(
                "given up after {}",
                span::display(Duration::from_secs(totals_s(result)))
            ));
        }
        StepRow {
            number: number as u64,
            purpose: result.plan.purpose,
            verdict,
            rate_per_s: rounded(result.plan.rate_per_s),
            achieved_per_s: rounded(done_per_s * (1.0 - ratio(errors, calls))),
            warm_up_s: result.plan.warm_up_s,
            measured_s: rounded(measured_s),
            calls,
            errors,
            response_us,
            service_us: percentiles(totals, LatencyKind::Service),
            // Little's law: arrivals under way are throughput times response time.
            in_flight: rounded(done_per_s * response_us.mean / 1e6),
            steady,
            slos,
            reasons,
            set_aside: None,
            watched: None,
            start_s: 0.0,
            record: None,
        }
    }
}

/// The calls of a step as the search takes them; none where too few are of the one kind that the objectives speak of.
fn calls(operations: &[String], calls: &[CallTimes], objectives: &Objectives) -> Vec<Call> {
    let spoken_of = |name: &String| objectives.on_latency().all(|slo| slo.speaks_of(name));
    let spoken_of: Vec<bool> = operations.iter().map(spoken_of).collect();
    let of_the_kind = calls.iter().filter(|call| spoken_of[call.operation]).count();
    if ratio(of_the_kind as u64, calls.len() as u64) < OF_ONE_KIND {
        return Vec::new();
    }
    // The others occupy the server too.
    let every = calls.iter().map(|call| Call {
        at_ns: call.sent_ns,
        took_ns: call.took_ns,
    });
    every.collect()
}

fn totals_s(result: &StepResult) -> u64 {
    whole_seconds(result.plan.warm_up_s).saturating_add(result.moments.len()) as u64
}

fn whole_seconds(seconds: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "seconds of a step are few and positive"
    )]
    let whole = seconds.max(0.0).round() as usize;
    whole
}

fn ratio(part: u64, whole: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "2^53 calls are never reached")]
    let ratio = part as f64 / whole.max(1) as f64;
    ratio
}

/// The percentiles over all operations.
fn percentiles(totals: &Totals, kind: LatencyKind) -> Percentiles {
    let mut sum = latency_histogram();
    for row in totals.operations() {
        // Values beyond the bounds cannot be: every histogram of a record has the same bounds.
        let _ = sum.add(totals.latencies(&row.name, kind));
    }
    Percentiles::of(&sum)
}

/// A rate as part of a directory's name.
fn label(rate_per_s: f64) -> String {
    if rate_per_s < 10.0 {
        format!("{rate_per_s:.2}")
    } else {
        format!("{rate_per_s:.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_load::Slo;

    #[test]
    fn calls_are_only_told_where_nearly_all_are_of_the_kind_that_objectives_speak_of() {
        let operations = ["authenticate", "renewToken", "publish"].map(str::to_owned);
        let told = |texts: &[&str], renewals: u64| {
            let slos: Vec<Slo> = texts
                .iter()
                .map(|text| Slo::parse(text, &["renewToken", "publish"]).unwrap())
                .collect();
            let objectives = Objectives::new(&slos, Duration::from_secs(10)).unwrap();
            let log = (0..100).map(|number| CallTimes {
                operation: if number < renewals { 1 } else { 2 },
                sent_ns: number,
                took_ns: 1000 - number,
            });
            calls(&operations, &log.collect::<Vec<_>>(), &objectives)
        };
        let call = |at_ns| Call {
            at_ns,
            took_ns: 1000 - at_ns,
        };
        let all: Vec<Call> = (0..100).map(call).collect();
        assert_eq!(told(&["publish.p99 < 250ms", "errors < 1%"], 2), all);
        assert_eq!(told(&["publish.p99 < 250ms", "errors < 1%"], 3), []);
        assert_eq!(told(&["publish.p99 < 250ms", "renewToken.mean < 1s"], 2), []);
        assert_eq!(told(&["p99 < 250ms"], 50), all, "it speaks of every call");
    }
}
