//! How many sessions an account may have at once. Nothing says that a login leaves those before it alone; where it does not, the
//! calls of a run go on with whatever login was the last.

use super::Context;
use super::logins::Login;
use crate::findings::Stop;
use futures_util::future::join_all;
use proofload_deployment::Account;
use std::sync::atomic::Ordering;

const TOLD: &str = "A login of an account ended the token of a login before it, as where an account may have so many sessions and no more: \
     calls that met that were made again with a new login.";

/// So many logins are made to see whether they end the session of the one before them: who limits sessions at all seldom allows
/// more.
const LOGINS: usize = 4;

impl Context {
    /// Whether logins are known to end the sessions before them.
    pub fn ends_sessions(&self) -> bool {
        self.ends_sessions.load(Ordering::Relaxed)
    }

    /// Whether further logins of an account end the session of the first. Seen once that they do not, that is not tried again; and
    /// an account whose new tokens are refused, which tells nothing of sessions, is not logged in for it more often than its gate lets it.
    ///
    /// # Errors
    /// There was no whole answer within the time-out, or the account cannot log in.
    pub async fn tried_sessions(&self, account: &Account) -> Result<bool, Stop> {
        if self.ends_sessions() {
            return Ok(true);
        }
        let known = self.login_of(account)?;
        if known.keeps_sessions() || !known.may_log_in() {
            return Ok(false);
        }
        let first = self.fresh_login(account).await?;
        let alone = self.sent_profile(&first).await?;
        known.learn(&first, alone);
        if alone == 401 {
            return Ok(false);
        }
        let others = join_all((0..LOGINS).map(|_| self.fresh_login(account))).await;
        if self.is_let_in(&first).await? {
            known.found_to_keep_sessions();
            return Ok(false);
        }
        for other in others.into_iter().flatten() {
            if self.is_let_in(&other).await? {
                self.sessions_end();
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether `login`, with whose token a call was just refused with 401, was ended by another login of the account.
    ///
    /// # Errors
    /// There was no whole answer within the time-out, or the account cannot log in.
    pub async fn lost_session(&self, account: &Account, login: &Login) -> Result<bool, Stop> {
        if login.nth == self.lent.let_in(account) {
            return Ok(false);
        }
        if self.ends_sessions() {
            return Ok(true);
        }
        // One call may be refused for what it is: a token that has ended is refused everywhere, and was let in before.
        if !login.accepted.load(Ordering::Relaxed) || self.is_let_in(login).await? {
            return Ok(false);
        }
        let newest = self
            .login_of(account)?
            .login(&self.sender, &self.lent, &self.contract, true)
            .await?;
        let lost = self.is_let_in(&newest).await?;
        if lost {
            self.sessions_end();
        }
        Ok(lost)
    }

    /// Whether any account of the run has lost the session that its calls go by; logins of the account were made since.
    ///
    /// # Errors
    /// As [`Context::lost_session`].
    pub async fn lost_any_session(&self) -> Result<bool, Stop> {
        for known in &self.logins {
            if let Some(login) = known.current().await
                && self.lost_session(&known.account, &login).await?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How many right logins of each account were let in so far, whoever made them.
    pub fn logins_let_in(&self) -> Vec<usize> {
        self.accounts().map(|account| self.lent.let_in(account)).collect()
    }

    fn sessions_end(&self) {
        self.ends_sessions.store(true, Ordering::Relaxed);
        self.note(TOLD);
    }

    async fn is_let_in(&self, login: &Login) -> Result<bool, Stop> {
        Ok(self.sent_profile(login).await? != 401)
    }

    /// The status of a profile that is asked for with a login's token.
    async fn sent_profile(&self, login: &Login) -> Result<u16, Stop> {
        let answer = self.send(self.call("profile")?.bearer(&login.token)).await?;
        Ok(answer.status())
    }
}
