//! The proxy that exchanges go through.

use crate::Proxy;
use http::HeaderValue;
use secrecy::ExposeSecret as _;

/// The proxy as the HTTP library takes it.
pub(super) fn through(proxy: &Proxy) -> reqwest::Result<reqwest::Proxy> {
    let taken = reqwest::Proxy::all(proxy.to_string())?;
    let Some(authorization) = proxy.authorization() else {
        return Ok(taken);
    };
    let value = HeaderValue::from_str(authorization.expose_secret());
    Ok(value.map_or(taken.clone(), |mut value| {
        value.set_sensitive(true);
        taken.custom_http_auth(value)
    }))
}
