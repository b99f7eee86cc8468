//! A run made ready: addresses, TLS, images, requests, users, threads and their shares.

use crate::error::LoadError;
use crate::generator::answers::{Owner, Shape};
use crate::generator::attack::UserGroup;
use crate::generator::clock::Clock;
use crate::generator::commons::Commons;
use crate::generator::desk::Lane;
use crate::generator::guard::GuardPost;
use crate::generator::login_gate::LoginGate;
use crate::generator::ports;
use crate::generator::request::Factory;
use crate::generator::roster::Roster;
use crate::generator::script::{AUTHENTICATE, Look, Script, ScriptStep, TokenRequests, needs_login};
use crate::generator::threads::{Batch, Thread, ThreadEvent, Times};
use crate::generator::token_pool::TokenPool;
use crate::options::{Check, LoadOptions};
use crate::pacer::{Arrivals, Process};
use crate::wire::{Addresses, Connector};
use crate::workload::{ArrivalPlan, Journey, Workload, load_images};
use proofload_contract::Contract;
use proofload_deployment::Target;
use proofload_deployment::client::login::{self, AccountGate};
use proofload_deployment::units::Shard;
use proofload_results::load::GuardPlan;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;
use tokio_rustls::TlsConnector;

/// A body of an answer longer than this is an error.
const BODY_LIMIT: u64 = 64 * 1024 * 1024;
/// File descriptors that a run needs beside one for each user.
const SPARE_DESCRIPTORS: u64 = 80;

/// A run made ready.
pub(crate) struct Plan {
    pub(crate) clock: Clock,
    pub(crate) base: String,
    pub(crate) account: String,
    /// The operations measured; `authenticate` and `renewToken` come first.
    pub(crate) operations: Vec<String>,
    pub(crate) threads: usize,
    pub(crate) users: usize,
    /// Which share of all machines' arrivals this one takes.
    shard: Shard,
    /// Calls that are kept one by one at most.
    pub(crate) keep_calls: usize,
    journeys: Vec<PlannedJourney>,
    /// What the threads tell each other.
    commons: Arc<Commons>,
    /// The target's addresses.
    pub(crate) addresses: Arc<Addresses>,
    guard: Option<Arc<GuardPost>>,
    guards: GuardPlan,
}

struct PlannedJourney {
    name: String,
    script: Arc<Script>,
    users: usize,
    /// The whole stream; threads take shares of it.
    arrivals: Option<(crate::pacer::Schedule, Process)>,
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
        ports::check(workload, options, &connector.addresses.all())?;
        let images = load_images(&workload.images)?;
        let account = target.main_account();
        let factory = Factory {
            base: &target.base,
            account,
            images: &images,
        };
        let tokens = Arc::new(TokenRequests {
            login: factory.plain(login::AUTHENTICATE),
            renewal: factory.plain(login::RENEW),
            password: account.map_or_else(SecretString::default, |account| account.password.clone()),
            account: AccountGate::of(
                &target.base.to_string(),
                account.map_or("", |account| account.username.as_str()),
            ),
            owner: Owner::default(),
        });
        let commons = Arc::new(Commons::new(threads, workload.guard.is_on()));
        let guard = GuardPost::new(workload, target, options, &images, &connector, clock, &commons);
        let logins = Arc::new(LoginGate::new());
        let mut operations = vec![login::AUTHENTICATE.to_owned(), login::RENEW.to_owned()];
        let mut journeys = Vec::new();
        for (lane, (journey, users)) in workload.journeys.iter().zip(crowds).enumerate() {
            let steps = steps(journey, &factory, &mut operations);
            let logs_in = needs_login(&steps, journey.mix);
            let anonymous = !steps
                .iter()
                .any(|step| step.request.authorised || step.operation == AUTHENTICATE);
            if account.is_none() && !anonymous {
                return Err(LoadError::NoAccount(target.name.clone()));
            }
            journeys.push(PlannedJourney {
                name: journey.name.clone(),
                users,
                arrivals: workload.schedule().map(|schedule| {
                    let process = process(workload, options.seed, lane);
                    (schedule.scaled(workload.share(journey)), process)
                }),
                script: Arc::new(Script {
                    lane,
                    logs_in,
                    steps,
                    mix: journey.mix,
                    cameras: journey.cameras.into(),
                    think: match workload.arrivals {
                        ArrivalPlan::Open { .. } => None,
                        ArrivalPlan::Closed { think } => Some(think),
                    },
                    tokens: tokens.clone(),
                    timeout: options.timeout,
                    retry_stale: options.retry_stale,
                    connector: connector.clone(),
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
            clock,
            base: target.base.to_string(),
            account: account.map_or_else(String::new, |account| account.name.clone()),
            operations,
            threads,
            users,
            shard: options.shard,
            keep_calls: options.keep_calls,
            journeys,
            commons,
            addresses: connector.addresses.clone(),
            guard: guard.map(Arc::new),
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
        let lanes = self
            .journeys
            .iter()
            .zip(&groups)
            .map(|(journey, group)| Lane::new(self.arrivals(journey, index), group.users));
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

    fn arrivals(&self, journey: &PlannedJourney, thread: usize) -> Option<Arrivals> {
        let share = self.shard.split(Shard {
            index: thread as u64,
            of: self.threads as u64,
        });
        journey
            .arrivals
            .clone()
            .map(|(schedule, process)| Arrivals::new(schedule, process, share))
    }
}

impl PlannedJourney {
    fn users_on(&self, thread: usize, threads: usize) -> usize {
        self.users / threads + usize::from(thread < self.users % threads)
    }
}

fn steps(journey: &Journey, factory: &Factory<'_>, operations: &mut Vec<String>) -> Vec<ScriptStep> {
    let mut place = |name: &String| {
        operations.iter().position(|known| known == name).unwrap_or_else(|| {
            operations.push(name.clone());
            operations.len() - 1
        })
    };
    let ready = journey.steps.iter().map(|step| ScriptStep {
        operation: place(&step.operation),
        weight: step.weight,
        shape: Contract::bundled()
            .operation(&step.operation)
            .map_or(Shape::Nothing, Shape::of),
        name: step.operation.clone(),
        request: Arc::new(factory.step(journey, step)),
        expect: step.expect.clone(),
    });
    ready.collect()
}

fn process(workload: &Workload, seed: u64, lane: usize) -> Process {
    match workload.arrivals {
        // Each journey has a stream of its own.
        ArrivalPlan::Open { random: true, .. } => Process::Poisson {
            seed: seed.wrapping_add(lane as u64),
        },
        _ => Process::Constant,
    }
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
    let found = tokio::net::lookup_host((host.as_str(), port))
        .await
        .map_err(|error| resolve(error.to_string()))?;
    let is_name = host.parse::<std::net::IpAddr>().is_err();
    let name = is_name.then(|| (host.clone(), port));
    let addresses = Addresses::new(found, name, options.spread);
    if addresses.all().is_empty() {
        return Err(resolve("it has no address".to_owned()));
    }
    let tls = if target.base.is_tls() {
        let mut config = (*target.trust.client_config()?).clone();
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
        addresses: Arc::new(addresses),
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
