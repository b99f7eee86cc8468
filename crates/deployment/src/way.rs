//! How a deployment is reached: directly or through a proxy, and with which certificate of our own.

use crate::tls::Shown;
use crate::{BaseUrl, Destination, Detour, Identity, OwnHeaders, Proxy, Race, families_in_turn};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;

/// Nobody who asks for a connection waits longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a deployment is reached. Clones share what was learnt on the way.
#[derive(Debug, Clone, Default)]
pub struct Way {
    /// What calls go through.
    pub route: Route,
    /// What we show where the server asks for a certificate.
    pub identity: Option<Identity>,
    /// Other places to connect to than those that base URLs name. Where there is a proxy, it looks names up, and none is taken.
    pub detours: Vec<Detour>,
    /// Header fields that every call carries beside its own.
    pub headers: OwnHeaders,
    /// Addresses of this machine to connect from; as the system chooses where there are none.
    pub from: Vec<IpAddr>,
    /// Whether the server asked for one.
    asked: Arc<AtomicBool>,
}

/// What calls go through.
#[derive(Debug, Clone, Default)]
pub enum Route {
    /// Nobody said: nothing, unless the surroundings name a proxy.
    #[default]
    Unsaid,
    /// Nothing, whatever the surroundings say.
    Direct,
    /// A proxy.
    Proxy(Arc<Proxy>),
}

impl Way {
    /// The proxy that calls go through.
    pub fn proxy(&self) -> Option<&Arc<Proxy>> {
        match &self.route {
            Route::Proxy(proxy) => Some(proxy),
            Route::Unsaid | Route::Direct => None,
        }
    }

    /// Makes a connection to the host and port of a base URL.
    ///
    /// # Errors
    /// There is none.
    pub async fn connect(&self, base: &BaseUrl) -> io::Result<TcpStream> {
        let destination = self.destination(base);
        let mut stream = self.first_of(destination.look_up().await?).await?;
        if let Some(proxy) = self.proxy() {
            let port = base.url().port_or_known_default().unwrap_or(443);
            proxy.tunnel(&mut stream, base.host(), port).await?;
        }
        Ok(stream)
    }

    /// Where connections for a base URL are made to: the proxy, or the place that it names after all detours.
    pub fn destination(&self, base: &BaseUrl) -> Destination {
        match self.proxy() {
            Some(proxy) => Destination::proxy(proxy),
            None => Destination::of(base, &self.detours),
        }
    }

    /// How calls reach a base URL, in sentences, where that is not the usual way; nothing secret.
    pub fn told(&self, base: &BaseUrl) -> Vec<String> {
        let mut told = Vec::new();
        told.extend(
            self.proxy()
                .map(|proxy| format!("the calls went through the proxy {proxy}")),
        );
        let (usual, destination) = (Destination::of(base, &[]), self.destination(base));
        if self.proxy().is_none() && destination != usual {
            told.push(format!("connections for {usual} were made to {destination}"));
        }
        let own = self.from.iter().filter(|own| destination.may_be_reached_from(**own));
        let own: Vec<String> = own.map(ToString::to_string).collect();
        if !own.is_empty() {
            told.push(format!("connections were made from {}", own.join(", ")));
        }
        let names = self.headers.names();
        if !names.is_empty() {
            told.push(format!("every call carried {} as well", names.join(", ")));
        }
        told
    }

    /// A connection to the first of these addresses that takes one.
    pub(crate) async fn first_of(&self, found: Vec<SocketAddr>) -> io::Result<TcpStream> {
        let order = families_in_turn(found.into_iter().enumerate().collect());
        let until = tokio::time::Instant::now() + PATIENCE;
        let Race { won, why, .. } = Race::run(&order, &self.from, 0, until).await;
        let (_, stream) = won
            .ok_or_else(|| why.unwrap_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the name has no address")))?;
        Ok(stream)
    }

    /// Whether a server asked for a certificate of ours that there is none of.
    pub fn lacks_certificate(&self) -> bool {
        self.identity.is_none() && self.asked.load(Ordering::Relaxed)
    }

    /// Whether a server asked for a certificate of ours, and was shown one.
    pub fn showed_certificate(&self) -> bool {
        self.identity.is_some() && self.asked.load(Ordering::Relaxed)
    }

    /// What answers a server that asks for a certificate.
    pub(crate) fn shown(&self) -> Arc<Shown> {
        Arc::new(Shown {
            key: self.identity.as_ref().map(Identity::key),
            asked: self.asked.clone(),
        })
    }
}
