//! A logged-in account whose token is always valid.

use super::Http;
use crate::target::Account;
use secrecy::SecretString;

/// Why there is no valid token.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {}

/// A logged-in account. Clones share one token and one renewal.
#[derive(Debug, Clone)]
pub struct Session {}

impl Session {
    /// Logs in.
    ///
    /// # Errors
    /// The login was refused or could not be made; the error names the account and what the server said.
    pub async fn login(http: &Http, account: &Account) -> Result<Self, SessionError> {
        let _ = (http, account);
        todo!("helper C")
    }

    /// A token that is valid now: renewed before it expires, with one renewal in flight however many callers wait.
    ///
    /// # Errors
    /// Renewal and a new login both failed.
    pub async fn valid_access_token(&self) -> Result<SecretString, SessionError> {
        todo!("helper C")
    }
}
