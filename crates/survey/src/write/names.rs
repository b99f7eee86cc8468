//! Names that are made where nobody gave one.

use proofload_deployment::BaseUrl;

/// No name is longer: a configuration refuses it.
const LONGEST: usize = 64;

/// What a target is called: the first label of its host's name, or `lab` where that is an address.
pub fn target_name(base: &BaseUrl) -> String {
    let label = base.url().domain().and_then(|domain| domain.split('.').next());
    match label {
        Some(label) if label != "localhost" && is_plain(label) => label.to_owned(),
        _ => "lab".to_owned(),
    }
}

/// What an account is called in cases and reports: its user name where that is plain enough, else its number.
pub fn account_name(username: &str, number: usize) -> String {
    if is_plain(username) {
        username.to_owned()
    } else {
        format!("account-{number}")
    }
}

fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && name.len() <= LONGEST && name.chars().all(plain)
}

/// The environment variable for an account's password: `LAB_SVC_PROOF_PASSWORD`.
pub fn variable(target: &str, account: &str) -> String {
    plain(&format!("{target}_{account}_PASSWORD"))
}

/// The environment variable for the value of a header field: `LAB_X_API_KEY`.
pub(super) fn header_variable(target: &str, header: &str) -> String {
    plain(&format!("{target}_{header}"))
}

fn plain(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    let plain = upper.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    // No shell takes a name that begins with a digit.
    if plain.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{plain}")
    } else {
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_of_what_there_is() {
        for (url, name) in [
            ("https://10.0.0.123:5009", "lab"),
            ("http://localhost:6009", "lab"),
            ("https://customer.econnectcloud.com/identities", "customer"),
            ("https://[::1]:5009", "lab"),
        ] {
            assert_eq!(target_name(&BaseUrl::parse(url).unwrap()), name);
        }
        assert_eq!(account_name("svc-proof", 1), "svc-proof");
        assert_eq!(account_name("DOMAIN\\svc", 2), "account-2");
        assert_eq!(variable("lab", "svc-proof"), "LAB_SVC_PROOF_PASSWORD");
        assert_eq!(variable("1st", "a.b"), "_1ST_A_B_PASSWORD");
        assert_eq!(header_variable("lab", "x-api-key"), "LAB_X_API_KEY");
    }
}
