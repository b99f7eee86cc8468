//! The account that lacks a permission: it logs in once before the run, and renews its token before it ends.

use super::Caller;
use crate::generator::request::Prepared;
use parking_lot::Mutex;
use proofload_deployment::client::login::{AccountGate, LoginFailure, Reply};
use proofload_deployment::token::{self, Life};
use proofload_wire::WireError;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime};

/// The account that lacks a permission, and its token.
pub(super) struct Outsider {
    /// Its name in the configuration.
    pub(super) name: String,
    pub(super) login: Prepared,
    pub(super) renewal: Prepared,
    pub(super) password: SecretString,
    pub(super) gate: Arc<AccountGate>,
    held: Mutex<Option<(SecretString, Instant)>>,
    /// Whether somebody asks for a token already.
    asking: AtomicBool,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoToken {
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error("the login {0}")]
    Login(#[from] LoginFailure),
    #[error("its last login failed a moment ago")]
    NotYet,
}

impl Outsider {
    pub(super) fn new(
        name: String,
        login: Prepared,
        renewal: Prepared,
        password: SecretString,
        gate: Arc<AccountGate>,
    ) -> Self {
        Self {
            name,
            login,
            renewal,
            password,
            gate,
            held: Mutex::default(),
            asking: AtomicBool::new(false),
        }
    }

    /// Its token, renewed where the time has come; the old one while that goes on or goes wrong.
    pub(super) async fn token(&self, caller: &mut Caller<'_>) -> Option<SecretString> {
        let (held, is_due) = match &*self.held.lock() {
            Some((held, renew_at)) => (Some(held.clone()), Instant::now() >= *renew_at),
            None => (None, true),
        };
        if !is_due || self.asking.swap(true, Ordering::AcqRel) {
            return held;
        }
        let asked = match &held {
            Some(held) => self.ask(caller, &self.renewal, Some(held)).await,
            None => self.log_in(caller).await,
        };
        self.asking.store(false, Ordering::Release);
        asked.ok().or(held)
    }

    /// Its token was refused for itself: the next one comes from a login.
    pub(super) fn forget(&self) {
        *self.held.lock() = None;
    }

    /// Logs in.
    ///
    /// # Errors
    /// No token came, or it is too early for another attempt.
    pub(super) async fn log_in(&self, caller: &mut Caller<'_>) -> Result<SecretString, NoToken> {
        let began = Instant::now();
        self.gate.turn(began).map_err(|_| NoToken::NotYet)?;
        let asked = self.ask(caller, &self.login, None).await;
        if asked.is_err() {
            self.gate.failed(began, Instant::now(), 0.5);
        }
        asked
    }

    async fn ask(
        &self,
        caller: &mut Caller<'_>,
        request: &Prepared,
        held: Option<&SecretString>,
    ) -> Result<SecretString, NoToken> {
        let answer = caller.call(request, held, true).await?;
        let secret = held.unwrap_or(&self.password).expose_secret();
        let given = Reply::of_body(answer.status, caller.connection.body())
            .carrying(&caller.post.headers)
            .token(secret)?;
        let life = Life::of(given.token.expose_secret(), caller.connection.date(), SystemTime::now());
        let renew_at = Instant::now() + token::renew_after(life.lasts, 0.5);
        *self.held.lock() = Some((given.token.clone(), renew_at));
        Ok(given.token)
    }
}
