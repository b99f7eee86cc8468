//! Why there is no valid token, one clear sentence for each kind.

use super::login::LoginFailure;
use super::{Http, TransportError};
use crate::{Account, escaped};
use std::fmt;

/// What a token was asked for with: the account, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    act: &'static str,
    account: String,
    username: String,
    base: String,
}

impl Purpose {
    pub(super) fn login(http: &Http, account: &Account) -> Self {
        Self::new("login", http, account)
    }

    pub(super) fn renewal(http: &Http, account: &Account) -> Self {
        Self::new("token renewal", http, account)
    }

    fn new(act: &'static str, http: &Http, account: &Account) -> Self {
        Self {
            act,
            account: account.name.clone(),
            username: escaped(account.username.as_bytes(), 100),
            base: http.base().to_string(),
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            act,
            account,
            username,
            base,
        } = self;
        if account == username {
            write!(f, "the {act} of account {account} at {base}")
        } else {
            write!(f, "the {act} of account {account} (user name {username}) at {base}")
        }
    }
}

/// Why there is no valid token.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// No whole answer.
    #[error("{purpose} failed: {source}")]
    Transport {
        /// What was tried.
        purpose: Purpose,
        /// What happened.
        source: Box<TransportError>,
    },
    /// An answer without a token to use.
    #[error("{purpose} {failure}")]
    Login {
        /// What was tried.
        purpose: Purpose,
        /// What came instead.
        failure: LoginFailure,
    },
    /// The server refused a login of the account, or a token that it had just given out, and the next attempt has its time.
    #[error(
        "{purpose} was not made: the server refused the account's last login, or the token it gave, and is not asked again yet"
    )]
    TooSoon {
        /// What would have been tried.
        purpose: Purpose,
    },
    /// The token to renew cannot be sent.
    #[error("{purpose} failed: the token to renew fits in no header")]
    Unsendable {
        /// What was tried.
        purpose: Purpose,
    },
}

impl SessionError {
    /// Whether the server answered, and said no: asking again with the same words is pointless.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Login { failure, .. } if failure.is_refusal())
    }
}
