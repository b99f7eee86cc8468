//! A run made ready: addresses, TLS, images, requests, users, threads and their shares.

use crate::error::LoadError;
use crate::generator::attack::UserGroup;
use crate::generator::budget::Budget;
use crate::generator::clock::Clock;
use crate::generator::dealing::{dealer, dealt};
use crate::generator::desk::{Lane, LaneCrowd, ranks};
use crate::generator::login_gate::LoginGate;
use crate::generator::request::{Factory, Prepared, Tails};
use crate::generator::roster::Roster;
use crate::generator::script::{AUTHENTICATE, Script, ScriptStep, needs_login};
use crate::generator::threads::{Batch, Thread, ThreadEvent, Times};
use crate::generator::token_pool::TokenPool;
use crate::options::LoadOptions;
use crate::pacer::{Arrivals, Crowd, Process, Schedule};
use crate::wire::{Connector, Tunnel};
use crate::workload::{ArrivalPlan, Data, Journey, Workload, load_images};
use proofload_deployment::Target;
use proofload_deployment::client::login;
use proofload_deployment::units::Shard;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, OnceLock};
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;
use tokio_rustls::TlsConnector;

/// A body of an answer longer than this is an error.
const BODY_LIMIT: u64 = 64 * 1024 * 1024;
/// File descriptors that a run needs beside one for each user.
const SPARE_DESCRIPTORS: u64 = 64;

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
        let images = load_images(&workload.images)?;
        let data = Data::load(workload)?;
        let dealt = dealt(workload, target, options);
        let factory = Factory {
            base: &target.base,
            account: dealt.first().copied(),
            images: &images,
            proxy: target.way.proxy().filter(|_| !target.base.is_tls()).map(AsRef::as_ref),
            tails: Tails::default(),
        };
        let accounts = Arc::new(dealer(&factory, &dealt, options, users));
        let logins = Arc::new(LoginGate::new());
        let mut operations = vec![login::AUTHENTICATE.to_owned(), login::RENEW.to_owned()];
        let streams = workload.streams(options.seed);
        let mut journeys = Vec::new();
        for (lane, (journey, users)) in workload.journeys.iter().zip(crowds).enumerate() {
            let steps = steps(journey, &factory, data.as_ref(), &mut operations)?;
            let logs_in = needs_login(&steps, journey.mix);
            let anonymous = !steps
                .iter()
                .any(|step| step.request.authorised || step.operation == AUTHENTICATE);
            if dealt.is_empty() && !anonymous {
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
                    clock,
                    seed: options.seed,
                    logins: logins.clone(),
                    pool: pool.clone(),
                }),
            });
        }
        let plan = Self {
            clock,
            base: target.base.to_string(),
            logins,
            operations,
            threads,
            users,
            shard: options.shard,
            keep_calls: options.keep_calls,
            journeys,
            crowd: workload.crowd().map(|crowd| {
                let most = options.users.unwrap_or(crowd.most());
                Arc::new(crowd.scaled_to(most))
            }),
            // Every machine makes its share of the calls.
            budget: workload
                .requests
                .filter(|_| workload.schedule().is_none())
                .map(|calls| Arc::new(Budget::new(options.shard.part(calls).max(1)))),
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
            bell,
            clock: self.clock,
            times,
            events,
            batches,
        }
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
            request: Arc::new(factory.step(journey, step)),
            lines: lines.into(),
            expect: step.expect.clone(),
        });
    }
    Ok(ready)
}

async fn connector(target: &Target, options: &LoadOptions) -> Result<Connector, LoadError> {
    let url = target.base.url();
    let host = url
        .host_str()
        .unwrap_or_default()
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned();
    let port = url.port_or_known_default().unwrap_or(80);
    let resolve = |why: String| LoadError::Resolve {
        host: host.clone(),
        why,
    };
    // Where there is a proxy, it looks the name up, and connections are made to it.
    let reached = target
        .way
        .proxy()
        .map_or((host.as_str(), port), |proxy| proxy.address());
    let found = tokio::net::lookup_host(reached)
        .await
        .map_err(|error| resolve(error.to_string()))?;
    let addresses: Arc<[_]> = found.collect();
    if addresses.is_empty() {
        return Err(resolve("it has no address".to_owned()));
    }
    let tls = if target.base.is_tls() {
        let mut config = (*target.trust.client_config(&target.way)?).clone();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        if options.http2 {
            config.alpn_protocols.insert(0, b"h2".to_vec());
        }
        let name = host
            .clone()
            .try_into()
            .map_err(|_| resolve("no certificate can carry that name".to_owned()))?;
        Some((TlsConnector::from(Arc::new(config)), name))
    } else {
        None
    };
    Ok(Connector {
        addresses,
        worked: Arc::new(AtomicUsize::new(usize::MAX)),
        tunnel: target
            .way
            .proxy()
            .filter(|_| target.base.is_tls())
            .cloned()
            .map(|proxy| Tunnel {
                proxy,
                host: host.clone(),
                port,
            }),
        tls,
        body_limit: BODY_LIMIT,
        keep_alive: options.keep_alive,
    })
}

/// Says before the run when there are not enough file descriptors, and raises the limit where it may be raised.
#[cfg(unix)]
fn check_descriptors(users: u64) -> Result<(), LoadError> {
    let needed = users + SPARE_DESCRIPTORS;
    let Ok((soft, hard)) = rlimit::Resource::NOFILE.get() else {
        return Ok(());
    };
    if soft >= needed {
        return Ok(());
    }
    let raised = rlimit::increase_nofile_limit(needed).unwrap_or(soft);
    if raised >= needed {
        return Ok(());
    }
    Err(LoadError::TooFewDescriptors {
        users,
        needed,
        allowed: raised,
        hard,
    })
}

/// Elsewhere sockets are not counted against a limit of files.
#[cfg(not(unix))]
fn check_descriptors(_: u64) -> Result<(), LoadError> {
    Ok(())
}
