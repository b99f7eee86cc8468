//! The one way out: sends a draft through the bounded client, keeps what is needed to show the exchange, and keeps count.

use super::front::Voices;
use super::lane::Lane;
use super::ledger::Ledger;
use super::options::ConformanceOptions;
use super::push_back::{self, PushBack};
use super::throttle::{Push, Refusal, Route, Throttle};
use crate::findings::{Cause, Stop};
use crate::messages::redact::Redactor;
use crate::messages::{Display, Draft, Exchange, Step, cut_body, cut_headers};
use futures_util::future::FutureExt as _;
use http::StatusCode;
use proofload_deployment::OwnHeaders;
use proofload_deployment::client::{Answer, Connection, Http, Limits, Loss, TransportError};
use proofload_deployment::halt::Halt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often a call that stores nothing is sent at most, when it is not answered.
const TRIES: u32 = 3;
/// How often a call is made again at most that somebody in front asked credentials for, or answered with a page of success.
const KNOCKS: u32 = 2;
/// After so many calls in a row of which that made nothing better, what is in front has something against the calls themselves.
const MOST_IN_VAIN: u64 = 5;
/// How soon a call that waits for its turn hears that nothing gets through any more.
const HEARD_WITHIN: Duration = Duration::from_secs(1);
/// A time limit beyond every calendar.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// Sends drafts to the target.
#[derive(Clone)]
pub struct Sender {
    http: Http,
    display: Display,
    ledger: Arc<Ledger>,
    throttle: Arc<Throttle>,
    voices: Arc<Voices>,
    /// Calls in a row that were made again in vain.
    in_vain: Arc<AtomicU64>,
    /// From then on nothing new is sent.
    ends: Instant,
    halt: Halt,
    /// Counts the calls, so that an exchange is found among the steps that led to it.
    serial: Arc<AtomicU64>,
}

impl Sender {
    /// Sends by `http`, shows as `display` says, and keeps the rate and the time limit of `options`.
    pub fn new(http: Http, display: Display, options: &ConformanceOptions) -> Self {
        let apart = options.rate.map_or(0.0, |rate| rate.get().recip());
        let now = Instant::now();
        Self {
            ledger: Arc::new(Ledger::new(http.limits().timeout)),
            throttle: Arc::new(Throttle::new(Duration::from_secs_f64(apart))),
            voices: Arc::new(Voices::through(display.way.proxy().map(ToString::to_string))),
            in_vain: Arc::default(),
            ends: now.checked_add(options.time_limit).unwrap_or(now + FOR_EVER),
            halt: options.halt.clone(),
            http,
            display,
            serial: Arc::default(),
        }
    }

    /// Whether the time of the run is over.
    pub fn time_is_up(&self) -> bool {
        Instant::now() >= self.ends
    }

    /// The pace that the target lets us have.
    pub fn throttle(&self) -> &Throttle {
        &self.throttle
    }

    /// Who was heard to answer how.
    pub fn voices(&self) -> &Voices {
        &self.voices
    }

    /// The header fields that every call carries beside its own.
    pub fn carried(&self) -> &OwnHeaders {
        self.http.carried()
    }

    /// What hides secrets in everything that is shown.
    pub fn redactor(&self) -> &Redactor {
        &self.display.redactor
    }

    /// How a call is shown.
    pub fn display(&self) -> &Display {
        &self.display
    }

    /// What became of the calls so far.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Sends, and gives back whatever was answered. A call that stores nothing is sent again when it is not answered; one
    /// that may have stored something is not, for nobody knows whether it has.
    ///
    /// # Errors
    /// Why there is no answer: the call could not be made, was not answered, or was not let through.
    pub async fn send(&self, draft: Draft) -> Result<Exchange, Stop> {
        let mut tries = 0;
        let cause = loop {
            if self.ledger.is_dead() {
                return Err(Stop::Untestable(Cause::StoppedAnswering));
            }
            // Boxed, lest the futures of all who send grow deeper than the compiler follows.
            let error = match self.once(&draft).boxed().await? {
                Ok(answer) => return self.answered(draft, answer),
                Err(error) => error,
            };
            let why = self.display.redactor.redact(&error.to_string());
            tries += 1;
            match error.loss() {
                Some(Loss::Cut | Loss::Dropped) if draft.may_be_hung_up_on => break Cause::HungUp(why),
                Some(loss) if !draft.once && tries < TRIES && self.ledger.may_repeat() => {
                    tokio::time::sleep(pause(loss, tries)).await;
                }
                _ => break Cause::NoAnswer(why),
            }
        };
        self.step(draft, Err(cause.to_string()));
        Err(Stop::Untestable(cause))
    }

    /// One call, made again for as long as the target says that it was one too many.
    async fn once(&self, draft: &Draft) -> Result<Result<Answer, TransportError>, Stop> {
        let route = Route::of(draft);
        let (mut refused, mut knocked) = (Refused::default(), 0);
        loop {
            let began = self.turn(draft, &route, refused).await?;
            let answer = match self.attempt(draft).await? {
                Ok(answer) => answer,
                Err(error) => return Ok(Err(error)),
            };
            match push_back::of(&answer, &route, &self.throttle, refused.tries) {
                PushBack::None => {
                    self.throttle.answered(&route);
                    if refused.tries > 0 {
                        self.throttle.got_through();
                    }
                    // It never reached the application, so that it is made for the first time even where it stores something.
                    let asks = self.voices.asks_the_caller(&answer);
                    if asks && knocked < KNOCKS && self.in_vain.load(Ordering::Relaxed) < MOST_IN_VAIN {
                        knocked += 1;
                        continue;
                    }
                    match (knocked, asks) {
                        (0, _) => {}
                        (_, true) => _ = self.in_vain.fetch_add(1, Ordering::Relaxed),
                        (_, false) => self.in_vain.store(0, Ordering::Relaxed),
                    }
                    return Ok(Ok(answer));
                }
                PushBack::InVain => return Ok(Ok(answer)),
                // What a front refused never reached whoever counts logins.
                PushBack::Again(_) if draft.is_counted && self.voices.front(&answer).is_none() => {
                    return Ok(Ok(answer));
                }
                PushBack::Again(retry_after) => {
                    let status = answer.status.as_u16();
                    let push = Push {
                        status,
                        began,
                        now: Instant::now(),
                        retry_after,
                        tries: refused.tries,
                    };
                    self.throttle.pushed_back(&route, push);
                    if let Some(after) = retry_after.filter(|after| self.is_too_late(push.now, *after)) {
                        self.throttle.is_too_late(&route);
                        let call = named(draft);
                        return Err(Stop::Untestable(Cause::TooLate { call, status, after }));
                    }
                    refused = Refused {
                        tries: refused.tries + 1,
                        status,
                    };
                }
            }
        }
    }

    /// Whether nothing is sent any more when this time has passed.
    fn is_too_late(&self, now: Instant, after: Duration) -> bool {
        now.checked_add(after).is_none_or(|at| at >= self.ends)
    }

    /// Waits until the call may be made, as its route has it and as all have it; when that is. Nothing is waited for beyond
    /// the end of the run.
    async fn turn(&self, draft: &Draft, route: &Route, refused: Refused) -> Result<Instant, Stop> {
        loop {
            let at = self.throttle.turn_of(route, Instant::now());
            self.until(at, draft, route, refused).await?;
            let at = self.throttle.turn(Instant::now());
            self.until(at, draft, route, refused).await?;
            let now = Instant::now();
            // Somebody else may have been pushed back meanwhile.
            if !self.throttle.is_closed(route, now) {
                return Ok(now);
            }
        }
    }

    /// Waits until an instant. Turns may lie far apart, and there may be many: who waits for one hears when nothing gets
    /// through any more.
    async fn until(&self, at: Instant, draft: &Draft, route: &Route, refused: Refused) -> Result<(), Stop> {
        if at >= self.ends {
            let held_back = self.throttle.closed_at(route, self.ends);
            let cause = held_back.map_or(Cause::TimeIsUp, |because| {
                held_back_by(route, &because, because.retry_after)
            });
            return Err(Stop::Untestable(cause));
        }
        let began = Instant::now();
        let _waiting = (began < at).then(|| self.throttle.waits(route, began));
        loop {
            if let Some(because) = self.throttle.is_shut(route) {
                return Err(Stop::Untestable(match refused {
                    // It was never sent.
                    Refused { tries: 0, .. } => held_back_by(route, &because, None),
                    Refused { status, .. } => limited(draft, status),
                }));
            }
            let now = Instant::now();
            if now >= at {
                return Ok(());
            }
            tokio::select! {
                () = tokio::time::sleep_until(at.min(now + HEARD_WITHIN).into()) => {}
                _ = self.halt.wait() => return Err(Stop::Untestable(Cause::Interrupted)),
            }
        }
    }

    /// One try, counted. The outer error is a draft that cannot be sent at all.
    async fn attempt(&self, draft: &Draft) -> Result<Result<Answer, TransportError>, Stop> {
        let patience = self.ledger.patience();
        let http = self.http.with_limits(Limits {
            timeout: patience,
            body_bytes: draft.room.min(self.http.limits().body_bytes),
        });
        // What may have stored something is not sent twice, so that it must not meet a connection that was closed for
        // being idle.
        let kept = !draft.once && self.ledger.keeps_connections();
        let first = if kept { Connection::Kept } else { Connection::New };
        let began = Instant::now();
        let mut answer = http.send_once(request(draft)?, first).await;
        if kept && matches!(answer, Err(TransportError::Closed { .. })) {
            if !draft.may_be_hung_up_on {
                self.ledger.met_a_closed_connection();
            }
            answer = http.send_once(request(draft)?, Connection::New).await;
        }
        match &answer {
            Ok(answer) => {
                self.ledger.answered(answer.elapsed);
                self.voices.hear(answer);
            }
            Err(error) => self.lost(draft, error, began, patience),
        }
        Ok(answer)
    }

    fn lost(&self, draft: &Draft, error: &TransportError, began: Instant, patience: Duration) {
        let Some(loss) = error.loss() else { return };
        if draft.may_be_hung_up_on && matches!(loss, Loss::Cut | Loss::Dropped) {
            return;
        }
        let why = self.display.redactor.redact(&error.to_string());
        self.ledger.lost(loss, draft, &why, began, patience);
    }

    fn answered(&self, draft: Draft, answer: Answer) -> Result<Exchange, Stop> {
        let serial = self.step(draft.clone(), Ok(answer.clone()));
        let exchange = Exchange::new(serial, draft, answer, self.display.clone());
        if exchange.answer().status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Stop::Untestable(limited(exchange.draft(), exchange.status())));
        }
        Ok(exchange)
    }

    /// Tells the check that is at work what came of its call; the call's number.
    fn step(&self, draft: Draft, outcome: Result<Answer, String>) -> u64 {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        if let Some(lane) = Lane::here() {
            let outcome = outcome.map(|mut answer| {
                cut_body(&mut answer, &self.display.kept);
                cut_headers(&mut answer);
                answer
            });
            lane.step(Step { serial, draft, outcome });
        }
        serial
    }
}

fn request(draft: &Draft) -> Result<http::Request<bytes::Bytes>, Stop> {
    draft
        .request()
        .map_err(|error| Stop::untestable(format!("{} cannot be written as a request: {error}", named(draft))))
}

fn named(draft: &Draft) -> String {
    format!("{} {}", draft.method, draft.path_and_query())
}

/// How often a call was pushed back so far, and with which status the last time.
#[derive(Debug, Clone, Copy, Default)]
struct Refused {
    tries: u32,
    status: u16,
}

/// Why a call that was pushed back as often as it was made has no answer.
fn limited(draft: &Draft, status: u16) -> Cause {
    let call = named(draft);
    Cause::RateLimited { call, status }
}

/// Why a call of a route was not made at all: for what became of another, which was to come again after a time that the run
/// has not, or was waited for in vain.
fn held_back_by(route: &Route, because: &Refusal, after: Option<Duration>) -> Cause {
    Cause::HeldBack {
        route: route.to_string(),
        refused: because.route.to_string(),
        status: because.status,
        after,
    }
}

/// Before the next try: a server that takes no connection may be starting again.
fn pause(loss: Loss, tries: u32) -> Duration {
    match loss {
        Loss::NotConnected => Duration::from_millis(500) * tries.pow(2),
        Loss::Cut | Loss::Dropped | Loss::Unanswered | Loss::NotHttp => Duration::from_millis(10),
    }
}
