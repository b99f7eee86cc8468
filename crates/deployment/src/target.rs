//! A deployment to test, and what may be done to it.

use super::{Account, BaseUrl, Trust, Way};
use secrecy::SecretSlice;

/// A deployment to test.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its name in the configuration, `embedded` for the built-in mock, or the base URL's host when given by `--url`.
    pub name: String,
    /// Where it is.
    pub base: BaseUrl,
    /// How its TLS certificate is trusted.
    pub trust: Trust,
    /// How it is reached.
    pub way: Way,
    /// The accounts to test with; the first one that holds every permission (or else the first) is the main one.
    pub accounts: Vec<Account>,
    /// What may be done to it.
    pub allow: Allow,
    /// The key its tokens are signed with, lab only: lets validate mint expired, not-yet-valid and other-claims tokens.
    pub signing_key: Option<SecretSlice<u8>>,
    /// Whether it is the built-in mock.
    pub embedded: bool,
}

/// What may be done to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allow {
    /// Calls that change nothing.
    pub reads: bool,
    /// Calls that store things, each removed again.
    pub writes: bool,
    /// Load.
    pub load: bool,
}

impl Target {
    /// The account that privileged calls are made with: the first that holds every permission, or else the first.
    pub fn main_account(&self) -> Option<&Account> {
        self.accounts
            .iter()
            .find(|account| account.permissions.names().is_none())
            .or_else(|| self.accounts.first())
    }

    /// Whether load may be sent: said so in the configuration, the built-in mock, or a loopback address.
    pub fn may_be_loaded(&self) -> bool {
        self.allow.load || self.embedded || self.base.is_loopback()
    }
}
