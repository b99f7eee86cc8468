//! Whether a renewal ends the token that it was made with. Nothing says that it must not; where it does, whoever renews
//! takes a token of its own, lest all others lose theirs.

use super::Context;
use crate::findings::Stop;
use crate::messages::Draft;
use http::Method;
use proofload_deployment::Account;
use proofload_deployment::client::login::{self, Reply};
use secrecy::{ExposeSecret as _, SecretString};
use std::time::Duration;

use super::logins::Login;

/// Two tokens of one user, made within one second, may be the same token.
const APART: Duration = Duration::from_millis(1100);

impl Context {
    /// Whether a renewal ends the token that it was made with; tried once, with the main account.
    pub async fn ends_renewed_tokens(&self) -> bool {
        *self
            .ends_renewed
            .get_or_init(async || Box::pin(self.tried_renewal()).await.unwrap_or(false))
            .await
    }

    /// A login to call `operation` with: one of its own where the call would end the token for everybody else.
    ///
    /// # Errors
    /// The login was refused or gave no token.
    pub async fn login_for(&self, operation: &str, account: &Account) -> Result<Login, Stop> {
        if operation == login::RENEW && Box::pin(self.ends_renewed_tokens()).await {
            self.fresh_login(account).await
        } else {
            self.login(account).await
        }
    }

    /// Whether somebody else in the run holds the same token, where a renewal of theirs would end it. Then another comes of a
    /// login now: the time for it is waited for.
    pub(super) async fn is_held_twice(&self, login: &Login) -> bool {
        let twice = !login.is_new && self.ends_renewed.get().is_some_and(|ends| *ends);
        if twice {
            tokio::time::sleep(APART).await;
        }
        twice
    }

    /// Whether a renewal elsewhere may have ended the token that was just refused with `status`: two logins of one second may
    /// have given the same token. If so, the account is logged in anew, late enough for another one.
    pub async fn was_ended(&self, account: &Account, status: u16) -> bool {
        if status == 401 && self.ends_sessions() {
            return true; // the next call goes by a login that nobody ended yet
        }
        let ended = status == 401 && Box::pin(self.ends_renewed_tokens()).await;
        if ended {
            tokio::time::sleep(APART).await;
            // Where that fails, the next call says so.
            let _ = self.login_again(account).await;
        }
        ended
    }

    pub(super) fn is_renewal(&self, draft: &Draft) -> bool {
        let renew = self.contract.operation(login::RENEW);
        draft.method_is(&Method::GET) && renew.is_some_and(|renew| renew.path == draft.path_and_query())
    }

    async fn tried_renewal(&self) -> Result<bool, Stop> {
        let first = self.fresh_login(self.main()).await?;
        // Within one second the same token may come again.
        tokio::time::sleep(APART).await;
        let renewed = self.send(self.call(login::RENEW)?.bearer(&first.token)).await?;
        let reply = Reply::from(renewed.answer()).token(first.token.expose_secret());
        let Ok(given) = reply else { return Ok(false) };
        self.keep_secret(given.token.expose_secret());
        let good = |token: SecretString| async move {
            let answer = self.send(self.call("profile")?.bearer(&token)).await?;
            Ok::<_, Stop>(answer.status() != 401)
        };
        let ends = !good(first.token).await? && good(given.token).await?;
        if ends && !first.is_new {
            // It was the one that everybody uses.
            tokio::time::sleep(APART).await;
            Box::pin(self.login_again(self.main())).await?;
        }
        Ok(ends)
    }
}
