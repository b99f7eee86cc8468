//! Accounts of a deployment and the permissions they hold.

use secrecy::SecretString;

/// An account to test with.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its name in cases and reports.
    pub name: String,
    /// What it logs in with.
    pub username: String,
    /// Its password.
    pub password: SecretString,
    /// What it was granted.
    pub permissions: Permissions,
}

/// The permissions an account was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permissions {
    /// Every permission there is.
    All,
    /// These, named as the role editor shows them.
    Only(Vec<String>),
    /// Nobody stated them: taken to be every one, until calls show otherwise.
    Untold,
    /// Nobody stated them: those that calls showed.
    Seen(Vec<String>),
}

impl Permissions {
    /// The permissions by name; none where it is every one.
    pub fn names(&self) -> Option<&[String]> {
        match self {
            Self::All | Self::Untold => None,
            Self::Only(held) | Self::Seen(held) => Some(held),
        }
    }
}

impl Account {
    /// Whether the account may call `operation`, by the contract.
    pub fn may_call(&self, operation: &proofload_contract::Operation) -> bool {
        let held = self.permissions.names();
        held.is_none_or(|held| operation.allows(held))
    }

    /// Whether somebody stated that the account lacks what `operation` asks for.
    pub fn is_known_to_lack(&self, operation: &proofload_contract::Operation) -> bool {
        matches!(self.permissions, Permissions::Only(_)) && !self.may_call(operation)
    }
}
