//! Guards: calls that must be refused, made beside the load at a pace of their own, so that a door that opens under load is
//! seen. They share nothing with virtual users but the thread: their own connections, their own counts, no histogram.

mod doors;
mod ended;
mod given;
mod outsider;
mod tokens;

use crate::generator::clock::{Clock, ns};
use crate::generator::commons::Commons;
use crate::generator::desk;
use crate::generator::detect_time::DetectTime;
use crate::generator::request::{Factory, Frame, Prepared, Tails};
use crate::options::LoadOptions;
use crate::workload::Workload;
use doors::{Door, Doors};
use ended::Ended;
use outsider::Outsider;
use parking_lot::Mutex;
use proofload_deployment::client::login::{self, AccountGate};
use proofload_deployment::echo::gives_away;
use proofload_deployment::units::Shard;
use proofload_deployment::{Account, OwnHeaders, Target, escaped};
use proofload_results::load::{Breach, GuardKind};
use proofload_wire::{Answer, Connection, Connector, WireError};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokens::Bench;

/// Guards that wait for an answer at the same time at most; while so many do, further ones are not sent.
const MOST_OUT: usize = 16;
/// Until the run starts, the guards look this often whether it has.
const LOOK: Duration = Duration::from_millis(5);
/// The longest that a guard waits before it looks whether the run is over.
const NAP: Duration = Duration::from_millis(250);
/// So much of an answer that is neither is shown, in characters.
const SHOWN: usize = 80;

const NO_TOKEN: &str = "no user of the run had a token to make one of";
const OPAQUE: &str = "the server's tokens are opaque: no end stands in them that could be moved";

/// What the guards of a run need.
pub(crate) struct GuardPost {
    by_kind: BTreeMap<GuardKind, Vec<Door>>,
    outsider: Option<Outsider>,
    bench: Mutex<Bench>,
    /// Of all machines together.
    per_s: f64,
    shard: Shard,
    connector: Connector,
    /// What every request carries beside its own.
    headers: OwnHeaders,
    timeout: Duration,
    clock: Clock,
    commons: Arc<Commons>,
    idle: Mutex<Vec<Connection>>,
    out: Mutex<usize>,
}

/// What guards have in common with the users of a run.
pub(crate) struct Shared<'a> {
    pub(crate) factory: &'a Factory<'a>,
    pub(crate) connector: Connector,
    pub(crate) clock: Clock,
    pub(crate) commons: Arc<Commons>,
}

/// Makes one call after the other over one connection.
pub(super) struct Caller<'a> {
    post: &'a GuardPost,
    connection: Connection,
    head: Vec<u8>,
}

impl GuardPost {
    /// The guards of a run whose users are dealt these accounts; none where none are asked for.
    pub(crate) fn new(
        workload: &Workload,
        target: &Target,
        options: &LoadOptions,
        dealt: &[&Account],
        shared: Shared<'_>,
    ) -> Option<Self> {
        if !workload.guard.is_on() {
            return None;
        }
        let Shared {
            factory,
            connector,
            clock,
            commons,
        } = shared;
        let doors = Doors::of(workload, target, dealt, factory, options.seed);
        commons.untried.lock().extend(doors.untried);
        let outsider = doors.outsider.map(|account| {
            let factory = Factory {
                account: Some(&account),
                tails: Tails::default(),
                ..*factory
            };
            Outsider::new(
                account.name.clone(),
                factory.plain(login::AUTHENTICATE),
                factory.plain(login::RENEW),
                account.password.clone(),
                AccountGate::of(&target.base.to_string(), &account.username),
            )
        });
        Some(Self {
            by_kind: doors.by_kind,
            outsider,
            bench: Mutex::new(Bench::new(target.signing_key.clone())),
            per_s: workload.guard.per_s(),
            shard: options.shard,
            connector: connector.apart(),
            headers: target.way.headers.clone(),
            timeout: options.timeout,
            clock,
            commons,
            idle: Mutex::default(),
            out: Mutex::default(),
        })
    }

    /// Gets ready: the account that lacks a permission logs in.
    pub(crate) async fn get_ready(&self) {
        let Some(outsider) = &self.outsider else { return };
        let mut caller = self.caller(Connection::new(self.connector.clone(), 0));
        if let Err(why) = outsider.log_in(&mut caller).await {
            let why = format!("the account {} got no token: {why}", outsider.name);
            self.commons.untried.lock().insert(GuardKind::WithoutPermission, why);
        }
        self.idle.lock().push(caller.connection);
    }

    /// Makes guards until the run is over; `starts` says when it starts, once that is known.
    pub(crate) async fn keep(self: Arc<Self>, starts: impl Fn() -> Option<u64>) {
        let start_ns = loop {
            match starts() {
                Some(start_ns) => break start_ns,
                None => tokio::time::sleep(LOOK).await,
            }
        };
        // Each machine takes its share of them, in the middle between two.
        let mut number = self.shard.index;
        loop {
            let since_start = Duration::from_secs_f64((precise(number) + 0.5) / self.per_s);
            let at_ns = start_ns.saturating_add(ns(since_start));
            loop {
                let now_ns = self.clock.now_ns();
                if desk::with(|desk| desk.over(now_ns)) {
                    return;
                }
                let left = Duration::from_nanos(at_ns.saturating_sub(now_ns));
                if left.is_zero() {
                    break;
                }
                tokio::time::sleep(left.min(NAP)).await;
            }
            if let Some(connection) = self.next_connection() {
                let post = self.clone();
                tokio::spawn(async move {
                    let mut caller = post.caller(connection);
                    post.guard(number, &mut caller).await;
                    post.idle.lock().push(caller.connection);
                    *post.out.lock() -= 1;
                });
            }
            number += self.shard.of.max(1);
        }
    }

    fn caller(&self, connection: Connection) -> Caller<'_> {
        Caller {
            post: self,
            connection,
            head: Vec::new(),
        }
    }

    fn next_connection(&self) -> Option<Connection> {
        let mut out = self.out.lock();
        if *out >= MOST_OUT {
            return None;
        }
        *out += 1;
        let idle = self.idle.lock().pop();
        Some(idle.unwrap_or_else(|| Connection::new(self.connector.clone(), *out as u64)))
    }

    /// Makes the `number`-th guard: kinds take turns, and of each kind its doors.
    async fn guard(&self, number: u64, caller: &mut Caller<'_>) {
        let turn = |of: usize, number: u64| usize::try_from(number % (of as u64).max(1)).unwrap_or_default();
        let kinds: Vec<_> = self.by_kind.iter().filter(|(_, doors)| !doors.is_empty()).collect();
        let Some((kind, doors)) = kinds.get(turn(kinds.len(), number)) else {
            return;
        };
        let round = number / kinds.len() as u64;
        let Some(door) = doors.get(turn(doors.len(), round)) else {
            return;
        };
        let tried = self.try_with(**kind, round / doors.len() as u64, caller).await;
        let Some((kind, token, what)) = tried else { return };
        // It counts as sent from here on: one that is still out when the run is over was never answered.
        let in_flight = desk::with(|desk| {
            desk.tally.guards.entry(kind).or_default().sent += 1;
            desk.all_in_flight()
        });
        let result = caller.call(&door.request, token.as_ref(), true).await;
        if kind == GuardKind::WithoutPermission
            && let (Ok(answer), Some(outsider), Some(token)) = (&result, &self.outsider, &token)
        {
            outsider.learn(token, answer.status, Instant::now());
        }
        let now_ns = self.clock.now_ns();
        let ended = Ended::of(kind, door, &result, &caller.connection);
        let odd = ended.odd(&door.operation, |text| self.shown(text, token.as_ref()));
        caller.connection.forget_body();
        desk::with(|desk| {
            ended.count(desk.tally.guards.entry(kind).or_default(), odd);
            if let Ended::LetIn(status) = &ended {
                let breach = Breach {
                    guard: Some(kind),
                    operation: door.operation.clone(),
                    status: *status,
                    at_s: desk.since_start_s(now_ns),
                    in_flight,
                    what,
                };
                desk.tally.breach(breach);
            }
        });
    }

    /// What a guard of a kind is tried with, and what is to be said of it; none where there is no such token now.
    async fn try_with(
        &self,
        kind: GuardKind,
        turn: u64,
        caller: &mut Caller<'_>,
    ) -> Option<(GuardKind, Option<SecretString>, String)> {
        let now = Instant::now();
        let newer = self.commons.specimen();
        self.bench.lock().take(newer, now);
        match kind {
            GuardKind::NoToken => Some((kind, None, "it was sent without a token".to_owned())),
            GuardKind::NobodysId => {
                let Some(token) = self.bench.lock().good() else {
                    return self.untried(kind, NO_TOKEN);
                };
                Some((kind, Some(token), "it was asked for an id that nobody has".to_owned()))
            }
            GuardKind::WithoutPermission => {
                let outsider = self.outsider.as_ref()?;
                let Some(token) = outsider.token(caller).await else {
                    return self.untried(kind, &format!("the account {} got no token", outsider.name));
                };
                let what = format!(
                    "the account {} lacks the permission, by its `permissions` in the configuration",
                    outsider.name
                );
                Some((kind, Some(token), what))
            }
            kind => {
                let (bent, is_known) = {
                    let bench = self.bench.lock();
                    (bench.bend(kind, turn), bench.good().is_some())
                };
                match bent {
                    Some(bent) => Some((bent.kind, Some(bent.token), bent.what.to_owned())),
                    None if is_known => {
                        self.untried::<()>(GuardKind::ExpiredToken, OPAQUE);
                        self.untried(kind, OPAQUE)
                    }
                    None => self.untried(kind, NO_TOKEN),
                }
            }
        }
    }

    /// Keeps why a kind cannot be tried now; the first reason stays.
    fn untried<T>(&self, kind: GuardKind, why: &str) -> Option<T> {
        let mut untried = self.commons.untried.lock();
        untried.entry(kind).or_insert_with(|| why.to_owned());
        None
    }

    /// What a server answered, short and without what it was sent.
    fn shown(&self, text: &str, token: Option<&SecretString>) -> String {
        let carried = self.headers.secrets().map(|(_, value)| value.expose_secret());
        let token = token.map(SecretString::expose_secret);
        if carried.chain(token).any(|secret| gives_away(text, secret)) {
            return "[withheld]".to_owned();
        }
        escaped(text.as_bytes(), SHOWN)
    }
}

impl Caller<'_> {
    /// Makes a call, once more where its idle connection was closed meanwhile, or the server did nothing of it.
    pub(super) async fn call(
        &mut self,
        request: &Prepared,
        token: Option<&SecretString>,
        keep_body: bool,
    ) -> Result<Answer, WireError> {
        let clock = self.post.clock;
        let now_ns = clock.now_ns();
        let frame = Frame {
            number: 0,
            cameras: 1,
            unix_ms: clock.unix_ns(now_ns) / 1_000_000,
        };
        let tail = request.compose(&mut self.head, token, frame, &mut DetectTime::default());
        let deadline = clock.instant(now_ns.saturating_add(ns(self.post.timeout))).into();
        let result = self.connection.exchange(&self.head, tail, deadline, keep_body).await;
        if !self.connection.lost_in_reuse() && !self.connection.unprocessed() {
            return result;
        }
        self.connection.exchange(&self.head, tail, deadline, keep_body).await
    }
}

#[expect(clippy::cast_precision_loss, reason = "guards are few")]
fn precise(number: u64) -> f64 {
    number as f64
}
