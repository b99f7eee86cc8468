//! The deployment as a whole: its certificate, its protocol versions, where and how it listens, what it tells of itself.
//!
//! Little of it is documented in so many words: what breaks a convention warns, most else is a note on a passing case. That
//! calls are answered at all is what everything documented rests on, and fails. No token and no password is sent.

mod beside;
mod bounded;
mod certificate;
mod group;
mod hello;
mod ports;
mod reliability;
mod self_portrait;
mod swagger;
mod tls;

pub(crate) use group::OPERATION;
pub(crate) use reliability::RELIABILITY;

use futures_util::future::FutureExt as _;
use group::{Check, Group};
use proofload_probing::probe::Sequence;
use reliability::Reliability;

/// The certificate and the protocol versions: nothing to see on plain HTTP.
const TRANSPORT: [Check; 5] = [
    Check::new(tls::DATES, |look| {
        async move { Ok(tls::dates(look.chain().await?)) }.boxed()
    }),
    Check::new(tls::NAMES, |look| {
        async move { Ok(tls::names(look.context, look.chain().await?)) }.boxed()
    }),
    Check::new(tls::CHAIN, |look| {
        async move { tls::order(look.context, look.chain().await?).await }.boxed()
    }),
    Check::new(tls::STRENGTH, |look| {
        async move { Ok(tls::strength(look.chain().await?)) }.boxed()
    }),
    Check::new(tls::VERSIONS, |look| tls::versions(look.context).boxed()),
];

/// What can be seen over HTTP.
const SURFACE: [Check; 6] = [
    Check::new(self_portrait::PREFIX, |look| {
        self_portrait::prefix(look.context).boxed()
    }),
    Check::new(self_portrait::CLOCK, |look| self_portrait::clock(look.context).boxed()),
    Check::new(self_portrait::HEADERS, |look| {
        self_portrait::headers(look.context).boxed()
    }),
    Check::new(beside::UNPREFIXED, |look| beside::unprefixed(look.context).boxed()),
    Check::new(ports::PORTS, |look| ports::both(look.context).boxed()),
    Check::new(swagger::SWAGGER, |look| swagger::compared(look.context).boxed()),
];

/// Every sequence of this folder, in the order of the report.
pub(super) fn all() -> Vec<Box<dyn Sequence>> {
    vec![Box::new(transport()), Box::new(surface()), Box::new(Reliability::new())]
}

fn transport() -> Group {
    Group::over_tls("deployment: transport", &TRANSPORT)
}

fn surface() -> Group {
    Group::new("deployment: surface", &SURFACE)
}

#[cfg(test)]
mod tests;
