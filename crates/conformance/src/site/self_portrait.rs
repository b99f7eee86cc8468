//! What the deployment tells of itself in passing: its prefix, its clock, its headers.

use chrono::{DateTime, TimeDelta, Utc};
use http::Method;
use http::header::{DATE, SERVER, STRICT_TRANSPORT_SECURITY};
use proofload_contract::Source;
use proofload_deployment::escaped;
use proofload_probing::context::Context;
use proofload_probing::findings::{Clause, Finding, Stop};
use proofload_probing::messages::{Draft, Exchange};

pub(super) const PREFIX: Clause = Clause::new(
    "prefix",
    Source::Assumed,
    "The API answers below the base URL, /identities in the cloud and none on premise.",
);
pub(super) const CLOCK: Clause = Clause::new(
    "clock",
    Source::Convention,
    "The server's clock agrees with ours to five minutes, which is as far as token checks usually forgive (RFC 9110, 6.6.1).",
);
pub(super) const HEADERS: Clause = Clause::new(
    "headers",
    Source::Assumed,
    "Headers tell no product versions, and HTTPS asks to be kept (HSTS, RFC 6797).",
);

/// As far as token checks usually forgive.
const FORGIVEN: TimeDelta = TimeDelta::minutes(5);

/// The harmless call: renewal without a token.
async fn look(context: &Context) -> Result<Exchange, Stop> {
    context.send(Draft::new(Method::GET, "/api/v1/renewToken")).await
}

pub(super) async fn prefix(context: &Context) -> Result<Finding, Stop> {
    let exchange = look(context).await?;
    let kind = match context.target.base.prefix() {
        "" => "no path prefix, as on premise".to_owned(),
        prefix => format!("the path prefix {prefix}, as behind a reverse proxy"),
    };
    let holds = exchange.status() == 401;
    Ok(Finding::judge(exchange, holds, "401").note(kind))
}

pub(super) async fn clock(context: &Context) -> Result<Finding, Stop> {
    let before = Utc::now();
    let exchange = look(context).await?;
    let after = Utc::now();
    let date = exchange
        .header(DATE)
        .and_then(|text| DateTime::parse_from_rfc2822(text).ok())
        .map(|date| date.with_timezone(&Utc));
    let Some(date) = date else {
        return Ok(Finding::judge(exchange, true, "a Date within 5 minutes")
            .observed("no Date")
            .note("its answers carry no readable Date"));
    };
    // The header tells whole seconds.
    let ahead = (date - after).max(TimeDelta::zero());
    let behind = (before - date - TimeDelta::seconds(1)).max(TimeDelta::zero());
    let observed = if ahead > TimeDelta::zero() {
        format!("{} s ahead", ahead.num_seconds())
    } else {
        format!("{} s behind", behind.num_seconds())
    };
    let holds = ahead <= FORGIVEN && behind <= FORGIVEN;
    Ok(Finding::judge(exchange, holds, "within 5 minutes").observed(observed))
}

pub(super) async fn headers(context: &Context) -> Result<Finding, Stop> {
    let exchange = look(context).await?;
    let mut told = Vec::new();
    let mut tells_version = false;
    for name in [
        SERVER.as_str(),
        "x-powered-by",
        "x-aspnet-version",
        "x-aspnetmvc-version",
    ] {
        if let Some(value) = exchange.header(name) {
            tells_version |= value.chars().any(|c| c.is_ascii_digit());
            told.push(format!("{name}: {}", escaped(value.as_bytes(), 80)));
        }
    }
    let hsts = exchange.header(STRICT_TRANSPORT_SECURITY).is_some();
    let lacks_hsts = context.target.base.is_tls() && !hsts;
    if hsts {
        told.push("HSTS".to_owned());
    } else if lacks_hsts {
        told.push("no HSTS".to_owned());
    }
    let observed = if told.is_empty() {
        "nothing told".to_owned()
    } else {
        told.join("; ")
    };
    Ok(Finding::judge(exchange, !tells_version && !lacks_hsts, "nothing told").observed(observed))
}
