//! Whether a port speaks TLS, asked when its plain HTTP makes no sense.

use crate::target::{BaseUrl, Trust};
use rustls::pki_types::ServerName;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// The longest the question may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the port behind `base` answers a TLS handshake. Sends nothing but the handshake, trusts nothing it hears.
pub(super) async fn speaks_tls(base: &BaseUrl) -> bool {
    timeout(PATIENCE, handshake(base)).await.unwrap_or(false)
}

async fn handshake(base: &BaseUrl) -> bool {
    let url = base.url();
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return false;
    };
    // IPv6 addresses wear brackets in URLs and nowhere else.
    let host = host.trim_matches(['[', ']']).to_owned();
    let (Ok(config), Ok(name)) = (Trust::Insecure.client_config(), ServerName::try_from(host.clone())) else {
        return false;
    };
    let Ok(stream) = TcpStream::connect((host.as_str(), port)).await else {
        return false;
    };
    match TlsConnector::from(config).connect(name, stream).await {
        Ok(_) => true,
        // Refused in TLS's own words: it speaks TLS, though not to us.
        Err(error) => matches!(
            error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()),
            Some(rustls::Error::AlertReceived(_))
        ),
    }
}
