//! What the virtual users of one journey share: its steps made ready, and how they get connections and tokens.

use crate::generator::answers::Shape;
use crate::generator::clock::Clock;
use crate::generator::commons::Commons;
use crate::generator::dealing::Dealer;
use crate::generator::login_gate::LoginGate;
use crate::generator::portraits::Portraits;
use crate::generator::request::Prepared;
use crate::generator::token_pool::TokenPool;
use crate::options::Check;
use proofload_deployment::OwnHeaders;
use proofload_wire::Connector;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The operations that every run may call between measurements have fixed places.
pub(crate) const AUTHENTICATE: usize = 0;
/// See [`AUTHENTICATE`].
pub(crate) const RENEW: usize = 1;

/// What the users of one journey share.
pub(crate) struct Script {
    /// The journey's lane at the desk.
    pub(crate) lane: usize,
    /// Its steps in order.
    pub(crate) steps: Vec<ScriptStep>,
    /// One step by weight for each arrival, instead of all in order.
    pub(crate) mix: bool,
    /// How many cameras it stands for.
    pub(crate) cameras: u64,
    /// Whether users log in before the run.
    pub(crate) logs_in: bool,
    /// The mean think time where users set the pace; `None` where arrivals do.
    pub(crate) think: Option<Duration>,
    /// The users' own means of getting tokens, for each account.
    pub(crate) accounts: Arc<Dealer>,
    /// From sent to the last body byte at most.
    pub(crate) timeout: Duration,
    /// Whether a call is sent once more when its idle connection was closed just then.
    pub(crate) retry_stale: bool,
    /// Makes connections.
    pub(crate) connector: Connector,
    /// What every request carries beside its own.
    pub(crate) headers: OwnHeaders,
    /// The run's clock.
    pub(crate) clock: Clock,
    /// Seed of everything random; mixed with the user's number.
    pub(crate) seed: u64,
    /// Lets users log in before the run, a few at a time.
    pub(crate) logins: Arc<LoginGate>,
    /// Tokens of earlier runs, and of this one when it is over.
    pub(crate) pool: Arc<TokenPool>,
    /// What all threads share.
    pub(crate) commons: Arc<Commons>,
    /// How answers are looked into.
    pub(crate) look: Look,
}

/// How the users of one journey look into answers.
pub(crate) struct Look {
    pub(crate) check: Check,
    /// Whether one of them finds out already what is right.
    pub(crate) learning: AtomicBool,
    /// By step: what was seen in its pictures before the load.
    pub(crate) portraits: OnceLock<Vec<Portraits>>,
}

impl Look {
    pub(crate) fn new(check: Check) -> Self {
        Self {
            check,
            learning: AtomicBool::new(false),
            portraits: OnceLock::new(),
        }
    }
}

/// One step of a journey, made ready.
pub(crate) struct ScriptStep {
    /// The operation's place among those measured.
    pub(crate) operation: usize,
    /// Its share in a mix.
    pub(crate) weight: f64,
    /// The operation's name.
    pub(crate) name: String,
    /// What its answer looks like.
    pub(crate) shape: Shape,
    /// The request; where its values change from call to call, with those of the first line.
    pub(crate) request: Arc<Prepared>,
    /// The requests with the values of each line; none where they do not change.
    pub(crate) lines: Arc<[Prepared]>,
    /// Statuses that count as success beside 2xx.
    pub(crate) expect: Vec<u16>,
}

impl ScriptStep {
    /// The request of the arrival with that number.
    pub(crate) fn request_of(&self, number: u64) -> &Prepared {
        match self.lines.len() as u64 {
            0 => &self.request,
            lines => &self.lines[usize::try_from(number % lines).unwrap_or_default()],
        }
    }
}

/// Whether a token is needed that the journey does not get by itself.
pub(crate) fn needs_login(steps: &[ScriptStep], mix: bool) -> bool {
    let mut steps = steps.iter();
    if mix {
        return steps.any(|step| step.request.authorised);
    }
    let first_authorised = steps.clone().position(|step| step.request.authorised);
    let first_login = steps.position(|step| step.operation == AUTHENTICATE);
    match (first_authorised, first_login) {
        (Some(authorised), Some(login)) => authorised < login,
        (Some(_), None) => true,
        (None, _) => false,
    }
}
