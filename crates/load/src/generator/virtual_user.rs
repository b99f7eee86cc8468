//! A virtual user: one session, one connection, one journey again and again.

use crate::generator::clock::ns;
use crate::generator::desk::{self, Begin, Order};
use crate::generator::detect_time::DetectTime;
use crate::generator::request::{Frame, Prepared};
use crate::generator::script::{AUTHENTICATE, RENEW, Script, ScriptStep};
use crate::generator::tally::{Ending, Instants};
use crate::generator::token_pool::LeftToken;
use crate::wire::{Answer, Connection, WireError};
use proofload_deployment::client::login::{Backoff, LoginFailure, Reply};
use proofload_deployment::token;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use secrecy::{ExposeSecret, SecretString};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime};

/// A user that sets its own pace and could not connect waits this long.
const CONNECT_PAUSE: Duration = Duration::from_millis(100);

/// A virtual user.
pub(crate) struct VirtualUser {
    script: Arc<Script>,
    seat: usize,
    connection: Connection,
    token: Option<SecretString>,
    /// When the token is to be renewed, on the run's clock; `None` for never.
    renew_at_ns: Option<u64>,
    /// When another token may be asked for.
    backoff: Backoff,
    rng: Xoshiro256PlusPlus,
    head: Vec<u8>,
    detect_time: DetectTime,
}

/// Why a user could not get ready.
#[derive(Debug)]
pub(crate) enum NotReady {
    /// Its login failed; one sentence says how.
    Failed(String),
    /// Another user's login failed, so this one's was not tried.
    GivenUp,
}

/// Why no new token came.
#[derive(Debug, thiserror::Error)]
enum NoNewToken {
    /// There was no whole answer, which says nothing about the token that is held.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The answer gives none.
    #[error("the login {0}")]
    Login(#[from] LoginFailure),
    /// The token that is held was given again: those without an id are the same all through a second.
    #[error("the login gave the same token again")]
    Same,
}

/// How one call went.
struct Called {
    result: Result<Answer, WireError>,
    sent_ns: u64,
    /// When there was a connection to send it on.
    written_ns: u64,
    done_ns: u64,
}

impl VirtualUser {
    /// A user with a seat at this thread's desk.
    pub(crate) fn new(script: Arc<Script>, number: u64) -> Self {
        Self {
            seat: desk::with(|desk| desk.enter(script.lane)),
            connection: Connection::new(script.connector.clone()),
            token: None,
            renew_at_ns: None,
            backoff: Backoff::default(),
            rng: Xoshiro256PlusPlus::seed_from_u64(script.seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            head: Vec::new(),
            detect_time: DetectTime::default(),
            script,
        }
    }

    /// Gets ready: logs in where the journey needs it. Where journeys log in themselves, one user of the run does so before it:
    /// a wrong password must cost one refused login here, too. Whatever else comes of that is for the run to measure.
    ///
    /// # Errors
    /// The login failed, or was not tried because another user's failed.
    pub(crate) async fn get_ready(&mut self) -> Result<(), NotReady> {
        let trial = !self.script.logs_in;
        if trial && !self.script.steps.iter().any(|step| step.operation == AUTHENTICATE) {
            return Ok(());
        }
        if !trial && self.take_left_token() {
            return Ok(());
        }
        let gate = self.script.logins.clone();
        let _turn = gate.enter().await.ok_or(NotReady::GivenUp)?;
        if trial && gate.is_open() {
            return Ok(());
        }
        let asked = self.ask_for_token(AUTHENTICATE).await;
        let refused = matches!(&asked, Err(NoNewToken::Login(failure)) if failure.is_refusal());
        let ready = asked.is_ok() || (trial && !refused);
        gate.learn(ready);
        match asked {
            Err(why) if !ready => Err(NotReady::Failed(why.to_string())),
            _ => Ok(()),
        }
    }

    /// Works until the run is over.
    pub(crate) async fn work(&mut self) {
        loop {
            match self.next_order().await {
                Order::Begin(begin) => self.journey(begin).await,
                // Boxed like all that is rare: an idle user keeps room for the largest thing it may do.
                Order::Renew => Box::pin(self.renew()).await,
                Order::Leave => break,
            }
        }
        self.connection.close();
        self.leave_token();
        desk::with(|desk| desk.leave(self.seat));
    }

    /// Goes on with a token of an earlier run, if there is one.
    fn take_left_token(&mut self) -> bool {
        let clock = self.script.clock;
        let Some(left) = self.script.pool.take(&clock) else {
            return false;
        };
        self.token = Some(left.token);
        if let Some(at_unix_ns) = left.renew_at_unix_ns {
            self.renew_at(at_unix_ns.saturating_sub(clock.unix_ns(0)));
        }
        true
    }

    /// Leaves the token to a user of the next run. One that logs in as part of its journey has none to leave.
    fn leave_token(&mut self) {
        let clock = self.script.clock;
        if self.script.logs_in
            && let Some(token) = self.token.take()
        {
            let renew_at_unix_ns = self.renew_at_ns.map(|at_ns| clock.unix_ns(at_ns));
            self.script.pool.leave(LeftToken {
                token,
                renew_at_unix_ns,
            });
        }
    }

    async fn next_order(&mut self) -> Order {
        let now_ns = self.script.clock.now_ns();
        if let Poll::Ready(order) = desk::with(|desk| desk.next(self.seat, now_ns)) {
            return order;
        }
        poll_fn(|cx| desk::with(|desk| desk.wait(self.seat, cx.waker()))).await
    }

    async fn journey(&mut self, begin: Begin) {
        let script = self.script.clone();
        let mut due_ns = begin.due_ns;
        let mut first = true;
        let mut connected = true;
        let chosen = script.mix.then(|| self.choose(&script.steps));
        let steps = chosen.map_or(&script.steps[..], |chosen| &script.steps[chosen..=chosen]);
        for step in steps {
            if !first && desk::with(|desk| desk.closed(script.clock.now_ns())) {
                break;
            }
            let frame = Frame {
                number: begin.number,
                cameras: script.cameras,
                unix_ms: script.clock.unix_ns(due_ns) / 1_000_000,
            };
            let called = self.call(&step.request, frame, step.operation <= RENEW, |sent_ns| {
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
            let ok = called.ok(&step.expect);
            called.record(step.operation, due_ns, ok);
            connected &= !matches!(called.result, Err(WireError::Connect(_) | WireError::Tls(_)));
            due_ns = called.done_ns;
            self.after(step, called, ok).await;
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
            // What the journey does with its tokens is its own business.
            let _ = self.take_token(step.operation, answer);
        } else if answer.status == 401 && step.request.authorised {
            desk::with(|desk| desk.tally.unauthorised += 1);
            Box::pin(self.log_in_again()).await;
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
        let tail = request.compose(&mut self.head, self.token.as_ref(), frame, &mut self.detect_time);
        let sent_ns = clock.now_ns();
        on_sent(sent_ns);
        // A call that is still out one time-out after the end has waited that long since it was due, whenever it was sent.
        let give_up_ns = desk::with(|desk| desk.give_up_ns());
        let deadline_ns = sent_ns
            .saturating_add(ns(self.script.timeout))
            .min(give_up_ns.max(sent_ns));
        let deadline = clock.instant(deadline_ns).into();
        let result = self.connection.exchange(&self.head, tail, deadline, keep_body).await;
        let connected = self.connection.newly_made();
        Called {
            result,
            sent_ns,
            written_ns: connected.map_or(sent_ns, |at| clock.at_ns(at).max(sent_ns)),
            done_ns: clock.now_ns(),
        }
    }

    /// Calls an operation that is not part of the journey, and records it in its own row.
    async fn call_aside(&mut self, operation: usize) -> Called {
        let tokens = self.script.tokens.clone();
        let request = if operation == AUTHENTICATE {
            &tokens.login
        } else {
            &tokens.renewal
        };
        let frame = Frame {
            number: 0,
            cameras: 1,
            unix_ms: 0,
        };
        let called = self.call(request, frame, true, |_| {}).await;
        called.record(operation, called.sent_ns, called.ok(&[]));
        called
    }

    /// Asks for a token beside the journey, with the password or with the token that is held.
    async fn ask_for_token(&mut self, operation: usize) -> Result<(), NoNewToken> {
        let answer = self.call_aside(operation).await.result?;
        self.take_token(operation, answer)
    }

    /// A new login after a token was refused, unless it is too soon after the last attempt.
    async fn log_in_again(&mut self) {
        if self.backoff.waits(Instant::now()).is_some() {
            return;
        }
        match self.ask_for_token(AUTHENTICATE).await {
            Ok(()) => self.backoff.succeeded(Instant::now()),
            Err(NoNewToken::Same) => self.renew_later(),
            Err(_) => {
                self.failed();
            }
        }
    }

    async fn renew(&mut self) {
        if let Some(at) = self.backoff.waits(Instant::now()) {
            self.renew_at(self.script.clock.at_ns(at));
            return;
        }
        match self.ask_for_token(RENEW).await {
            Ok(()) => self.backoff.succeeded(Instant::now()),
            Err(NoNewToken::Login(failure)) if failure.is_refusal() => {
                if failure.status() == 401 {
                    desk::with(|desk| desk.tally.unauthorised += 1);
                }
                self.log_in_again().await;
            }
            // The token that is held may be as good as ever.
            Err(_) => self.renew_later(),
        }
    }

    /// Keeps the token of the last answer, and says when it is to be renewed.
    fn take_token(&mut self, operation: usize, answer: Answer) -> Result<(), NoNewToken> {
        let known = self.token.as_ref().map_or("", |token| token.expose_secret());
        let secret = if operation == AUTHENTICATE {
            self.script.tokens.password.expose_secret()
        } else {
            known
        };
        let token = Reply::of_body(answer.status, self.connection.body())
            .token(secret)?
            .token;
        if token.expose_secret() == known {
            return Err(NoNewToken::Same);
        }
        let life = token::life(token.expose_secret(), self.connection.date(), SystemTime::now());
        let after = token::renew_after(life, self.rng.random());
        self.renew_at(self.script.clock.now_ns().saturating_add(ns(after)));
        self.token = Some(token);
        Ok(())
    }

    fn failed(&mut self) -> Instant {
        let jitter = self.rng.random();
        self.backoff.failed(Instant::now(), jitter)
    }

    fn renew_later(&mut self) {
        let at = self.failed();
        self.renew_at(self.script.clock.at_ns(at));
    }

    fn renew_at(&mut self, at_ns: u64) {
        self.renew_at_ns = Some(at_ns);
        desk::with(|desk| desk.renew_at(self.seat, at_ns));
    }
}

impl Called {
    fn ok(&self, expect: &[u16]) -> bool {
        self.result
            .as_ref()
            .is_ok_and(|answer| (200..300).contains(&answer.status) || expect.contains(&answer.status))
    }

    fn record(&self, operation: usize, due_ns: u64, ok: bool) {
        let ending = match &self.result {
            Ok(answer) => Ending::Status(answer.status),
            Err(error) => Ending::Failure(error.name()),
        };
        let at = Instants {
            due: due_ns,
            sent: self.sent_ns,
            written: self.written_ns,
            done: self.done_ns,
        };
        desk::with(|desk| desk.call(operation, at, ending, ok));
    }
}

/// The bytes of a token stay secret even where a test prints a user.
impl std::fmt::Debug for VirtualUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let token_bytes = self.token.as_ref().map(|token| token.expose_secret().len());
        f.debug_struct("VirtualUser")
            .field("seat", &self.seat)
            .field("token_bytes", &token_bytes)
            .finish_non_exhaustive()
    }
}
