//! Runs the planned cases: operations and sequences side by side, the probes of one operation one after the other.

use super::lanes::{side_by_side, told};
use super::plan::{Check, PlannedCase};
use super::registry::Registry;
use super::sessions;
use super::swallowed;
use super::verdict::Judged;
use proofload_probing::context::Context;
use proofload_probing::context::lane::Lane as Watched;
use proofload_probing::findings::{Cause, Finding, FindingKind, Stop};
use proofload_probing::probe::{Probe, Sequence, Sheet, Stage, Subject};
use proofload_results::events::{Event, Observer};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc;

/// After so many exchanges without an answer in a row, the rest of an operation's negatives is given up: a server that
/// hangs must not hold the run for a time-out per case.
const PATIENCE: usize = 3;

/// Cases that are run one after the other.
enum Lane {
    Operation(Vec<PlannedCase>),
    Sequence(usize, Vec<PlannedCase>),
}

/// How often a probe is run at most, when a call that may have stored something is not answered.
const PROBE_TRIES: usize = 3;
/// The same for a sequence, which makes many such calls.
const SEQUENCE_TRIES: usize = 5;
/// How often either is run at most, when a login elsewhere ended the session of a call.
const SESSION_TRIES: usize = 4;

impl Lane {
    fn comes_last(&self, registry: &Registry) -> bool {
        match self {
            Self::Operation(_) => false,
            Self::Sequence(index, _) => registry.sequences[*index].comes_last(),
        }
    }
}

/// Runs `planned` and gives every case its verdict, in the same order.
pub(crate) async fn run(
    context: &Arc<Context>,
    registry: &Arc<Registry>,
    planned: Vec<PlannedCase>,
    observer: &dyn Observer,
) -> Vec<Judged> {
    let total = planned.len();
    observer.observe(&Event::CasesPlanned { total });
    let places = planned.iter().enumerate();
    let places: HashMap<String, usize> = places.map(|(place, case)| (case.id.clone(), place)).collect();
    let (progress, finished) = mpsc::unbounded_channel();
    let runner = Runner {
        context: Arc::clone(context),
        registry: Arc::clone(registry),
        declared: Arc::new(registry.declared()),
        progress,
    };
    let (judged, ()) = tokio::join!(played(runner, planned), told(finished, total, observer));
    let mut judged = judged;
    judged.sort_by_cached_key(|judged| places.get(&judged.case.id).copied());
    judged
}

/// Plays every lane, those that look at the whole run last.
async fn played(runner: Runner, planned: Vec<PlannedCase>) -> Vec<Judged> {
    let mut judged = Vec::with_capacity(planned.len());
    let comes_last = |lane: &Lane| lane.comes_last(&runner.registry);
    let (last, first): (Vec<Lane>, Vec<Lane>) = lanes(planned).into_iter().partition(comes_last);
    for lanes in [first, last] {
        let work = lanes.into_iter().map(|lane| runner.clone().lane(lane));
        side_by_side(&runner.context, work, |lane| judged.extend(lane)).await;
    }
    judged
}

/// One lane for each operation and each sequence, sequences first: they take longest.
fn lanes(planned: Vec<PlannedCase>) -> Vec<Lane> {
    let mut operations: Vec<(String, Vec<PlannedCase>)> = Vec::new();
    let mut sequences: Vec<(usize, Vec<PlannedCase>)> = Vec::new();
    for case in planned {
        match case.check {
            Check::Sequence(index) => push(&mut sequences, index, case),
            Check::Probe(..) => push(&mut operations, case.operation.clone(), case),
        }
    }
    let sequences = sequences.into_iter().map(|(index, cases)| Lane::Sequence(index, cases));
    let operations = operations.into_iter().map(|(_, cases)| Lane::Operation(cases));
    sequences.chain(operations).collect()
}

fn push<K: PartialEq>(groups: &mut Vec<(K, Vec<PlannedCase>)>, key: K, case: PlannedCase) {
    match groups.iter_mut().find(|(other, _)| *other == key) {
        Some((_, cases)) => cases.push(case),
        None => groups.push((key, vec![case])),
    }
}

/// What a lane works with; cheap to clone, so that each is a task of its own.
#[derive(Clone)]
struct Runner {
    context: Arc<Context>,
    registry: Arc<Registry>,
    /// The ids of every sequence's cases.
    declared: Arc<BTreeSet<String>>,
    /// Takes the id of each case that has its verdict.
    progress: mpsc::UnboundedSender<String>,
}

impl Runner {
    async fn lane(self, lane: Lane) -> Vec<Judged> {
        match lane {
            Lane::Operation(cases) | Lane::Sequence(_, cases) if self.over().is_some() => self.given_up(cases),
            Lane::Operation(cases) => self.operation(cases).await,
            Lane::Sequence(index, cases) => self.sequence(index, cases).await,
        }
    }

    fn done(&self, case: &PlannedCase) {
        // Whoever listens is gone only when nobody waits for the run any more.
        let _ = self.progress.send(case.id.clone());
    }

    /// Why nothing more is to be begun: the end was asked for, or the time is up.
    fn over(&self) -> Option<Cause> {
        let halted = self.context.options.halt.asked().then_some(Cause::Interrupted);
        halted.or_else(|| self.context.time_is_up().then_some(Cause::TimeIsUp))
    }

    /// Cases that had not begun at the end.
    fn given_up(&self, cases: Vec<PlannedCase>) -> Vec<Judged> {
        let cause = self.over().unwrap_or(Cause::Interrupted);
        let judged = cases.into_iter().map(|case| {
            self.done(&case);
            let finding = Finding::untestable(cause.clone());
            Judged { case, finding }
        });
        judged.collect()
    }

    /// The control call, the negatives, the control call again. Both control calls are made even when they were not
    /// selected: without them the negatives prove nothing.
    async fn operation(&self, cases: Vec<PlannedCase>) -> Vec<Judged> {
        let Some(operation) = cases
            .first()
            .and_then(|case| self.context.contract.operation(&case.operation))
        else {
            return Vec::new();
        };
        let subject = Subject {
            operation,
            account: None,
        };
        let before = self.control(Stage::Before, subject).await;
        let mut obstacle = before.as_ref().and_then(obstacle);
        let mut findings: Vec<(PlannedCase, Finding)> = Vec::new();
        let mut unanswered = 0;
        for case in cases {
            let finding = match (case.check, &obstacle, self.over()) {
                (Check::Probe(_, Stage::Negative), _, Some(over)) => Finding::untestable(over),
                (Check::Probe(_, Stage::Before), ..) => before.clone().unwrap_or_else(|| Finding::skip("does not fit")),
                (Check::Probe(index, _), None, _) => self.probe(index, subject, &case).await,
                (_, Some(cause), _) => Finding::untestable(cause.clone()),
                (Check::Sequence(_), None, _) => continue,
            };
            unanswered = if finding.kind == FindingKind::Untestable {
                unanswered + 1
            } else {
                0
            };
            if let Some(cause) = finding.cause.as_ref().filter(|_| unanswered >= self.patience())
                && obstacle.is_none()
            {
                obstacle = Some(Cause::GivenUp {
                    calls: unanswered,
                    last: Box::new(cause.clone()),
                });
            }
            self.done(&case);
            findings.push((case, finding));
        }
        self.weigh_by_control_after(&mut findings, subject).await;
        findings
            .into_iter()
            .map(|(case, finding)| Judged { case, finding })
            .collect()
    }

    /// When the good token is refused afterwards, refusals in between prove nothing.
    async fn weigh_by_control_after(&self, findings: &mut [(PlannedCase, Finding)], subject: Subject<'_>) {
        let is_after = |case: &PlannedCase| matches!(case.check, Check::Probe(_, Stage::After));
        let after = match findings.iter().find(|(case, _)| is_after(case)) {
            Some((_, finding)) => Some(finding.clone()),
            None => self.control(Stage::After, subject).await,
        };
        let Some(cause) = after.as_ref().and_then(obstacle) else {
            return;
        };
        // Where everybody is redirected, a redirect in between says nothing of the caller.
        let redirects = |finding: &Finding| finding.status().is_some_and(|status| (300..400).contains(&status));
        let everybody = after.as_ref().is_some_and(redirects);
        for (case, finding) in findings {
            let negative = matches!(case.check, Check::Probe(_, Stage::Negative));
            if negative && (finding.holds() || everybody && redirects(finding)) {
                *finding = Finding::untestable(cause.clone());
            }
        }
    }

    async fn control(&self, stage: Stage, subject: Subject<'_>) -> Option<Finding> {
        let control = self.registry.probes.iter();
        let control = control
            .filter(|probe| probe.stage() == stage)
            .find(|probe| probe.fits(subject.operation))?;
        if !self.context.has_accounts() {
            return Some(Finding::skip(Cause::NoAccount));
        }
        Some(self.tried(control.as_ref(), subject).await)
    }

    /// Runs a probe; anew, as long as that may help, when a call of it was not answered.
    async fn tried(&self, probe: &dyn Probe, subject: Subject<'_>) -> Finding {
        let began = Instant::now();
        let mut tries = 0;
        loop {
            tries += 1;
            let logins = self.context.logins_let_in();
            let (found, lane) = Watched::watch(probe.run(&self.context, subject)).await;
            let finding = found.unwrap_or_else(Finding::from);
            let anew = lane.is_in_doubt() && !finding.is_judged();
            let lost = tries < SESSION_TRIES && sessions::lost(&self.context, &finding, &logins).await;
            if (anew && tries < PROBE_TRIES || lost) && self.context.may_try_again() {
                continue;
            }
            let finding = swallowed::weighed(&self.context, probe.stage(), finding);
            let mut finding = finding.after(lane.steps()).slim();
            finding.took = began.elapsed();
            return finding;
        }
    }

    /// How many calls in a row that could not be tested an operation has before the rest of it is given up: one, when there
    /// is no time left for more.
    fn patience(&self) -> usize {
        let time_is_left = self.context.may_try_again() || self.context.options.halt.asked();
        if time_is_left { PATIENCE } else { 1 }
    }

    async fn probe(&self, index: usize, subject: Subject<'_>, case: &PlannedCase) -> Finding {
        let account = case.account.as_ref();
        let account = account.and_then(|name| self.context.accounts().find(|account| account.name == *name));
        if self.registry.probes[index].needs_account() && !self.context.has_accounts() {
            return Finding::skip(Cause::NoAccount);
        }
        let subject = Subject { account, ..subject };
        self.tried(self.registry.probes[index].as_ref(), subject).await
    }

    /// Plays a sequence; anew, as long as that may help, when a call of it was not answered. A case is decided by whichever
    /// time it was judged, and a deviation stands.
    async fn sequence(&self, index: usize, cases: Vec<PlannedCase>) -> Vec<Judged> {
        let sequence = self.registry.sequences[index].as_ref();
        let mut found: Vec<Option<Finding>> = vec![None; cases.len()];
        for tries in 1..=SEQUENCE_TRIES {
            let logins = self.context.logins_let_in();
            let (findings, in_doubt) = self.played(sequence, &cases).await;
            let mut lost = false;
            for finding in &findings {
                lost = lost || sessions::lost(&self.context, finding, &logins).await;
            }
            if lost && tries < SESSION_TRIES && self.context.may_try_again() {
                continue;
            }
            for (place, finding) in found.iter_mut().zip(findings) {
                if place.as_ref().is_none_or(|earlier| rank(earlier) < rank(&finding)) {
                    *place = Some(finding);
                }
            }
            let open = found.iter().flatten().any(|finding| !finding.is_judged());
            if !in_doubt || !open || tries == SEQUENCE_TRIES || !self.context.may_try_again() {
                break;
            }
        }
        let judged = cases.into_iter().zip(found).filter_map(|(case, finding)| {
            self.done(&case);
            let finding = finding?;
            Some(Judged { case, finding })
        });
        judged.collect()
    }

    /// Plays a sequence once: what it found of each case, and whether a call that stores something was not answered.
    async fn played(&self, sequence: &dyn Sequence, cases: &[PlannedCase]) -> (Vec<Finding>, bool) {
        let mut sheet = Sheet::new(sequence.name(), sequence.cases(), Arc::clone(&self.declared));
        let (ended, lane) = if sequence.needs_account() && !self.context.has_accounts() {
            (Err(Stop::Skip(Cause::NoAccount)), Arc::default())
        } else {
            Watched::watch(sequence.run(&self.context, &mut sheet)).await
        };
        let findings = cases.iter().map(|case| {
            let finding = sheet.take(&case.id).unwrap_or_else(|| match &ended {
                Err(stop) => stop.clone().into(),
                Ok(()) => Finding::untestable(Cause::Undecided(sequence.name())),
            });
            let finding = swallowed::weighed(&self.context, Stage::Negative, finding);
            finding.after(lane.steps()).slim()
        });
        (findings.collect(), lane.is_in_doubt())
    }
}

/// Which of the findings of several plays counts: a deviation before a clause that held, and both before none.
fn rank(finding: &Finding) -> u8 {
    match finding.kind {
        FindingKind::Skipped => 0,
        FindingKind::Untestable => 1,
        FindingKind::Holds => 2,
        FindingKind::Deviates => 3,
    }
}

/// Why an operation's negatives prove nothing, when its control call says so.
fn obstacle(control: &Finding) -> Option<Cause> {
    match (control.kind, &control.cause) {
        (FindingKind::Untestable, Some(cause)) => Some(Cause::ControlNotMade(Box::new(cause.clone()))),
        (FindingKind::Deviates, Some(cause)) => Some(Cause::ControlFailed(Box::new(cause.clone()))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ConformanceOptions;
    use crate::engine::plan::every_case;
    use futures_util::future::{BoxFuture, FutureExt as _};
    use proofload_contract::{Contract, Source};
    use proofload_deployment::Trust;
    use proofload_deployment::client::testing::target;
    use proofload_deployment::halt::{Halt, Interruption};
    use proofload_probing::findings::Clause;
    use proofload_probing::probe::{Declared, Sequence};
    use proofload_results::events::Unobserved;

    /// Declares two cases, and reports one of them and one that it does not declare.
    struct Misspelt([Declared; 2]);

    impl Sequence for Misspelt {
        fn name(&self) -> &'static str {
            "misspelt"
        }

        fn cases(&self) -> &[Declared] {
            &self.0
        }

        fn needs_account(&self) -> bool {
            false
        }

        fn run<'a>(&'a self, _: &'a Context, sheet: &'a mut Sheet) -> BoxFuture<'a, Result<(), Stop>> {
            async {
                let holds = || Finding::verdict(true, "this", "this");
                sheet.report("getTag", "current", holds());
                sheet.report("getTag", "that-won", holds());
                Ok(())
            }
            .boxed()
        }
    }

    async fn causes(options: &ConformanceOptions) -> Vec<(FindingKind, Option<Cause>)> {
        let case = |name| Declared::new("getTag", Clause::new(name, Source::Guide, "It is so."));
        let registry = Registry {
            probes: Vec::new(),
            sequences: vec![Box::new(Misspelt([case("current"), case("that-one")]))],
        };
        let target = target("http://127.0.0.1:1", Trust::System);
        let context = Arc::new(Context::new(&target, Contract::bundled(), options).unwrap());
        let planned = every_case(&registry, Contract::bundled(), &[]);
        let registry = Arc::new(registry);
        let judged = run(&context, &registry, planned, &Unobserved).await;
        let causes = judged
            .into_iter()
            .map(|judged| (judged.finding.kind, judged.finding.cause));
        causes.collect()
    }

    #[tokio::test]
    async fn a_case_that_nobody_declares_makes_its_sequence_an_error() {
        let undeclared = Cause::Undeclared {
            sequence: "misspelt",
            case: "getTag/that-won".to_owned(),
        };
        let error = (FindingKind::Untestable, Some(undeclared));
        assert_eq!(causes(&ConformanceOptions::default()).await, [error.clone(), error]);
    }

    #[tokio::test]
    async fn what_had_not_begun_when_the_end_was_asked_for_says_so_by_its_type() {
        let (asker, halt) = Halt::new();
        let options = ConformanceOptions {
            halt,
            ..ConformanceOptions::default()
        };
        asker.ask(Interruption::Interrupt);
        let interrupted = (FindingKind::Untestable, Some(Cause::Interrupted));
        assert_eq!(causes(&options).await, [interrupted.clone(), interrupted]);
    }
}
