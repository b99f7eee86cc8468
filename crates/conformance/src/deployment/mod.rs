//! The deployment as a whole: its certificate, its protocol versions, where and how it listens, what it tells of itself.
//!
//! Nothing here is documented in so many words, so that nothing here fails: what breaks a convention warns, everything
//! else is a note on a passing case. No token and no password is sent.

mod certificate;
mod hello;
mod ports;
mod self_portrait;
mod swagger;
mod tls;

use super::clause::Clause;
use super::context::Context;
use super::finding::{Finding, Stop};
use super::probe::{Declared, Sequence, Sheet};
use futures_util::future::BoxFuture;
use std::time::Duration;
use tokio::time::timeout;

/// What stands for an `operationId` in the cases of this folder.
pub(super) const OPERATION: &str = "deployment";

/// Every sequence of this folder, in the order of the report.
pub(super) fn all() -> Vec<Box<dyn Sequence>> {
    vec![Box::new(Transport), Box::new(Surface)]
}

const fn declared(clause: Clause) -> Declared {
    Declared::new(OPERATION, clause)
}

/// The certificate and the protocol versions: nothing to see on plain HTTP.
struct Transport;

impl Sequence for Transport {
    fn name(&self) -> &'static str {
        "deployment: transport"
    }

    fn cases(&self) -> &'static [Declared] {
        const CASES: &[Declared] = &[
            declared(tls::DATES),
            declared(tls::NAMES),
            declared(tls::CHAIN),
            declared(tls::STRENGTH),
            declared(tls::VERSIONS),
        ];
        CASES
    }

    fn writes(&self) -> bool {
        false
    }

    fn needs_account(&self) -> bool {
        false
    }

    fn run<'a>(&'a self, context: &'a Context, sheet: &'a mut Sheet) -> BoxFuture<'a, Result<(), Stop>> {
        Box::pin(async move {
            if !context.target.base.is_tls() {
                return Err(Stop::Skip("the base URL is plain HTTP".to_owned()));
            }
            report(sheet, tls::VERSIONS, tls::versions(context).await);
            let chain = tls::chain(context).await?;
            report(sheet, tls::DATES, Ok(tls::dates(&chain)));
            report(sheet, tls::NAMES, Ok(tls::names(context, &chain)));
            report(sheet, tls::STRENGTH, Ok(tls::strength(&chain)));
            report(sheet, tls::CHAIN, tls::order(context, &chain).await);
            Ok(())
        })
    }
}

/// What can be seen over HTTP.
struct Surface;

impl Sequence for Surface {
    fn name(&self) -> &'static str {
        "deployment: surface"
    }

    fn cases(&self) -> &'static [Declared] {
        const CASES: &[Declared] = &[
            declared(self_portrait::PREFIX),
            declared(self_portrait::CLOCK),
            declared(self_portrait::HEADERS),
            declared(ports::PORTS),
            declared(swagger::SWAGGER),
        ];
        CASES
    }

    fn writes(&self) -> bool {
        false
    }

    fn needs_account(&self) -> bool {
        false
    }

    fn run<'a>(&'a self, context: &'a Context, sheet: &'a mut Sheet) -> BoxFuture<'a, Result<(), Stop>> {
        Box::pin(async move {
            report(sheet, self_portrait::PREFIX, self_portrait::prefix(context).await);
            report(sheet, self_portrait::CLOCK, self_portrait::clock(context).await);
            report(sheet, self_portrait::HEADERS, self_portrait::headers(context).await);
            report(sheet, ports::PORTS, ports::both(context).await);
            report(sheet, swagger::SWAGGER, swagger::compared(context).await);
            Ok(())
        })
    }
}

fn report(sheet: &mut Sheet, clause: Clause, found: Result<Finding, Stop>) {
    sheet.report(OPERATION, clause.name, found.unwrap_or_else(Finding::from));
}

/// Waits for `future`, no longer than for any other exchange.
async fn bounded<T>(context: &Context, future: impl Future<Output = T>) -> Result<T, Stop> {
    let limit: Duration = context.options.timeout;
    timeout(limit, future)
        .await
        .map_err(|_| Stop::Untestable(format!("no handshake within {} s", limit.as_secs_f64())))
}

#[cfg(test)]
mod tests;
