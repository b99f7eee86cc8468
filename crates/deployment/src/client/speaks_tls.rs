//! Whether a port speaks TLS, asked when its plain HTTP makes no sense.

use crate::{BaseUrl, HandshakeError, Way, handshake};
use std::time::Duration;
use tokio::time::timeout;

/// The longest the question may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the port behind `base` answers a TLS handshake. Sends nothing but the handshake, trusts nothing it hears.
pub(super) async fn speaks_tls(base: &BaseUrl, way: &Way) -> bool {
    matches!(
        timeout(PATIENCE, handshake(base, way, &[])).await,
        Ok(Ok(_) | Err(HandshakeError::Refused(_)))
    )
}
