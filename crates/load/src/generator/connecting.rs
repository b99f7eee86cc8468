//! How a run reaches its target: addresses, TLS, and file descriptors enough.

use crate::error::LoadError;
use crate::options::LoadOptions;
use proofload_deployment::Target;
use proofload_wire::{Addresses, Connector, Sharing, Tunnel};
use std::sync::Arc;
use tokio_rustls::TlsConnector;

/// A body of an answer longer than this is an error.
const BODY_LIMIT: u64 = 64 * 1024 * 1024;
/// File descriptors that a run needs beside one for each user.
const SPARE_DESCRIPTORS: u64 = 80;

/// Makes connections to the target, or to the proxy that it is reached through: looks the name up, and reads what TLS needs.
///
/// # Errors
/// The name is not known, or what TLS needs is wrong.
pub(crate) async fn connector(target: &Target, options: &LoadOptions) -> Result<Connector, LoadError> {
    let url = target.base.url();
    let host = url
        .host_str()
        .unwrap_or_default()
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned();
    let port = url.port_or_known_default().unwrap_or(80);
    let resolve = |host: &str, why: String| LoadError::Resolve {
        host: host.to_owned(),
        why,
    };
    // Where there is a proxy, it looks the name up, and connections are made to it: users are spread over no address of its.
    let way = &target.way;
    let destination = way.destination(&target.base);
    let found = destination
        .look_up()
        .await
        .map_err(|error| resolve(&destination.host, error.to_string()))?;
    let spread = options.spread && way.proxy().is_none();
    let addresses = Addresses::new(found, destination, spread, way.from.clone());
    if addresses.all().is_empty() {
        let why = if way.from.is_empty() {
            "it has no address"
        } else {
            "it has no address of the family of those to connect from"
        };
        return Err(resolve(&host, why.to_owned()));
    }
    let tls = if target.base.is_tls() {
        let mut config = (*target.trust.client_config(way)?).clone();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        if options.http2.is_some() {
            config.alpn_protocols.insert(0, b"h2".to_vec());
        }
        let name = host
            .clone()
            .try_into()
            .map_err(|_| resolve(&host, "no certificate can carry that name".to_owned()))?;
        Some((TlsConnector::from(Arc::new(config)), name))
    } else {
        None
    };
    Ok(Connector {
        addresses: Arc::new(addresses),
        proxy: way.proxy().cloned(),
        tunnel: target.base.is_tls().then(|| Tunnel {
            host: host.clone(),
            port,
        }),
        // A proxy that takes requests as they stand takes them in HTTP/1.1.
        http2: (options.http2)
            .filter(|_| tls.is_some() || way.proxy().is_none())
            .map(Sharing::new),
        tls,
        body_limit: BODY_LIMIT,
        keep_alive: options.keep_alive,
    })
}

/// Says before the run when there are not enough file descriptors, and raises the limit where it may be raised.
#[cfg(unix)]
pub(crate) fn check_descriptors(users: u64) -> Result<(), LoadError> {
    let needed = users + SPARE_DESCRIPTORS;
    let Ok((soft, hard)) = rlimit::Resource::NOFILE.get() else {
        return Ok(());
    };
    if soft >= needed {
        return Ok(());
    }
    let raised = rlimit::increase_nofile_limit(needed).unwrap_or(soft);
    if raised >= needed {
        return Ok(());
    }
    Err(LoadError::TooFewDescriptors {
        users,
        needed,
        allowed: raised,
        hard,
    })
}

/// Elsewhere sockets are not counted against a limit of files.
#[cfg(not(unix))]
pub(crate) fn check_descriptors(_: u64) -> Result<(), LoadError> {
    Ok(())
}
