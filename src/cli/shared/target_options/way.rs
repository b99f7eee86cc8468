//! The proxy that calls to a target go through: as the command line says, or the configuration, or the environment.

use crate::cli::Failure;
use proofload_deployment::{Proxy, Route, Target};
use std::sync::Arc;

/// Says what calls to the target go through; one sentence for the person, where it is a proxy.
///
/// # Errors
/// What somebody said is no proxy.
pub(super) fn route(target: &mut Target, said: Option<&str>) -> Result<Option<String>, Failure> {
    let said_by = match said {
        Some("none") => {
            target.way.route = Route::Direct;
            return Ok(None);
        }
        Some(text) => {
            let proxy: Proxy = text
                .parse()
                .map_err(|error| Failure::usage(format!("--proxy: {error}")))?;
            target.way.route = Route::Proxy(Arc::new(proxy));
            "--proxy"
        }
        None if target.embedded => return Ok(None),
        None => match target.way.route {
            Route::Direct => return Ok(None),
            Route::Proxy(_) => "its configuration",
            Route::Unsaid => {
                let variable = |name: &str| std::env::var(name).ok();
                let found = Proxy::from_environment(&target.base, &variable);
                let Some((proxy, name)) = found.map_err(|(name, error)| {
                    Failure::usage(format!(
                        "the environment variable {name}: {error}; --proxy none does without"
                    ))
                })?
                else {
                    return Ok(None);
                };
                target.way.route = Route::Proxy(Arc::new(proxy));
                name
            }
        },
    };
    let proxy = target.way.proxy().map(ToString::to_string).unwrap_or_default();
    Ok(Some(format!(
        "calls to {} go through the proxy {proxy} ({said_by})",
        target.base
    )))
}
