//! A target with the mock's accounts.

use proofload_deployment::{Account, Allow, BaseUrl, Permissions, Target, Trust, Way};
use proofload_mock_server::{ACCOUNTS, Granted};

/// A target with the mock's accounts.
pub(crate) fn target(base: &str, trust: Trust, writes: bool) -> Target {
    let accounts = ACCOUNTS.iter().map(|seeded| Account {
        name: seeded.name.to_owned(),
        username: seeded.name.to_owned(),
        password: seeded.password(),
        permissions: match seeded.permissions {
            Granted::All => Permissions::All,
            Granted::Only(held) => Permissions::Only(held.iter().map(|&name| name.to_owned()).collect()),
        },
    });
    Target {
        name: "bent".to_owned(),
        base: BaseUrl::parse(base).unwrap(),
        trust,
        way: Way::default(),
        accounts: accounts.collect(),
        allow: Allow {
            reads: true,
            writes,
            load: false,
        },
        signing_key: None,
        embedded: false,
    }
}
