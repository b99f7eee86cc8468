//! What the virtual users of one journey share: its steps made ready, and how they get connections and tokens.

use super::clock::Clock;
use super::login_gate::LoginGate;
use super::request::Prepared;
use super::sessions::Sessions;
use super::wire::Connector;
use std::sync::Arc;
use std::time::Duration;

/// The operations that every run may call between measurements have fixed places.
pub(super) const AUTHENTICATE: usize = 0;
/// See [`AUTHENTICATE`].
pub(super) const RENEW: usize = 1;

/// What the users of one journey share.
pub(super) struct Script {
    /// The journey's lane at the desk.
    pub(super) lane: usize,
    /// Its steps in order.
    pub(super) steps: Vec<ScriptStep>,
    /// One step by weight for each arrival, instead of all in order.
    pub(super) mix: bool,
    /// How many cameras it stands for.
    pub(super) cameras: u64,
    /// Whether users log in before the run.
    pub(super) logs_in: bool,
    /// The mean think time where users set the pace; `None` where arrivals do.
    pub(super) think: Option<Duration>,
    /// The users' own means of getting tokens.
    pub(super) tokens: Arc<TokenRequests>,
    /// From sent to the last body byte at most.
    pub(super) timeout: Duration,
    /// Makes connections.
    pub(super) connector: Connector,
    /// The run's clock.
    pub(super) clock: Clock,
    /// Seed of everything random; mixed with the user's number.
    pub(super) seed: u64,
    /// Lets users log in before the run, a few at a time.
    pub(super) logins: Arc<LoginGate>,
    /// Tokens of earlier runs, and of this one when it is over.
    pub(super) sessions: Arc<Sessions>,
}

/// One step of a journey, made ready.
pub(super) struct ScriptStep {
    /// The operation's place among those measured.
    pub(super) operation: usize,
    /// Its share in a mix.
    pub(super) weight: f64,
    /// The request.
    pub(super) request: Arc<Prepared>,
    /// Statuses that count as success beside 2xx.
    pub(super) expect: Vec<u16>,
}

/// How users get tokens.
pub(super) struct TokenRequests {
    /// `authenticate`
    pub(super) login: Prepared,
    /// `renewToken`
    pub(super) renewal: Prepared,
}

/// Whether a token is needed that the journey does not get by itself.
pub(super) fn needs_login(steps: &[ScriptStep], mix: bool) -> bool {
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
