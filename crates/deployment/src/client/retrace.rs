//! Where a connection came to a stop: the HTTP library makes it in one step, so that its steps are taken once more, one by one.

use crate::handshake::shake_hands;
use crate::{BaseUrl, Way};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::time::timeout;

/// A step that takes longer is the one that hangs. None is asked for more than this.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where the steps of a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// Looking up the name of the target, or of its proxy, takes too long.
    LookUp,
    /// The target, or its proxy, takes no connection in time.
    Connection,
    /// The proxy gives no answer in time.
    Tunnel,
    /// The proxy does not let it through; what it answered.
    Refused(String),
    /// The handshake takes too long.
    Handshake,
    /// No address of this machine that was given is of the family of any of its addresses.
    Family(Vec<IpAddr>),
    /// Nowhere, this time; or for another reason, which is known already.
    Nowhere,
}

/// Takes the steps of a connection for a base URL: looks its name up, connects, asks the proxy, shakes hands.
pub(super) async fn retrace(base: &BaseUrl, way: &Way) -> Stop {
    let found = match timeout(PATIENCE, way.destination(base).look_up()).await {
        Err(_) => return Stop::LookUp,
        Ok(found) => found.unwrap_or_default(),
    };
    if found.is_empty() {
        return Stop::Nowhere;
    }
    if !way.from.is_empty() && !found.iter().any(|address| is_reached_from(address, &way.from)) {
        return Stop::Family(found.iter().map(SocketAddr::ip).collect());
    }
    let mut stream = match timeout(PATIENCE, way.first_of(found)).await {
        Err(_) => return Stop::Connection,
        Ok(Err(_)) => return Stop::Nowhere,
        Ok(Ok(stream)) => stream,
    };
    if !base.is_tls() {
        return Stop::Nowhere;
    }
    if let Some(proxy) = way.proxy() {
        let port = base.url().port_or_known_default().unwrap_or(443);
        match timeout(PATIENCE, proxy.tunnel(&mut stream, base.host(), port)).await {
            Err(_) => return Stop::Tunnel,
            Ok(Err(error)) => return Stop::Refused(answered(&error, &proxy.to_string())),
            Ok(Ok(())) => {}
        }
    }
    match timeout(PATIENCE, shake_hands(base, way, stream)).await {
        Err(_) => Stop::Handshake,
        Ok(_) => Stop::Nowhere,
    }
}

/// Whether one of these addresses of this machine is of its family.
fn is_reached_from(address: &SocketAddr, from: &[IpAddr]) -> bool {
    from.iter().any(|own| own.is_ipv4() == address.is_ipv4())
}

/// What a proxy answered, to be told behind its name.
fn answered(error: &io::Error, proxy: &str) -> String {
    let told = error.to_string();
    let behind = told.strip_prefix(&format!("the proxy {proxy} "));
    let behind = behind.or_else(|| told.strip_prefix("the proxy "));
    behind.map_or_else(|| told.clone(), |behind| format!("it {behind}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Route;
    use crate::client::testing::{dead_port, listen, raw};
    use std::sync::Arc;

    async fn behind(answer: &'static [u8], hold: bool, url: &str) -> Stop {
        let mut way = Way::default();
        way.route = Route::Proxy(Arc::new(raw(answer, hold).await.parse().unwrap()));
        retrace(&BaseUrl::parse(url).unwrap(), &way).await
    }

    #[tokio::test]
    async fn a_proxy_is_told_by_what_it_answers() {
        for (answer, words) in [
            (
                &b"HTTP/1.1 403 Forbidden\r\n\r\n"[..],
                "it answered CONNECT with status 403",
            ),
            (
                b"HTTP/1.1 407 Who?\r\n\r\n",
                "it wants a user name and a password (407)",
            ),
            (
                b"SSH-2.0\r\n\r\n",
                "it answered CONNECT with something that is not HTTP",
            ),
            (b"", "it closed the connection"),
        ] {
            let stop = behind(answer, false, "https://lab.example").await;
            assert!(
                matches!(&stop, Stop::Refused(why) if why.starts_with(words)),
                "{stop:?}"
            );
        }
        // What goes in clear text asks no proxy for a connection.
        assert_eq!(behind(b"", false, "http://lab.example").await, Stop::Nowhere);
    }

    #[tokio::test]
    async fn what_hangs_is_named() {
        let silent = listen(|stream| async move {
            let _held = stream;
            std::future::pending::<()>().await;
        })
        .await;
        let (base, way) = (BaseUrl::parse(&format!("https://{silent}")).unwrap(), Way::default());
        let stops = tokio::join!(
            behind(b"", true, "https://lab.example"),
            behind(b"HTTP/1.1 200 OK\r\n\r\n", true, "https://lab.example"),
            retrace(&base, &way),
        );
        assert_eq!(stops, (Stop::Tunnel, Stop::Handshake, Stop::Handshake));
    }

    #[tokio::test]
    async fn an_own_address_of_another_family_reaches_nothing() {
        let address = dead_port().await;
        let mut way = Way::default();
        way.from = vec!["::1".parse().unwrap()];
        let base = BaseUrl::parse(&format!("http://{address}")).unwrap();
        assert_eq!(retrace(&base, &way).await, Stop::Family(vec![address.ip()]));
        way.from.push("127.0.0.1".parse().unwrap());
        assert_eq!(retrace(&base, &way).await, Stop::Nowhere);
    }
}
