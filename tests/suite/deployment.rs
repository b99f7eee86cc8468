//! A mock as a target to validate.

use proofload_deployment::{Account, Allow, BaseUrl, Permissions, Target, Trust, Way};
use proofload_mock_server::{ACCOUNTS, Granted, Identities};
use proofload_test_support::Mock;

/// The mock at `url`, with the five seeded accounts and the signing key.
pub(crate) fn target(mock: &Mock, url: &str, trust: Trust, writes: bool) -> Target {
    target_of(mock.identities(), url, trust, writes)
}

/// A server of the mock's core at `url`, with the five seeded accounts and the signing key.
pub(crate) fn target_of(identities: &Identities, url: &str, trust: Trust, writes: bool) -> Target {
    Target {
        name: "mock".to_owned(),
        base: BaseUrl::parse(url).expect("a base URL"),
        trust,
        way: Way::default(),
        accounts: accounts(),
        allow: Allow {
            reads: true,
            writes,
            load: false,
        },
        signing_key: Some(identities.signing_key().clone()),
        embedded: false,
    }
}

fn accounts() -> Vec<Account> {
    ACCOUNTS
        .iter()
        .map(|seeded| Account {
            name: seeded.name.to_owned(),
            username: seeded.name.to_owned(),
            password: seeded.password(),
            permissions: match seeded.permissions {
                Granted::All => Permissions::All,
                Granted::Only(held) => Permissions::Only(held.iter().map(|name| (*name).to_owned()).collect()),
            },
        })
        .collect()
}
