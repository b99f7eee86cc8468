//! How a target is reached: the proxy that calls to it go through, as the command line says, or the configuration, or the
//! environment; and other places to connect to, from addresses of our own, with header fields of somebody else's.

use crate::cli::Failure;
use clap::Args;
use proofload_deployment::{Destination, Detour, DetourError, Identity, Proxy, Route, Target, check_own_address};
use proofload_survey::write::Reach;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// How connections are made and what calls carry.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct WayArgs {
    /// Proxy that calls go through, such as `http://proxy.example:3128`; `none` for no proxy whatever the environment says
    /// [default: `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`, but for what `NO_PROXY` lists and this machine]
    #[arg(long, value_name = "URL")]
    pub(super) proxy: Option<String>,
    /// Certificate to show a server that demands one, in PEM
    #[arg(long, value_name = "FILE")]
    pub(super) cert: Option<PathBuf>,
    /// Key of the certificate, in PEM, not encrypted [default: in the file of --cert]
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub(super) key: Option<PathBuf>,
    /// Connect to this address where the base URL has that host and port, such as `lab.example:5009:10.0.0.7`; may be repeated
    #[arg(long, value_name = "HOST:PORT:ADDRESS")]
    pub(super) resolve: Vec<String>,
    /// Connect to the second host and port where the base URL has the first; what is left empty is any, or stays as it is
    #[arg(long, value_name = "HOST:PORT:HOST2:PORT2")]
    pub(super) connect_to: Vec<String>,
    /// Send this header field with every call, such as 'X-Api-Key: abc'; `Host`, too. Secret ones belong in the configuration
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<String>,
    /// Address of this machine to connect from; of several, `load` and `capacity` take all in turn
    #[arg(long, value_name = "ADDRESS")]
    bind: Vec<IpAddr>,
}

impl WayArgs {
    /// Puts them into a target; which proxy its calls go through, in a sentence for the person, and what changes nothing.
    ///
    /// # Errors
    /// One of them is wrong, or cannot go with how the target is reached.
    pub(in crate::cli) fn put_into(&self, target: &mut Target) -> Result<(Option<String>, Vec<String>), Failure> {
        if let Some(cert) = &self.cert {
            let key = self.key.as_ref().unwrap_or(cert);
            target.way.identity = Some(Identity::read(cert, key).map_err(Failure::usage)?);
        }
        let proxy = route(target, self.proxy.as_deref())?;
        let way = &mut target.way;
        for line in &self.header {
            let added = way.headers.add_line(line);
            added.map_err(|error| Failure::usage(format!("--header: {error}")))?;
        }
        for address in &self.bind {
            let checked = check_own_address(*address);
            checked
                .map_err(|error| Failure::usage(format!("--bind {address} is no address of this machine: {error}")))?;
        }
        way.from.clone_from(&self.bind);
        for (option, text, detour) in self.detours() {
            let wrong = |why: &str| Failure::usage(format!("{option} {text}: {why}"));
            let detour = detour.map_err(|error| Failure::usage(format!("{option}: {error}")))?;
            if way.proxy().is_some() {
                return Err(wrong(
                    "calls go through a proxy, which looks names up itself; --proxy none goes without",
                ));
            }
            if target.base.host().parse::<IpAddr>().is_ok() {
                return Err(wrong(
                    "the base URL names an address, for which nothing is looked up; write the other one there",
                ));
            }
            way.detours.push(detour);
        }
        let (all, base) = (&way.detours, &target.base);
        let changes_nothing = |place: &usize| {
            let mut others = all.clone();
            others.remove(*place);
            Destination::of(base, &others) == Destination::of(base, all)
        };
        let unused = (0..all.len()).filter(changes_nothing);
        let unused = unused.map(|place| format!("{} changes nothing for connections to {base}", all[place]));
        Ok((proxy, unused.collect()))
    }

    /// What was typed, in the words of the configuration of a target that carries these header fields.
    pub(in crate::cli) fn reach(&self, target: &Target) -> Reach {
        let bound = self.bind.iter().map(|own| format!("--bind {own}"));
        Reach {
            proxy: self.proxy.clone(),
            cert: self.cert.clone(),
            key: self.key.clone(),
            headers: target.way.headers.names().into_iter().map(str::to_owned).collect(),
            options: self.written_detours(' ').chain(bound).collect(),
        }
    }

    /// Other places to connect to, as they were typed, each behind its option and what stands between.
    pub(super) fn written_detours(&self, between: char) -> impl Iterator<Item = String> + '_ {
        let resolved = self.resolve.iter().map(move |text| format!("--resolve{between}{text}"));
        resolved.chain(
            self.connect_to
                .iter()
                .map(move |text| format!("--connect-to{between}{text}")),
        )
    }

    fn detours(&self) -> impl Iterator<Item = (&'static str, &String, Result<Detour, DetourError>)> {
        let resolved = self
            .resolve
            .iter()
            .map(|text| ("--resolve", text, Detour::resolve(text)));
        let to = self
            .connect_to
            .iter()
            .map(|text| ("--connect-to", text, Detour::connect_to(text)));
        to.chain(resolved)
    }
}

/// Says what calls to the target go through; one sentence for the person, where it is a proxy.
///
/// # Errors
/// What somebody said is no proxy.
fn route(target: &mut Target, said: Option<&str>) -> Result<Option<String>, Failure> {
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
                let variable = |name: &str| std::env::var_os(name);
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
