//! The embedded mock: the deployment to work on when none is named.

use crate::cli::Failure;
use proofload_deployment::{Account, Allow, BaseUrl, Permissions, Target, Trust, Way};
use proofload_mock_server::{ACCOUNTS, Granted, Identities, Listen, Server, Settings};
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// A mock on a free port of this machine; it stops when dropped.
pub(super) struct Embedded {
    identities: Arc<Identities>,
    address: SocketAddr,
    _server: Server,
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Embedded {
    /// Starts it.
    pub(super) async fn start() -> Result<Self, Failure> {
        let identities = Arc::new(Identities::new(Settings::default()));
        let listen = Listen {
            http: Some((Ipv4Addr::LOCALHOST, 0).into()),
            ..Listen::default()
        };
        let cannot = |why: String| Failure::could_not_test(format!("cannot start the embedded mock: {why}"));
        let server = Server::start(identities.clone(), listen)
            .await
            .map_err(|error| cannot(error.to_string()))?;
        let address = server
            .http_addr()
            .ok_or_else(|| cannot("it does not listen".to_owned()))?;
        Ok(Self {
            identities,
            address,
            _server: server,
        })
    }

    /// The mock as a target: its five accounts, its signing key, and everything allowed.
    pub(super) fn target(&self) -> Target {
        let base = BaseUrl::parse(&format!("http://{}", self.address)).expect("an address is a base URL");
        Target {
            name: "embedded".to_owned(),
            base,
            trust: Trust::System,
            way: Way::default(),
            accounts: ACCOUNTS
                .iter()
                .map(|seeded| Account {
                    name: seeded.name.to_owned(),
                    username: seeded.name.to_owned(),
                    password: seeded.password(),
                    permissions: match seeded.permissions {
                        Granted::All => Permissions::All,
                        Granted::Only(names) => {
                            Permissions::Only(names.iter().map(|name| (*name).to_owned()).collect())
                        }
                    },
                })
                .collect(),
            allow: Allow {
                reads: true,
                writes: true,
                load: true,
            },
            signing_key: Some(self.identities.signing_key().clone()),
            embedded: true,
        }
    }
}
