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
    held: Mutex<Option<HeldToken>>,
    /// Whether somebody asks for a token already.
    asking: AtomicBool,
}

/// A token, and how it fared.
struct HeldToken {
    secret: SecretString,
    got: Instant,
    renew_at: Instant,
    /// Whether a call was ever answered otherwise than with 401.
    accepted: bool,
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
            Some(held) => (Some(held.secret.clone()), Instant::now() >= held.renew_at),
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

    /// A call with its `token` was answered with that status. One that was refused for itself is not used again: the next one comes
    /// from a login, when the account may log in.
    pub(super) fn learn(&self, token: &SecretString, status: u16, now: Instant) {
        let mut place = self.held.lock();
        let is_it = |held: &&mut HeldToken| held.secret.expose_secret() == token.expose_secret();
        let Some(held) = place.as_mut().filter(is_it) else {
            return;
        };
        if status == 401 {
            self.gate.refused(held.got, held.accepted, now, 0.5);
            *place = None;
        } else if status < 500 {
            held.accepted = true;
            self.gate.accepted(held.got, now);
        }
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
        let got = Instant::now();
        *self.held.lock() = Some(HeldToken {
            secret: given.token.clone(),
            got,
            renew_at: got + token::renew_after(life.lasts, 0.5),
            accepted: false,
        });
        Ok(given.token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn outsider() -> Outsider {
        let (login, renewal) = (Prepared::testing(), Prepared::testing());
        Outsider::new("none".to_owned(), login, renewal, "pass".into(), Arc::default())
    }

    fn hold(outsider: &Outsider, secret: &str, got: Instant) {
        *outsider.held.lock() = Some(HeldToken {
            secret: secret.into(),
            got,
            renew_at: got + Duration::from_secs(60),
            accepted: false,
        });
    }

    #[test]
    fn an_account_whose_tokens_are_refused_is_logged_in_ever_more_seldom() {
        let (outsider, start) = (outsider(), Instant::now());
        let mut now = start;
        let mut logins = 0;
        while now < start + Duration::from_secs(10) {
            if outsider.held.lock().is_none() && outsider.gate.turn(now).is_ok() {
                logins += 1;
                hold(&outsider, "new", now);
            }
            outsider.learn(&"new".into(), 401, now);
            now += Duration::from_millis(50);
        }
        assert!((2..=6).contains(&logins), "{logins}");
    }

    #[test]
    fn only_the_token_that_was_sent_is_forgotten() {
        let (outsider, now) = (outsider(), Instant::now());
        hold(&outsider, "new", now);
        outsider.learn(&"old".into(), 401, now);
        assert!(outsider.held.lock().is_some() && !outsider.gate.is_in_doubt());
        outsider.learn(&"new".into(), 403, now);
        assert!(outsider.held.lock().as_ref().is_some_and(|held| held.accepted));
        outsider.learn(&"new".into(), 401, now);
        assert!(outsider.held.lock().is_none() && outsider.gate.is_in_doubt());
    }
}
