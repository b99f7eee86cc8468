//! What is sent for a token.

use proofload_contract::{Contract, Operation};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

/// The operation that gives a token for a password.
pub const AUTHENTICATE: &str = "authenticate";
/// The operation that exchanges a valid token for a fresh one.
pub const RENEW: &str = "renewToken";

/// The body of a login. It holds the password in the clear.
pub fn credentials(username: &str, password: &SecretString) -> Value {
    json!({ "username": username, "password": password.expose_secret() })
}

/// One of the two operations, as the contract has it.
pub fn operation(id: &str) -> &'static Operation {
    Contract::bundled()
        .operation(id)
        .expect("the contract has the operations that give out tokens")
}
