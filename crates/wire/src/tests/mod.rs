//! Connections against servers written by hand, frame by frame: what HTTP/2 lets a server do, and what it does not.

mod alone;
mod hostile;
mod peer;
mod shared;

use super::addresses::Addresses;
use super::connection::{Answer, Connection};
use super::connector::Connector;
use super::error::WireError;
use super::sharing::Sharing;
use proofload_deployment::{BaseUrl, Destination};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

const GET: &[u8] = b"GET /a HTTP/1.1\r\nhost: h\r\nauthorization: Bearer t\r\n\r\n";

/// Longer than anything here takes on a busy machine, and shorter than anybody waits.
const PATIENCE: Duration = Duration::from_secs(20);
/// What is to run out.
const SHORT: Duration = Duration::from_millis(300);

/// Connects to a server of these tests in clear text.
fn connector(address: SocketAddr, streams: u32) -> Connector {
    let destination = Destination::of(&BaseUrl::parse(&format!("http://{address}")).unwrap(), &[]);
    Connector {
        addresses: Arc::new(Addresses::new([address], destination, false, Vec::new())),
        proxy: None,
        tunnel: None,
        tls: None,
        http2: Some(Sharing::new(streams)),
        body_limit: 100_000,
        keep_alive: true,
    }
}

/// So many users that share what they may.
fn users<const N: usize>(address: SocketAddr, streams: u32) -> [Connection; N] {
    let connector = connector(address, streams);
    std::array::from_fn(|number| Connection::new(connector.clone(), number as u64))
}

async fn call(user: &mut Connection, patience: Duration) -> Result<Answer, WireError> {
    user.exchange(GET, b"", Instant::now() + patience, true).await
}

/// How a call of a user ended, in words.
async fn told(user: &mut Connection) -> String {
    match call(user, PATIENCE).await {
        Ok(answer) => format!("{} {}", answer.status, String::from_utf8_lossy(user.body())),
        Err(error) => format!("{}: {}", error.name(), error.told()),
    }
}
