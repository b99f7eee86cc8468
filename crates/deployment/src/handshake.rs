//! A TLS handshake for its own sake: what a server shows, before anything is sent to it and whatever it is worth.

use super::tls::{Anything, provider, tls_in_words};
use super::{BaseUrl, Trust, Way};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ProtocolVersion, SupportedProtocolVersion};
use std::io;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What a server showed in a handshake.
#[derive(Debug, Clone)]
pub struct Handshake {
    /// The version agreed on.
    pub version: ProtocolVersion,
    /// The certificates as they were sent, the server's own first.
    pub chain: Vec<CertificateDer<'static>>,
}

/// Why a handshake came to no end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    /// No connection.
    #[error("no connection: {0}")]
    Connection(String),
    /// The server refused in TLS's own words, an alert: it speaks TLS, though not to us.
    #[error("refused: {0}")]
    Refused(String),
    /// Anything else: no TLS at all, or a connection that broke off.
    #[error("{0}")]
    Failed(String),
}

/// Shakes hands with `base`, offering only `versions` (rustls's defaults when empty) and believing any certificate, and
/// hangs up. To be called within a time-out.
///
/// # Errors
/// The handshake came to no end.
pub async fn handshake(
    base: &BaseUrl,
    way: &Way,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<Handshake, HandshakeError> {
    let versions = if versions.is_empty() {
        rustls::DEFAULT_VERSIONS
    } else {
        versions
    };
    let failed = |error: rustls::Error| HandshakeError::Failed(error.to_string());
    let config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(versions)
        .map_err(failed)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anything { provider: provider() }))
        .with_client_cert_resolver(way.shown());
    shake(base, way, Arc::new(config)).await
}

/// Whether `base` would be believed with `trust`; the error says why not. To be called within a time-out.
///
/// # Errors
/// The handshake came to no end, over the certificate or for another reason.
pub async fn handshake_with(base: &BaseUrl, way: &Way, trust: &Trust) -> Result<Handshake, HandshakeError> {
    let config = trust
        .client_config(way)
        .map_err(|error| HandshakeError::Failed(error.to_string()))?;
    shake(base, way, config).await
}

async fn shake(base: &BaseUrl, way: &Way, config: Arc<ClientConfig>) -> Result<Handshake, HandshakeError> {
    let name = server_name(base)?;
    let stream = way
        .connect(base)
        .await
        .map_err(|error| HandshakeError::Connection(error.to_string()))?;
    shake_on(name, stream, config).await
}

/// Shakes hands on a connection that there is, believing any certificate.
pub(crate) async fn shake_hands(base: &BaseUrl, way: &Way, stream: TcpStream) -> Result<Handshake, HandshakeError> {
    let config = Trust::Insecure.client_config(way);
    let config = config.map_err(|error| HandshakeError::Failed(error.to_string()))?;
    shake_on(server_name(base)?, stream, config).await
}

fn server_name(base: &BaseUrl) -> Result<ServerName<'static>, HandshakeError> {
    ServerName::try_from(base.host().to_owned())
        .map_err(|_| HandshakeError::Failed("the host is not a name that TLS can check".to_owned()))
}

async fn shake_on(
    name: ServerName<'static>,
    stream: TcpStream,
    config: Arc<ClientConfig>,
) -> Result<Handshake, HandshakeError> {
    let stream = TlsConnector::from(config)
        .connect(name, stream)
        .await
        .map_err(|error| explained(&error))?;
    let (_, connection) = stream.get_ref();
    Ok(Handshake {
        version: connection.protocol_version().unwrap_or(ProtocolVersion::Unknown(0)),
        chain: connection
            .peer_certificates()
            .unwrap_or_default()
            .iter()
            .map(|certificate| certificate.clone().into_owned())
            .collect(),
    })
}

fn explained(error: &io::Error) -> HandshakeError {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::AlertReceived(alert)) => HandshakeError::Refused(format!("{alert:?}")),
        Some(other) => HandshakeError::Failed(tls_in_words(other)),
        None => HandshakeError::Failed(error.to_string()),
    }
}
