//! A logged-in account whose token is always valid.

use super::clock::{Clock, SystemClock};
use super::lifetime::lifetime;
use super::login::{Issued, authenticate, renew};
use super::{Http, SessionError};
use crate::Account;
use parking_lot::RwLock;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A token that does not say when it expires (no JWT, or without `exp`) is renewed this often.
pub const RENEWAL_WITHOUT_EXPIRY: Duration = Duration::from_secs(5 * 60);
/// A token is renewed this long before it expires, or a fifth of its life before when that is shorter.
const MARGIN: Duration = Duration::from_secs(60);
/// Tokens are never renewed more often, however short-lived a server makes them.
const LEAST_LIFE: Duration = Duration::from_millis(250);
/// The wait after the first failure; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest wait between attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

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
    /// From 0 to 1: how much earlier than it must this session renews, as a share of the margin before expiry. Give
    /// sessions that begin together different values, and they will not all renew at once.
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
    renew_at: Instant,
    /// None when the token does not say.
    expires_at: Option<Instant>,
}

/// What went wrong lately.
#[derive(Default)]
struct Attempts {
    failures: u32,
    not_before: Option<Instant>,
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
        let issued = authenticate(http, account).await?;
        Ok(Self::from_issued(http, account, options, issued))
    }

    /// A session that goes on from a token already given out, for a caller who measures the login itself.
    pub fn from_issued(http: &Http, account: &Account, options: SessionOptions, issued: Issued) -> Self {
        let held = Held::new(issued, &options);
        Self {
            shared: Arc::new(Shared {
                http: http.clone(),
                account: account.clone(),
                options,
                current: RwLock::new(held),
                attempts: tokio::sync::Mutex::new(Attempts::default()),
            }),
        }
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
        let clock = &self.shared.options.clock;
        let held = self.shared.current.read().clone();
        let waiting = attempts.not_before.is_some_and(|at| clock.now() < at);
        if !waiting {
            match self.fetch(&held).await {
                Ok(issued) => {
                    let held = Held::new(issued, &self.shared.options);
                    let token = held.token.clone();
                    *self.shared.current.write() = held;
                    attempts.succeeded(clock.now());
                    return Ok(token);
                }
                Err(error) => attempts.failed(error, clock.now()),
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
            let now = self.shared.options.clock.now();
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
        let Shared { http, account, .. } = &*self.shared;
        if held.is_alive(self.shared.options.clock.now()) {
            match renew(http, account, &held.token).await {
                // What is not accepted for renewal is not accepted for anything else.
                Err(error) if error.is_refusal() => self.forget(&held.token),
                renewed => return renewed,
            }
        }
        authenticate(http, account).await
    }
}

impl Held {
    fn new(issued: Issued, options: &SessionOptions) -> Self {
        let now = options.clock.now();
        let token = issued.token;
        let life =
            lifetime(token.expose_secret(), issued.date, options.clock.calendar()).map(|life| life.max(LEAST_LIFE));
        // What does not say when it expires is treated as if it expired a margin after its renewal.
        let assumed = life.unwrap_or(RENEWAL_WITHOUT_EXPIRY + MARGIN);
        let margin = MARGIN.min(assumed / 5);
        let margin = margin.mul_f64(1.0 + options.jitter.clamp(0.0, 1.0));
        let renew_after = assumed.saturating_sub(margin);
        Self {
            token,
            renew_at: now + renew_after,
            expires_at: life.map(|life| now + life),
        }
    }

    fn is_alive(&self, now: Instant) -> bool {
        self.expires_at.is_none_or(|at| now < at)
    }
}

impl Attempts {
    /// A server that refuses the tokens it gives out must not be asked for the next one at once.
    fn succeeded(&mut self, now: Instant) {
        *self = Self {
            not_before: Some(now + LEAST_LIFE),
            ..Self::default()
        };
    }

    fn failed(&mut self, error: SessionError, now: Instant) {
        let wait = FIRST_WAIT.saturating_mul(1 << self.failures.min(10)).min(LONGEST_WAIT);
        self.failures = self.failures.saturating_add(1);
        self.not_before = Some(now + wait);
        self.last_error = Some(error);
    }
}

#[cfg(test)]
mod tests;
