//! The HTTP library's clients: those that keep connections and those that do not, for each family of addresses to connect from.

use super::proxied::through;
use super::resolver::Resolver;
use crate::{BaseUrl, Way};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::timeout;

/// Connections idle for longer are not used again: shorter than the keep-alive of any usual server, so that none is
/// closed under a request on its way.
const IDLE: Duration = Duration::from_millis(1500);

/// Where it is not known in this time which family reaches the target, the first may try.
const PATIENCE: Duration = Duration::from_secs(2);

/// The clients for one target.
pub(super) struct Clients {
    /// One for each family of the addresses to connect from, or one alone that connects from where the system chooses.
    pairs: Vec<Pair>,
    /// Which of them reaches the target.
    place: OnceCell<usize>,
}

/// Two clients that connect from the same address.
pub(super) struct Pair {
    from: Option<IpAddr>,
    /// Keeps connections alive between exchanges.
    pub(super) pooled: reqwest::Client,
    /// Opens a connection for each exchange.
    pub(super) fresh: reqwest::Client,
}

impl Clients {
    /// Clients that reach a base URL in a way, with that TLS, and give a connection so much time.
    ///
    /// # Errors
    /// The library takes one of these for wrong.
    pub(super) fn new(
        way: &Way,
        base: &BaseUrl,
        tls: &rustls::ClientConfig,
        connect_timeout: Duration,
    ) -> reqwest::Result<Self> {
        let resolver = Resolver::new(way, base);
        let build = |from: Option<IpAddr>, kept: usize| {
            let client = match way.proxy() {
                Some(proxy) => reqwest::Client::builder().proxy(through(proxy)?),
                None => reqwest::Client::builder()
                    .no_proxy()
                    .dns_resolver(Arc::new(resolver.clone())),
            };
            client
                .local_address(from)
                .tls_backend_preconfigured(tls.clone())
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .no_gzip()
                .no_brotli()
                .no_deflate()
                .no_zstd()
                .referer(false)
                .http1_only()
                // Case means nothing to a right server, and hand-written ones expect what curl sends.
                .http1_title_case_headers()
                .tcp_nodelay(true)
                .connect_timeout(connect_timeout)
                .pool_idle_timeout(IDLE)
                .pool_max_idle_per_host(kept)
                .build()
        };
        let pair = |from| -> reqwest::Result<Pair> {
            Ok(Pair {
                from,
                pooled: build(from, usize::MAX)?,
                fresh: build(from, 0)?,
            })
        };
        Ok(Self {
            pairs: own_addresses(&way.from)
                .into_iter()
                .map(pair)
                .collect::<reqwest::Result<_>>()?,
            place: OnceCell::new(),
        })
    }

    /// Those whose address to connect from is of the family that reaches a base URL.
    pub(super) async fn reaching(&self, base: &BaseUrl, way: &Way) -> &Pair {
        let place = match self.pairs.as_slice() {
            [_] => 0,
            pairs => *self.place.get_or_init(|| place(pairs, base, way)).await,
        };
        &self.pairs[place]
    }
}

/// The first address of each family, in the order given.
fn own_addresses(from: &[IpAddr]) -> Vec<Option<IpAddr>> {
    let Some(first) = from.first() else {
        return vec![None];
    };
    let other = from.iter().find(|own| own.is_ipv4() != first.is_ipv4());
    std::iter::once(first).chain(other).copied().map(Some).collect()
}

async fn place(pairs: &[Pair], base: &BaseUrl, way: &Way) -> usize {
    let Ok(Ok(found)) = timeout(PATIENCE, way.destination(base).look_up()).await else {
        return 0;
    };
    let first = found.first().copied();
    let reached = match timeout(PATIENCE, way.first_of(found)).await {
        Ok(Ok(stream)) => stream.peer_addr().ok().or(first),
        _ => first,
    };
    let is_of_family = |pair: &Pair| {
        pair.from
            .zip(reached)
            .is_some_and(|(from, there)| from.is_ipv4() == there.is_ipv4())
    };
    pairs.iter().position(is_of_family).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::Http;
    use crate::Trust;
    use crate::client::testing::{LIMITS, dead_port, http, target};
    use bytes::Bytes;
    use http::{Request, Response};

    async fn from(own: &[&str], base: &str) -> Result<(), String> {
        let mut target = target(base, Trust::System);
        target.way.from = own.iter().map(|own| own.parse().unwrap()).collect();
        let client = Http::new(&target, LIMITS).unwrap();
        let answer = client.send(Request::get("/").body(Bytes::new()).unwrap()).await;
        answer.map(drop).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn the_address_of_the_family_that_reaches_the_target_is_taken() {
        let base = http(|_| Response::new(Bytes::new())).await;
        for own in [&["127.0.0.1"][..], &["::1", "127.0.0.1"], &["127.0.0.1", "::1"], &[]] {
            from(own, &base).await.unwrap();
        }
        let error = from(&["::1"], &base).await.unwrap_err();
        assert_eq!(
            error,
            format!("cannot reach {base} from ::1: it is at 127.0.0.1, and IPv4 and IPv6 do not mix")
        );
        let dead = format!("http://{}", dead_port().await);
        let error = from(&["::1", "127.0.0.1"], &dead).await.unwrap_err();
        assert!(error.contains("connection refused"), "{error}");
    }
}
