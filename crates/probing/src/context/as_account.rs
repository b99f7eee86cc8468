//! Calls as an account, with a token that is good.

use super::Context;
use super::logins::{self, Login};
use crate::findings::Stop;
use crate::messages::{Draft, Exchange};
use proofload_deployment::Account;

/// How often a call is made anew whose token a renewal elsewhere has ended.
const ENDED_TOKENS: usize = 2;
/// The same, where a login elsewhere has ended it.
const LOST_SESSIONS: usize = 6;

impl Context {
    /// Sends a request with a valid token of `account`.
    ///
    /// # Errors
    /// The account cannot log in, or there was no whole answer within the time-out.
    pub async fn send_as(&self, account: &Account, draft: Draft) -> Result<Exchange, Stop> {
        let (mut login, mut exchange) = self.sent_as(account, draft.clone()).await?;
        for tries in 1..=LOST_SESSIONS {
            let renewed = tries <= ENDED_TOKENS && self.was_ended(account, exchange.status()).await;
            let lost = exchange.status() == 401 && Box::pin(self.lost_session(account, &login)).await?;
            if !renewed && !lost {
                break;
            }
            (login, exchange) = self.sent_as(account, draft.clone()).await?;
        }
        Ok(exchange)
    }

    async fn sent_as(&self, account: &Account, draft: Draft) -> Result<(Login, Exchange), Stop> {
        let login = if self.is_renewal(&draft) && Box::pin(self.ends_renewed_tokens()).await {
            self.fresh_login(account).await?
        } else {
            self.login(account).await?
        };
        let exchange = self.send(draft.bearer(&login.token)).await?;
        self.login_of(account)?.learn(&login, exchange.status());
        Ok((login, exchange))
    }

    /// Sends a request with a valid token of the main account.
    ///
    /// # Errors
    /// The account cannot log in, or there was no whole answer within the time-out.
    pub async fn send_as_main(&self, draft: Draft) -> Result<Exchange, Stop> {
        self.send_as(self.main(), draft).await
    }

    /// The current login of an account, made now if need be. Its token has half of its life before it.
    ///
    /// # Errors
    /// The login was refused or gave no token.
    pub async fn login(&self, account: &Account) -> Result<Login, Stop> {
        self.login_of(account)?
            .login(&self.sender, &self.lent, &self.contract, self.ends_sessions())
            .await
    }

    /// A new login of an account, whatever the current one; from now on everybody uses it.
    ///
    /// # Errors
    /// The login was refused or gave no token.
    pub async fn login_again(&self, account: &Account) -> Result<Login, Stop> {
        let shared = self.login_of(account)?;
        let mut login = shared.again(&self.sender, &self.lent, &self.contract).await?;
        for _ in 0..ENDED_TOKENS {
            if !self.is_held_twice(&login).await {
                break;
            }
            login = shared.again(&self.sender, &self.lent, &self.contract).await?;
        }
        Ok(login)
    }

    /// A login of one's own, which nobody else uses.
    ///
    /// # Errors
    /// The login was refused or gave no token.
    pub async fn fresh_login(&self, account: &Account) -> Result<Login, Stop> {
        let once = || logins::log_in(&self.sender, &self.lent, account, &self.contract);
        let mut login = once().await?;
        for _ in 0..ENDED_TOKENS {
            if !self.is_held_twice(&login).await {
                break;
            }
            login = once().await?;
        }
        Ok(login)
    }
}
