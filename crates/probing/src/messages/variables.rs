//! How a shell calls what belongs to an account: whose it is can be read from the name.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// The variable that holds the password of the account that privileged calls are made with; the command line reads it too.
const MAIN_PASSWORD: &str = "PROOFLOAD_PASSWORD";

/// The variable that holds an account's token, such as `TOKEN_OF_FULL`.
pub fn token(account: &str) -> String {
    format!("TOKEN_OF_{}", named(account))
}

/// The variable that holds an account's password.
pub fn password(account: &str, is_main: bool) -> String {
    if is_main {
        MAIN_PASSWORD.to_owned()
    } else {
        format!("{MAIN_PASSWORD}_{}", named(account))
    }
}

/// In capitals, with underscores. A name with other signs than small letters, digits and hyphens gets a number of its own,
/// so that no two accounts share a variable.
fn named(account: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let capital = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    let mut name: String = account.chars().take(40).map(capital).collect();
    if !account.chars().all(plain) || account.len() > 40 {
        for byte in &Sha256::digest(account.as_bytes())[..3] {
            let _ = write!(name, "_{byte:02X}");
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_accounts_share_a_variable() {
        assert_eq!(token("svc-proof"), "TOKEN_OF_SVC_PROOF");
        assert_eq!(password("full", true), "PROOFLOAD_PASSWORD");
        assert_eq!(password("none", false), "PROOFLOAD_PASSWORD_NONE");
        let names = ["a-b", "a_b", "A-B", "a b", "$(id)", "ä", "a;b"];
        let variables: std::collections::BTreeSet<String> = names.iter().map(|name| token(name)).collect();
        assert_eq!(variables.len(), names.len(), "{variables:?}");
        let of_a_variable = |c: char| c.is_ascii_alphanumeric() || c == '_';
        assert!(
            variables.iter().all(|name| name.chars().all(of_a_variable)),
            "{variables:?}"
        );
    }
}
