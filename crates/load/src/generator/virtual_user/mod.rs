//! A virtual user: one session, one connection, one journey again and again.

mod asking;
mod looks;
mod readiness;
mod session;

pub(crate) use readiness::{FailedLogin, NotReady};

use crate::generator::clock::ns;
use crate::generator::dealing::TokenRequests;
use crate::generator::desk::{self, Begin, Order};
use crate::generator::detect_time::DetectTime;
use crate::generator::held_token::Held;
use crate::generator::measured_call::{Ending, Instants, Parts};
use crate::generator::request::{Frame, Gives, Prepared};
use crate::generator::script::{AUTHENTICATE, RENEW, Script, ScriptStep};
use proofload_deployment::client::login::Backoff;
use proofload_wire::{Answer, Connection, WireError};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use secrecy::ExposeSecret;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

/// A user that sets its own pace and could not connect waits this long.
const CONNECT_PAUSE: Duration = Duration::from_millis(100);

/// A connection that was not used for so long may have been closed for being idle.
const LEAST_IDLE: Duration = Duration::from_millis(20);
/// A connection that was closed meanwhile tells so within this time.
const AT_ONCE: Duration = Duration::from_secs(1);

/// A virtual user.
pub(crate) struct VirtualUser {
    script: Arc<Script>,
    /// How its account gets tokens.
    tokens: Arc<TokenRequests>,
    /// Which of the tokens that users share it goes by; 0 for none yet.
    generation: u64,
    seat: usize,
    connection: Connection,
    token: Option<Held>,
    /// When the token is to be renewed, on the run's clock; `None` for never.
    renew_at_ns: Option<u64>,
    /// When this user may ask for another token; when the account may log in is for all its users to know.
    backoff: Backoff,
    /// When a token that one operation refuses may be tried by a renewal again.
    next_trial: Option<Instant>,
    rng: Xoshiro256PlusPlus,
    head: Vec<u8>,
    detect_time: DetectTime,
    /// When the last call ended.
    last_done_ns: u64,
    /// Answers that could have been looked into.
    looked: u32,
    /// Whether the run goes on: what it asks for before is to get ready.
    is_at_work: bool,
}

/// How one call went.
struct Called {
    result: Result<Answer, WireError>,
    /// As if it had been due when it was sent.
    at: Instants,
    /// Whether it was sent once more: the idle connection had been closed just then, or the server had done nothing of it.
    stale: bool,
    /// The place of the address that it went to; none where none took it.
    place: Option<usize>,
    /// When its parts ended.
    parts: Parts,
}

/// Whether a call was a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fared {
    /// It was.
    Well,
    /// Its status says so, and its body is not what the operation gives; why.
    WrongBody(&'static str),
    /// It was none.
    Badly,
}

impl VirtualUser {
    /// A user with a seat at this thread's desk.
    pub(crate) fn new(script: Arc<Script>, number: u64) -> Self {
        Self {
            seat: desk::with(|desk| desk.enter(script.lane)),
            tokens: script.accounts.deal(),
            generation: 0,
            connection: Connection::new(script.connector.clone(), number),
            token: None,
            renew_at_ns: None,
            backoff: Backoff::default(),
            next_trial: None,
            rng: Xoshiro256PlusPlus::seed_from_u64(script.seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            head: Vec::new(),
            detect_time: DetectTime::default(),
            last_done_ns: 0,
            looked: 0,
            is_at_work: false,
            script,
        }
    }

    /// Works until the run is over.
    pub(crate) async fn work(&mut self) {
        self.is_at_work = true;
        loop {
            let (order, now_ns) = self.next_order().await;
            match order {
                Order::Begin(begin) => self.journey(begin, now_ns).await,
                // Boxed like all that is rare: an idle user keeps room for the largest thing it may do.
                Order::Renew => Box::pin(self.renew()).await,
                Order::Leave => break,
            }
        }
        self.connection.close();
        self.leave_token();
        desk::with(|desk| desk.leave(self.seat));
    }

    /// What to do next, and when that was known.
    async fn next_order(&mut self) -> (Order, u64) {
        let clock = self.script.clock;
        let now_ns = clock.now_ns();
        if let Poll::Ready(order) = desk::with(|desk| desk.next(self.seat, now_ns)) {
            return (order, now_ns);
        }
        let order = poll_fn(|cx| desk::with(|desk| desk.wait(self.seat, cx.waker()))).await;
        (order, clock.now_ns())
    }

    async fn journey(&mut self, mut begin: Begin, now_ns: u64) {
        let script = self.script.clone();
        self.take_over();
        if self.token_has_ended(script.clock.instant(now_ns)) {
            Box::pin(self.replace_token()).await;
            // A token that ended sooner than it was known to is not the generator's lateness.
            begin.ready_ns = begin.ready_ns.max(script.clock.now_ns());
        }
        let mut due_ns = begin.due_ns;
        let mut first = true;
        let mut connected = true;
        let chosen = script.mix.then(|| self.choose(&script.steps));
        let places = chosen.map_or(0..script.steps.len(), |chosen| chosen..chosen + 1);
        for place in places {
            let step = &script.steps[place];
            if !first && desk::with(|desk| desk.closed(script.clock.now_ns())) {
                break;
            }
            let frame = Frame {
                number: begin.number,
                cameras: script.cameras,
                unix_ms: script.clock.unix_ns(due_ns) / 1_000_000,
            };
            let tokens;
            let request = match step.operation {
                AUTHENTICATE => {
                    tokens = self.tokens.clone();
                    &tokens.login
                }
                _ => step.request_of(begin.number),
            };
            let looks = self.looks_into(step);
            let called = self.call(request, frame, looks || step.operation <= RENEW, |sent_ns| {
                if std::mem::take(&mut first) {
                    desk::with(|desk| {
                        desk.tally.sent += 1;
                        desk.in_flight += 1;
                        if script.think.is_none() {
                            desk.tally.lag(begin.ready_ns, sent_ns);
                        }
                    });
                }
            });
            let called = called.await;
            let fared = self.look(place, step, frame, &called, looks);
            // What lies between two steps is no lateness: a new login, say.
            let is_first = due_ns == begin.due_ns;
            let ready_ns = if is_first { begin.ready_ns } else { called.at.sent };
            called.record(step.operation, due_ns, ready_ns, fared);
            connected &= !matches!(called.result, Err(WireError::Connect(_) | WireError::Tls(_)));
            due_ns = called.at.done;
            self.after(step, called, fared == Fared::Well).await;
        }
        desk::with(|desk| {
            desk.tally.done += 1;
            desk.in_flight -= 1;
        });
        if let Some(think) = script.think {
            let mean = if connected { think } else { think.max(CONNECT_PAUSE) };
            if !mean.is_zero() {
                Box::pin(self.think(mean)).await;
            }
        }
    }

    /// Looks after the session when a step is done.
    async fn after(&mut self, step: &ScriptStep, called: Called, ok: bool) {
        let Ok(answer) = called.result else { return };
        if step.operation <= RENEW && ok {
            // Its token was taken when its answer was looked at.
        } else if answer.status == 401 && step.request.authorised {
            self.count_refusal(self.script.clock.instant(called.at.sent));
            Box::pin(self.token_was_refused()).await;
        } else if ok && step.request.authorised {
            self.token_was_accepted(called.at.sent);
        }
    }

    fn choose(&mut self, steps: &[ScriptStep]) -> usize {
        let total: f64 = steps.iter().map(|step| step.weight).sum();
        let mut left = self.rng.random::<f64>() * total;
        let chosen = steps.iter().position(|step| {
            left -= step.weight;
            left < 0.0
        });
        chosen.unwrap_or(steps.len() - 1)
    }

    /// Waits as long as a person would, exponentially distributed about `mean`; less when the run ends meanwhile.
    async fn think(&mut self, mean: Duration) {
        let uniform: f64 = self.rng.random();
        let pause = tokio::time::sleep(mean.mul_f64(-(1.0 - uniform).ln()));
        tokio::pin!(pause);
        let (clock, seat) = (self.script.clock, self.seat);
        poll_fn(|cx| {
            let over = desk::with(|desk| {
                // Registers the waker: the desk wakes everybody when the run is over.
                desk.over(clock.now_ns()) || desk.wait(seat, cx.waker()).is_ready()
            });
            if over { Poll::Ready(()) } else { pause.as_mut().poll(cx) }
        })
        .await;
    }

    /// Makes one call; `on_sent` hears when it is sent.
    async fn call(&mut self, request: &Prepared, frame: Frame, keep_body: bool, on_sent: impl FnOnce(u64)) -> Called {
        let clock = self.script.clock;
        let token = self.token.as_ref().map(|held| &held.secret);
        let tail = request.compose(&mut self.head, token, frame, &mut self.detect_time);
        let sent_ns = clock.now_ns();
        on_sent(sent_ns);
        // A call that is still out one time-out after the end has waited that long since it was due, whenever it was sent.
        let give_up_ns = desk::with(|desk| desk.give_up_ns());
        let deadline_ns = sent_ns
            .saturating_add(ns(self.script.timeout))
            .min(give_up_ns.max(sent_ns));
        let deadline = clock.instant(deadline_ns).into();
        let mut result = self.connection.exchange(&self.head, tail, deadline, keep_body).await;
        let mut stale = false;
        let unprocessed = self.connection.unprocessed() && self.script.retry_stale;
        let is_stale = || self.connection.lost_in_reuse() && self.may_be_stale(sent_ns);
        if unprocessed || (is_stale() && desk::with(desk::Desk::gives_second_chance)) {
            stale = true;
            result = self.connection.exchange(&self.head, tail, deadline, keep_body).await;
        }
        self.last_done_ns = clock.now_ns();
        let connected = self.connection.newly_made();
        let made = self.connection.take_made();
        if made > 0 {
            let place = self.connection.place();
            desk::with(|desk| {
                desk.tally.connections += made;
                if let Some(place) = place {
                    desk.tally.at_address(place).connections += made;
                }
            });
        }
        let at = Instants {
            due: sent_ns,
            ready: sent_ns,
            sent: sent_ns,
            written: connected.map_or(sent_ns, |at| clock.at_ns(at).max(sent_ns)),
            done: self.last_done_ns,
            deadline: deadline_ns,
        };
        let marks = self.connection.marks();
        let at_ns = |instant: Option<Instant>| instant.map(|instant| clock.at_ns(instant));
        Called {
            result,
            at,
            stale,
            place: self.connection.place(),
            parts: Parts {
                connected: at_ns(marks.tcp_at),
                is_tls: self.script.connector.tls.is_some(),
                taken: at_ns(marks.written_at),
                first_byte: at_ns(marks.first_byte_at).or(marks.came_whole.then_some(self.last_done_ns)),
            },
        }
    }

    /// Whether a call that was sent at `sent_ns` and lost may be sent once more: on a connection that was idle before and closed
    /// at once. One that is lost while others follow close, or after the server had it for a while, is the server's failure.
    fn may_be_stale(&self, sent_ns: u64) -> bool {
        let idle_ns = sent_ns.saturating_sub(self.last_done_ns);
        let lost_after_ns = self.script.clock.now_ns().saturating_sub(sent_ns);
        self.script.retry_stale && idle_ns >= ns(LEAST_IDLE) && lost_after_ns <= ns(AT_ONCE)
    }

    /// Calls an operation that is not part of the journey; whoever looks at its answer records it.
    async fn call_aside(&mut self, operation: usize) -> Called {
        let tokens = self.tokens.clone();
        let request = if operation == AUTHENTICATE {
            &tokens.login
        } else {
            &*tokens.renewal
        };
        let frame = Frame {
            number: 0,
            cameras: 1,
            unix_ms: 0,
        };
        self.call(request, frame, true, |_| {}).await
    }
}

impl Called {
    /// A status that the scenario expects is a success whatever comes with it; any other 2xx has to bring what the operation
    /// gives.
    fn fared(&self, gives: Gives, expect: &[u16]) -> Fared {
        match &self.result {
            Ok(answer) if expect.contains(&answer.status) => Fared::Well,
            Ok(answer) if (200..300).contains(&answer.status) => {
                gives.unlike(*answer).map_or(Fared::Well, Fared::WrongBody)
            }
            _ => Fared::Badly,
        }
    }

    fn record(&self, operation: usize, due_ns: u64, ready_ns: u64, fared: Fared) {
        let ending = match (&self.result, fared) {
            (Ok(_), Fared::WrongBody(_)) => Ending::WrongBody,
            (Ok(answer), _) => Ending::Status(answer.status),
            (Err(error), _) => Ending::Failure(error.name()),
        };
        let at = Instants {
            due: due_ns,
            ready: ready_ns,
            ..self.at
        };
        let why = match (&self.result, fared) {
            (Err(error), _) => Some(error.told()),
            (Ok(_), Fared::WrongBody(why)) => Some(why.to_owned()),
            (Ok(_), _) => None,
        };
        desk::with(|desk| {
            desk.call(operation, at, ending, fared == Fared::Well);
            if let Ok(answer) = &self.result {
                desk.tally.parts(operation, at, self.parts);
                desk.tally.answers[answer.version.place()] += 1;
            }
            if let Some(why) = why {
                desk.tally.reason(operation, &why);
            }
            if let Some(place) = self.place {
                let count = desk.tally.at_address(place);
                count.ok += u64::from(fared == Fared::Well);
                count.errors += u64::from(fared != Fared::Well);
            }
            if self.stale {
                desk.tally.stale(operation);
            }
        });
    }
}

/// The bytes of a token stay secret even where a test prints a user.
impl std::fmt::Debug for VirtualUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let token_bytes = self.token.as_ref().map(|held| held.secret.expose_secret().len());
        f.debug_struct("VirtualUser")
            .field("seat", &self.seat)
            .field("token_bytes", &token_bytes)
            .finish_non_exhaustive()
    }
}
