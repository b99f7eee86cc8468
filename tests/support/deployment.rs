//! A mock of one's own on a free port, as a target to validate.

use proofload::target::{Account, Allow, BaseUrl, Permissions, Target, Trust};
use proofload_mock_server::{ACCOUNTS, Granted, Identities, Listen, Server, Settings};
use std::sync::Arc;

/// A running mock.
pub(crate) struct Deployment {
    /// Its state.
    pub(crate) identities: Arc<Identities>,
    base: BaseUrl,
    trust: Trust,
    _server: Server,
}

impl Deployment {
    /// Over plain HTTP.
    pub(crate) async fn http(settings: Settings) -> Self {
        let prefix = settings.prefix.clone();
        let identities = Arc::new(Identities::new(settings));
        let listen = Listen {
            http: Some("127.0.0.1:0".parse().expect("an address")),
            ..Listen::default()
        };
        let server = Server::start(identities.clone(), listen).await.expect("a free port");
        let address = server.http_addr().expect("HTTP was asked for");
        Self {
            identities,
            base: BaseUrl::parse(&format!("http://{address}{prefix}")).expect("a base URL"),
            trust: Trust::System,
            _server: server,
        }
    }

    /// As a target with the five seeded accounts and the signing key.
    pub(crate) fn target(&self, writes: bool) -> Target {
        Target {
            name: "mock".to_owned(),
            base: self.base.clone(),
            trust: self.trust.clone(),
            accounts: accounts(),
            allow: Allow {
                reads: true,
                writes,
                load: false,
            },
            signing_key: Some(self.identities.signing_key().clone()),
            embedded: false,
        }
    }
}

/// The accounts every mock is seeded with.
pub(crate) fn accounts() -> Vec<Account> {
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
