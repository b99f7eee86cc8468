//! How a deployment is reached: directly or through a proxy, and with which certificate of our own.

use crate::tls::Shown;
use crate::{BaseUrl, Identity, Proxy};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::net::TcpStream;

/// How a deployment is reached. Clones share what was learnt on the way.
#[derive(Debug, Clone, Default)]
pub struct Way {
    /// What calls go through.
    pub route: Route,
    /// What we show where the server asks for a certificate.
    pub identity: Option<Identity>,
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
        let (host, port) = (base.host(), base.url().port_or_known_default().unwrap_or(443));
        match self.proxy() {
            Some(proxy) => proxy.connect(host, port).await,
            None => TcpStream::connect((host, port)).await,
        }
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
