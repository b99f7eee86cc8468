//! The standalone mock, in this process, on free ports.

use proofload_mock_server::{Identities, Listen, QueueSettings, Server, Settings};
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};

/// A running mock with both of its ports, and threads of its own: tests may block while it answers.
pub struct Mock {
    identities: Arc<Identities>,
    prefix: String,
    server: Server,
    runtime: Option<Runtime>,
}

impl Mock {
    /// Starts a mock over HTTP and HTTPS.
    ///
    /// # Panics
    /// It does not start.
    pub fn start(settings: Settings) -> Self {
        let prefix = settings.prefix.clone();
        let identities = Arc::new(Identities::new(settings));
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime for the mock");
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listen = Listen {
            http: Some(free),
            https: Some(free),
            ..Listen::default()
        };
        // On a thread of its own, because tests that are asynchronous may not block on another runtime.
        let started = std::thread::scope(|scope| {
            let start = || runtime.block_on(Server::start(Arc::clone(&identities), listen));
            scope.spawn(start).join().expect("the start does not panic")
        });
        Self {
            server: started.expect("the mock listens on free ports"),
            identities,
            prefix,
            runtime: Some(runtime),
        }
    }

    /// A mock as it stands on premise: no prefix.
    ///
    /// # Panics
    /// It does not start.
    pub fn on_premise() -> Self {
        Self::start(Settings::default())
    }

    /// A mock of known capacity: so many calls at once, each as long as `service` says (`fixed:20ms`).
    ///
    /// # Panics
    /// There are no workers, `service` is none, or it does not start.
    pub fn queued(workers: u32, service: &str) -> Self {
        Self::start(Settings {
            queue: Some(QueueSettings {
                workers: NonZeroU32::new(workers).expect("a worker"),
                service: service.parse().expect("a service time"),
                slowdown: 0.0,
                behaviours: Vec::new(),
                seed: 7,
            }),
            ..Settings::default()
        })
    }

    /// A mock as it stands in the cloud: under `/identities`.
    ///
    /// # Panics
    /// It does not start.
    pub fn in_the_cloud() -> Self {
        Self::start(Settings {
            prefix: "/identities".to_owned(),
            ..Settings::default()
        })
    }

    /// The server behind both ports, to look into.
    pub fn identities(&self) -> &Arc<Identities> {
        &self.identities
    }

    /// The prefix under which it serves; empty on premise.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Where it serves HTTP.
    ///
    /// # Panics
    /// Never: it was started with HTTP.
    pub fn http(&self) -> SocketAddr {
        self.server.http_addr().expect("started with HTTP")
    }

    /// The base URL over HTTP.
    pub fn http_url(&self) -> String {
        format!("http://{}{}", self.http(), self.prefix)
    }

    /// The base URL over HTTPS, with a self-signed certificate.
    ///
    /// # Panics
    /// Never: it was started with HTTPS.
    pub fn https_url(&self) -> String {
        let address = self.server.https_addr().expect("started with HTTPS");
        format!("https://{address}{}", self.prefix)
    }

    /// The certificate of the HTTPS port.
    ///
    /// # Panics
    /// Never: it was started with HTTPS.
    pub fn certificate_pem(&self) -> &str {
        self.server.certificate_pem().expect("started with HTTPS")
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        // Dropping a runtime waits, which is not allowed within another one.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
