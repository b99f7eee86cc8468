//! Why there is no valid token, one clear sentence for each kind.

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
    /// The server does not accept the password or the token.
    #[error("{purpose} was refused with status {status}{}; are its user name and password right?", quoted(.said))]
    Refused {
        /// What was tried.
        purpose: Purpose,
        /// 400, 401 or 403.
        status: u16,
        /// The beginning of the body, escaped.
        said: String,
    },
    /// Another status than any that is documented.
    #[error("{purpose} was answered with status {status}{}{}", quoted(.said), hint(*.status))]
    Unexpected {
        /// What was tried.
        purpose: Purpose,
        /// The status.
        status: u16,
        /// The beginning of the body, escaped.
        said: String,
    },
    /// A web page.
    #[error(
        "{purpose} was answered with a web page (status {status}); is the base URL that of the API, with its path prefix (/identities in the cloud, none on premise)?"
    )]
    Html {
        /// What was tried.
        purpose: Purpose,
        /// The status.
        status: u16,
    },
    /// Status 200, but no token to use.
    #[error("{purpose} was answered with status 200 but without a token: {why}")]
    NoToken {
        /// What was tried.
        purpose: Purpose,
        /// What the answer holds instead.
        why: String,
    },
}

impl SessionError {
    pub(super) fn no_token(purpose: &Purpose, why: &str) -> Self {
        Self::NoToken {
            purpose: purpose.clone(),
            why: why.to_owned(),
        }
    }

    /// Whether the server answered, and said no: asking again with the same words is pointless.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }
}

fn quoted(said: &str) -> String {
    if said.is_empty() {
        String::new()
    } else {
        format!(" ({said})")
    }
}

fn hint(status: u16) -> &'static str {
    match status {
        300..=399 => "; redirects are not followed: give the URL it leads to",
        404 | 405 => "; is the base URL right, with its path prefix (/identities in the cloud, none on premise)?",
        429 => "; the server wants fewer calls: wait, then try again",
        500..=599 => "; the server is in trouble: its own log says more",
        _ => "",
    }
}
