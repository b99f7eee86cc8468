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
}

impl Account {
    /// Whether the account may call `operation`, by the contract.
    pub fn may_call(&self, operation: &proofload_contract::Operation) -> bool {
        match &self.permissions {
            Permissions::All => true,
            Permissions::Only(held) => operation.allows(held),
        }
    }
}
