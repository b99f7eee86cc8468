//! A run made ready: addresses, TLS, images, requests, users, threads and their shares.

use crate::error::LoadError;
use crate::generator::address_watch::AddressWatch;
use crate::generator::answers::Shape;
use crate::generator::attack::UserGroup;
use crate::generator::budget::Budget;
use crate::generator::clock::Clock;
use crate::generator::commons::Commons;
use crate::generator::connecting::{check_descriptors, connector};
use crate::generator::dealing::{dealer, dealt};
use crate::generator::desk::{Lane, LaneCrowd, ranks};
use crate::generator::guard::{GuardPost, Shared};
use crate::generator::login_gate::LoginGate;
use crate::generator::ports;
use crate::generator::request::{Factory, Prepared, Tails};
use crate::generator::roster::Roster;
use crate::generator::script::{AUTHENTICATE, Look, Script, ScriptStep, needs_login};
use crate::generator::threads::{Batch, Thread, ThreadEvent, Times};
use crate::generator::token_pool::TokenPool;
use crate::options::{Check, LoadOptions};
use crate::pacer::{Arrivals, Crowd, Process, Schedule};
use crate::workload::{ArrivalPlan, Data, Images, Journey, Workload, digest, load_images};
use proofload_contract::Contract;
use proofload_deployment::Target;
use proofload_deployment::client::login;
use proofload_deployment::units::Shard;
use proofload_results::load::GuardPlan;
use proofload_wire::{Addresses, Sharing};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;

/// A run made ready.
pub(crate) struct Plan {
    pub(crate) clock: Clock,
    pub(crate) base: String,
    /// The operations measured; `authenticate` and `renewToken` come first.
    pub(crate) operations: Vec<String>,
    pub(crate) threads: usize,
    pub(crate) users: usize,
    /// Which share of all machines' arrivals this one takes.
    shard: Shard,
    /// Calls that are kept one by one at most.
    pub(crate) keep_calls: usize,
    journeys: Vec<PlannedJourney>,
    /// Lets users log in before the run, and knows how that went.
    pub(crate) logins: Arc<LoginGate>,
    /// How many users are at work, where that changes.
    crowd: Option<Arc<Crowd>>,
    /// The calls that may be made, where users set the pace and calls are limited.
    pub(crate) budget: Option<Arc<Budget>>,
    /// What the threads tell each other.
    pub(crate) commons: Arc<Commons>,
    /// The target's addresses, or its proxy's.
    addresses: Arc<Addresses>,
    /// Whether a proxy stands before the target.
    is_proxied: bool,
    /// How users share connections, where HTTP/2 was asked for.
    pub(crate) sharing: Option<Arc<Sharing>>,
    guard: Option<Arc<GuardPost>>,
    guards: GuardPlan,
    /// What is to be said of the pictures.
    pub(crate) pictures: Option<String>,
    /// What tells the workload from others of its name.
    pub(crate) digest: String,
}

struct PlannedJourney {
    name: String,
    script: Arc<Script>,
    users: usize,
    /// How many calls one round makes.
    calls: u64,
    /// The whole stream; threads take shares of it.
    arrivals: Option<(Schedule, Process)>,
}

/// Whether any of these steps is made by somebody.
fn need_an_account(steps: &[ScriptStep]) -> bool {
    steps
        .iter()
        .any(|step| step.request.authorised || step.operation == AUTHENTICATE)
}

impl Plan {
    pub(crate) async fn new(
        workload: &Workload,
        target: &Target,
        options: &LoadOptions,
        pool: &Arc<TokenPool>,
    ) -> Result<Self, LoadError> {
        let clock = Clock::new();
        let Roster {
            journeys: crowds,
            threads,
        } = Roster::new(workload, options)?;
        let users = crowds.iter().sum();
        check_descriptors(users as u64)?;
        let connector = connector(target, options).await?;
        ports::check(workload, options, &connector.addresses.all(), target.way.from.len())?;
        let Images { sent: images, told } = load_images(&workload.images)?;
        let data = Data::load(workload)?;
        let dealt = dealt(workload, target, options);
        let factory = Factory {
            base: &target.base,
            account: dealt.first().copied(),
            images: &images,
            proxy: target.way.proxy().filter(|_| !target.base.is_tls()).map(AsRef::as_ref),
            headers: &target.way.headers,
            tails: Tails::default(),
        };
        let accounts = Arc::new(dealer(&factory, &dealt, options, users));
        let commons = Arc::new(Commons::new(threads, workload.guard.is_on()));
        let filled = data.as_ref().map(|data| data.first(workload));
        let guarded = filled.as_ref().unwrap_or(workload);
        let shared = Shared {
            factory: &factory,
            connector: connector.clone(),
            clock,
            commons: commons.clone(),
        };
        let guard = GuardPost::new(guarded, target, options, &dealt, shared);
        let logins = Arc::new(LoginGate::new());
        let mut operations = vec![login::AUTHENTICATE.to_owned(), login::RENEW.to_owned()];
        let streams = workload.streams(options.seed);
        let mut journeys = Vec::new();
        for (lane, (journey, users)) in workload.journeys.iter().zip(crowds).enumerate() {
            let steps = steps(journey, &factory, data.as_ref(), &mut operations)?;
            let logs_in = needs_login(&steps, journey.mix);
            if dealt.is_empty() && need_an_account(&steps) {
                return Err(LoadError::NoAccount(target.name.clone()));
            }
            journeys.push(PlannedJourney {
                name: journey.name.clone(),
                users,
                calls: journey.calls(),
                arrivals: streams.as_ref().map(|streams| streams[lane].clone()),
                script: Arc::new(Script {
                    lane,
                    logs_in,
                    steps,
                    mix: journey.mix,
                    cameras: journey.cameras.into(),
                    think: match workload.arrivals {
                        ArrivalPlan::Open { .. } => None,
                        ArrivalPlan::Closed { think, .. } => Some(think),
                    },
                    accounts: accounts.clone(),
                    timeout: options.timeout,
                    retry_stale: options.retry_stale,
                    connector: connector.clone(),
                    headers: target.way.headers.clone(),
                    clock,
                    seed: options.seed,
                    logins: logins.clone(),
                    pool: pool.clone(),
                    commons: commons.clone(),
                    look: Look::new(options.check),
                }),
            });
        }
        let plan = Self {
            digest: digest(workload, &images, data.as_ref()),
            clock,
            base: target.base.to_string(),
            logins,
            operations,
            threads,
            users,
            shard: options.shard,
            keep_calls: options.keep_calls,
            journeys,
            crowd: crowd(workload, options),
            budget: budget(workload, options),
            commons,
            addresses: connector.addresses.clone(),
            is_proxied: connector.proxy.is_some(),
            sharing: connector.http2.clone(),
            guard: guard.map(Arc::new),
            pictures: told,
            guards: GuardPlan {
                per_s: workload.guard.per_s(),
                check: options.check.word().to_owned(),
                untried: BTreeMap::new(),
            },
        };
        plan.check_that_something_falls_due(workload)?;
        Ok(plan)
    }

    /// A run without a single call would measure nothing, and its verdict would say nothing.
    fn check_that_something_falls_due(&self, workload: &Workload) -> Result<(), LoadError> {
        let none_due = |journey: &PlannedJourney| {
            let stream = journey.arrivals.clone();
            stream.is_some_and(|(schedule, process)| Arrivals::new(schedule, process, self.shard).next().is_none())
        };
        if !self.journeys.iter().all(none_due) {
            return Ok(());
        }
        Err(LoadError::NothingDue {
            workload: workload.name.clone(),
            shard: self.shard,
            duration: workload.duration,
        })
    }

    /// What is guarded, once the users are ready; none where nothing is.
    pub(crate) fn guards(&self) -> Option<GuardPlan> {
        let mut guards = self.guards.clone();
        guards.untried.clone_from(&self.commons.untried.lock());
        (guards.per_s > 0.0 || guards.check != Check::None.word()).then_some(guards)
    }

    /// What the thread with `index` needs.
    pub(crate) fn thread(
        &self,
        index: usize,
        bell: Arc<Notify>,
        times: Arc<OnceLock<Times>>,
        events: UnboundedSender<ThreadEvent>,
        batches: std::sync::mpsc::Sender<Batch>,
    ) -> Thread {
        let groups = self.journeys.iter().map(|journey| UserGroup {
            name: journey.name.clone(),
            script: journey.script.clone(),
            users: journey.users_on(index, self.threads),
        });
        let groups: Vec<UserGroup> = groups.collect();
        let mut crowds = self.crowds(index);
        let lanes = self.journeys.iter().zip(&groups).map(|(journey, group)| {
            Lane::new(self.arrivals(journey, index), group.users)
                .staged(crowds.next())
                .limited(self.budget.clone(), journey.calls)
                .numbered(self.share(index))
        });
        Thread {
            index,
            host: self.base.clone(),
            operations: self.operations.len(),
            keep_calls: self.keep_calls,
            lanes: lanes.collect(),
            // No two users of any thread or machine have the same number.
            first_user: (self.shard.index << 32) + (index * self.users) as u64,
            groups,
            commons: self.commons.clone(),
            guard: self.guard.clone().filter(|_| index == 0),
            bell,
            clock: self.clock,
            times,
            events,
            batches,
        }
    }

    /// Who counts what comes of each address.
    pub(crate) fn address_watch(&self) -> AddressWatch {
        AddressWatch::new(self.addresses.clone(), self.is_proxied)
    }

    /// Waits until the last call is taken, where calls are limited, and says when that was.
    pub(crate) async fn last_call(&self) -> u64 {
        match &self.budget {
            Some(budget) => {
                budget.spent().await;
                budget.spent_at_ns().unwrap_or(u64::MAX)
            }
            None => std::future::pending().await,
        }
    }

    /// Which of all machines' arrivals a thread takes.
    fn share(&self, thread: usize) -> Shard {
        self.shard.split(Shard {
            index: thread as u64,
            of: self.threads as u64,
        })
    }

    fn arrivals(&self, journey: &PlannedJourney, thread: usize) -> Option<Arrivals> {
        let share = self.share(thread);
        journey
            .arrivals
            .clone()
            .map(|(schedule, process)| Arrivals::new(schedule, process, share))
    }

    /// Which users of a thread are at work at a time, journey by journey; nothing where it is all of them.
    fn crowds(&self, thread: usize) -> impl Iterator<Item = LaneCrowd> {
        let (threads, shard) = (self.threads, self.shard);
        self.crowd.clone().into_iter().flat_map(move |crowd| {
            let lanes =
                (0..threads).flat_map(|thread| self.journeys.iter().map(move |one| one.users_on(thread, threads)));
            let each = self.journeys.len();
            let ranks = ranks(&lanes.collect::<Vec<usize>>());
            let own = ranks.into_iter().skip(thread * each).take(each);
            own.map(move |ranks| LaneCrowd {
                crowd: crowd.clone(),
                shard,
                ranks,
            })
        })
    }
}

impl PlannedJourney {
    fn users_on(&self, thread: usize, threads: usize) -> usize {
        self.users / threads + usize::from(thread < self.users % threads)
    }
}

/// How many users are at work, where that changes.
fn crowd(workload: &Workload, options: &LoadOptions) -> Option<Arc<Crowd>> {
    workload.crowd().map(|crowd| {
        let most = options.users.unwrap_or(crowd.most());
        Arc::new(crowd.scaled_to(most))
    })
}

/// The calls that may be made, where users set the pace and calls are limited: every machine makes its share.
fn budget(workload: &Workload, options: &LoadOptions) -> Option<Arc<Budget>> {
    workload
        .requests
        .filter(|_| workload.schedule().is_none())
        .map(|calls| Arc::new(Budget::new(options.shard.part(calls).max(1))))
}

fn steps(
    journey: &Journey,
    factory: &Factory<'_>,
    data: Option<&Data>,
    operations: &mut Vec<String>,
) -> Result<Vec<ScriptStep>, LoadError> {
    let mut place = |name: &String| {
        operations.iter().position(|known| known == name).unwrap_or_else(|| {
            operations.push(name.clone());
            operations.len() - 1
        })
    };
    let mut ready = Vec::new();
    for step in &journey.steps {
        let mut lines: Vec<Prepared> = Vec::new();
        if let Some(data) = data
            && data.is_used_by(step)?
        {
            let filled = (0..data.len()).map(|line| factory.step(journey, &data.step(step, line)));
            lines.extend(filled);
        }
        ready.push(ScriptStep {
            operation: place(&step.operation),
            weight: step.weight,
            shape: Contract::bundled()
                .operation(&step.operation)
                .map_or(Shape::Nothing, Shape::of),
            name: step.operation.clone(),
            request: Arc::new(match data {
                Some(data) => factory.step(journey, &data.step(step, 0)),
                None => factory.step(journey, step),
            }),
            lines: lines.into(),
            expect: step.expect.clone(),
        });
    }
    Ok(ready)
}
