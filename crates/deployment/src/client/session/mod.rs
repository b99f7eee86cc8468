//! A logged-in account whose token is always valid.

use super::clock::{Clock, SystemClock};
use super::login::{AccountGate, Backoff, Issued, authenticate, renew};
use super::session_error::Purpose;
use super::{Http, SessionError};
use crate::Account;
use crate::token::{LEAST_LIFE, life, renew_after};
use parking_lot::RwLock;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// A logged-in account. Clones share one token and one renewal.
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
}

/// How a session keeps time.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// The clock it goes by.
    pub clock: Arc<dyn Clock>,
    /// From 0 to 1: how much earlier than it must this session renews ([`renew_after`]), and how much longer it waits after
    /// a failure ([`Backoff::failed`]). Give sessions that begin together different values, and they will not all renew at
    /// once.
    pub jitter: f64,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            jitter: 0.0,
        }
    }
}

struct Shared {
    http: Http,
    account: Account,
    options: SessionOptions,
    /// Shared with whoever else uses the account.
    gate: Arc<AccountGate>,
    /// What callers look at; written only by whoever holds `attempts`.
    current: RwLock<Held>,
    /// Held by the one caller who fetches a token while the others wait. Dropping that caller's future releases it, and
    /// the next one in line takes over.
    attempts: tokio::sync::Mutex<Attempts>,
}

/// The token in hand.
#[derive(Clone)]
struct Held {
    token: SecretString,
    got: Instant,
    renew_at: Instant,
    /// None when the token does not say.
    expires_at: Option<Instant>,
}

/// What went wrong lately.
#[derive(Default)]
struct Attempts {
    backoff: Backoff,
    last_error: Option<SessionError>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("account", &self.shared.account.name)
            .field("base", self.shared.http.base())
            .finish_non_exhaustive()
    }
}

impl Session {
    /// Logs in.
    ///
    /// # Errors
    /// The login was refused or could not be made; the error names the account and what the server said.
    pub async fn login(http: &Http, account: &Account) -> Result<Self, SessionError> {
        Self::login_with(http, account, SessionOptions::default()).await
    }

    /// Logs in, keeping time as `options` say.
    ///
    /// # Errors
    /// As [`Session::login`].
    pub async fn login_with(http: &Http, account: &Account, options: SessionOptions) -> Result<Self, SessionError> {
        let gate = AccountGate::of(&http.base().to_string(), &account.username);
        if let Err(at) = gate.turn(options.clock.now()) {
            tokio::time::sleep(at.saturating_duration_since(options.clock.now())).await;
        }
        let issued = log_in(http, account, &options, &gate).await?;
        let held = Held::new(issued, &options);
        Ok(Self {
            shared: Arc::new(Shared {
                http: http.clone(),
                account: account.clone(),
                options,
                gate,
                current: RwLock::new(held),
                attempts: tokio::sync::Mutex::new(Attempts::default()),
            }),
        })
    }

    /// The account that is logged in.
    pub fn account(&self) -> &Account {
        &self.shared.account
    }

    /// A token that is valid now: renewed before it expires, with one renewal in flight however many callers wait.
    ///
    /// When the renewal is refused, the account logs in again. When the server is in trouble, the old token is handed
    /// out as long as it lives, and attempts are made ever more seldom (half a second to half a minute apart): however
    /// often this is called, the server never meets a storm of logins.
    ///
    /// # Errors
    /// The old token has expired, and renewal and a new login both failed, now or within the present wait.
    pub async fn valid_access_token(&self) -> Result<SecretString, SessionError> {
        if let Some(token) = self.fresh() {
            return Ok(token);
        }
        let mut attempts = self.shared.attempts.lock().await;
        // Another caller may have fetched one while this one waited.
        if let Some(token) = self.fresh() {
            return Ok(token);
        }
        let SessionOptions { clock, jitter } = &self.shared.options;
        let held = self.shared.current.read().clone();
        if attempts.backoff.waits(clock.now()).is_none() {
            match self.fetch(&held).await {
                Ok(issued) => {
                    let held = Held::new(issued, &self.shared.options);
                    let token = held.token.clone();
                    *self.shared.current.write() = held;
                    attempts.backoff.succeeded(clock.now());
                    attempts.last_error = None;
                    return Ok(token);
                }
                Err(error) => {
                    attempts.backoff.failed(clock.now(), *jitter);
                    let tells_less = matches!(error, SessionError::TooSoon { .. }) && attempts.last_error.is_some();
                    if !tells_less {
                        attempts.last_error = Some(error);
                    }
                }
            }
        }
        let held = self.shared.current.read().clone();
        match &attempts.last_error {
            Some(error) if !held.is_alive(clock.now()) => Err(error.clone()),
            _ => Ok(held.token),
        }
    }

    /// Tells the session that the server refused `token` though it should have been valid: unless it was replaced
    /// meanwhile, the next [`Session::valid_access_token`] fetches another.
    pub fn forget(&self, token: &SecretString) {
        let mut current = self.shared.current.write();
        if current.token.expose_secret() == token.expose_secret() {
            let SessionOptions { clock, jitter } = &self.shared.options;
            let now = clock.now();
            self.shared.gate.refused(current.got, true, now, *jitter);
            current.renew_at = now;
            current.expires_at = Some(now);
        }
    }

    fn fresh(&self) -> Option<SecretString> {
        let current = self.shared.current.read();
        (self.shared.options.clock.now() < current.renew_at).then(|| current.token.clone())
    }

    /// One renewal, and one login when that is refused or when there is nothing left to renew.
    async fn fetch(&self, held: &Held) -> Result<Issued, SessionError> {
        let Shared {
            http,
            account,
            options,
            gate,
            ..
        } = &*self.shared;
        if held.is_alive(options.clock.now()) {
            match renew(http, account, &held.token).await {
                // What is not accepted for renewal is not accepted for anything else.
                Err(error) if error.is_refusal() => self.forget(&held.token),
                renewed => return renewed,
            }
        }
        gate.turn(options.clock.now()).map_err(|_| SessionError::TooSoon {
            purpose: Purpose::login(http, account),
        })?;
        log_in(http, account, options, gate).await
    }
}

/// One login, of whose failure the account's gate hears.
async fn log_in(
    http: &Http,
    account: &Account,
    options: &SessionOptions,
    gate: &AccountGate,
) -> Result<Issued, SessionError> {
    let began = options.clock.now();
    let issued = authenticate(http, account).await;
    if issued.is_err() {
        gate.failed(began, options.clock.now(), options.jitter);
    }
    issued
}

impl Held {
    fn new(issued: Issued, options: &SessionOptions) -> Self {
        let now = options.clock.now();
        let token = issued.token;
        let life = life(token.expose_secret(), issued.date, options.clock.calendar());
        Self {
            token,
            got: now,
            renew_at: now + renew_after(life, options.jitter),
            expires_at: life.map(|life| now + life.max(LEAST_LIFE)),
        }
    }

    fn is_alive(&self, now: Instant) -> bool {
        self.expires_at.is_none_or(|at| now < at)
    }
}

#[cfg(test)]
mod tests;
