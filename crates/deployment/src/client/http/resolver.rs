//! Looks names up for the HTTP library, so that its connections go to an address that answers.
//!
//! The library asks the addresses of a family one after the other, each for its share of the time-out: a dead first one would cost
//! every new connection seconds. So where a name has several, which of them answers first is found out beforehand, and again after
//! a while.

use crate::{BaseUrl, Destination, Race, Way, families_in_turn};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// What was found holds for so long.
const FRESH: Duration = Duration::from_secs(30);
/// Where none answered in this time, the library may try them all the same.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the HTTP library asks.
#[derive(Debug, Clone)]
pub(super) struct Resolver(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// The host that base URLs name.
    host: String,
    /// Where it really is.
    destination: Destination,
    /// Addresses of this machine to connect from.
    from: Vec<IpAddr>,
    /// The addresses in the order in which they are to be tried, and when that was found out. Whoever asks meanwhile waits.
    known: Mutex<Option<(Instant, Vec<SocketAddr>)>>,
}

impl Resolver {
    /// A resolver for connections to a base URL.
    pub(super) fn new(way: &Way, base: &BaseUrl) -> Self {
        Self(Arc::new(Inner {
            host: base.host().to_owned(),
            destination: way.destination(base),
            from: way.from.clone(),
            known: Mutex::new(None),
        }))
    }
}

impl Inner {
    async fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        let mut known = self.known.lock().await;
        if let Some((since, addresses)) = &*known
            && since.elapsed() < FRESH
        {
            return Ok(addresses.clone());
        }
        let addresses = self.in_order(self.destination.look_up().await?).await;
        *known = Some((Instant::now(), addresses.clone()));
        Ok(addresses)
    }

    /// The address that answers first, then the others; those that did not answer in time come last.
    async fn in_order(&self, found: Vec<SocketAddr>) -> Vec<SocketAddr> {
        if found.len() < 2 {
            return found;
        }
        let order = families_in_turn(found.iter().copied().enumerate().collect());
        let until = tokio::time::Instant::now() + PATIENCE;
        let Race {
            won, failed, no_way, ..
        } = Race::run(&order, &self.from, 0, until).await;
        let won = won.map(|(place, _)| place);
        let mut places: Vec<usize> = (0..found.len()).collect();
        places.sort_by_key(|place| (Some(*place) != won, failed.contains(place), no_way.contains(place)));
        places.into_iter().map(|place| found[place]).collect()
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let inner = self.0.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = if name.as_str() == inner.host {
                inner.addresses().await?
            } else {
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect()
            };
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Detour;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn an_address_that_answers_comes_before_one_that_does_not() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let base = BaseUrl::parse(&format!("http://lab.example:{port}")).unwrap();
        // Nothing listens on that port of the other addresses.
        let mut way = Way::default();
        way.detours.extend(Detour::resolve(&format!(
            "lab.example:{port}:127.0.0.9,127.0.0.8,127.0.0.1"
        )));
        let resolver = Resolver::new(&way, &base);
        for _ in 0..2 {
            let found = resolver.resolve("lab.example".parse().unwrap()).await.unwrap();
            let found: Vec<String> = found.map(|address| address.ip().to_string()).collect();
            assert_eq!(found, ["127.0.0.1", "127.0.0.9", "127.0.0.8"]);
        }
    }
}
