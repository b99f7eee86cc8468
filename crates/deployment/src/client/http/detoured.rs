//! Exchanges whose connections are made to another place than the base URL names.
//!
//! The HTTP library takes a port that stands in a URL whatever its resolver says. So the port is left out of the URLs, stands in
//! `Host` as it would anyway, and comes with the addresses of the resolver.

use crate::{BaseUrl, Way};
use http::HeaderValue;
use http::header::{HOST, HeaderMap};
use std::sync::Arc;
use url::Url;

/// Another place for the connections to a host and port.
#[derive(Debug)]
pub(super) struct Detoured {
    base: BaseUrl,
}

impl Detoured {
    /// The detour that connections for a base URL take, if they take one.
    pub(super) fn of(way: &Way, base: &BaseUrl) -> Option<Arc<Self>> {
        let is_taken = way.proxy().is_none() && way.detours.iter().any(|detour| detour.is_taken_by(base));
        is_taken.then(|| Arc::new(Self { base: base.clone() }))
    }

    /// Leaves the port out of a URL of that host and port, and says in `Host` what would have been said.
    pub(super) fn take(&self, url: &mut Url, headers: &mut HeaderMap) {
        let own = self.base.url();
        let is_own = url.host_str() == own.host_str() && url.port_or_known_default() == own.port_or_known_default();
        let Some(port) = url.port().filter(|_| is_own) else {
            return;
        };
        let host = format!("{}:{port}", url.host_str().unwrap_or_default());
        if let Ok(host) = HeaderValue::from_str(&host)
            && url.set_port(None).is_ok()
        {
            headers.entry(HOST).or_insert(host);
        }
    }
}
