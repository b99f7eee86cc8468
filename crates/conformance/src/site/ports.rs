//! The two ports of an on-premise server: HTTPS 5009 and, beside it, HTTP 6009.

use super::bounded::bounded;
use bytes::Bytes;
use http::Request;
use proofload_contract::Source;
use proofload_deployment::client::{Http, Limits};
use proofload_deployment::{BaseUrl, Target, handshake};
use proofload_probing::context::Context;
use proofload_probing::findings::{Clause, Finding, Stop};

pub(super) const PORTS: Clause = Clause::new(
    "ports",
    Source::Assumed,
    "On premise the server listens on HTTPS port 5009 and on HTTP port 6009.",
);

const HTTPS: u16 = 5009;
const HTTP: u16 = 6009;

/// Looks at the other port of the two. Whether it should be open is for the owner to say.
pub(super) async fn both(context: &Context) -> Result<Finding, Stop> {
    let base = &context.target.base;
    let expected = "HTTPS 5009 and HTTP 6009";
    match (base.is_tls(), base.url().port()) {
        (true, Some(HTTPS)) => {
            let answers = speaks_http(context, &other(base, "http", HTTP)?).await;
            let observed = if answers { "both open" } else { "HTTPS 5009 alone" };
            let note = if answers {
                "HTTP 6009 answers too: passwords and tokens sent there can be read on the way"
            } else {
                "nothing answers on HTTP 6009"
            };
            Ok(Finding::verdict(true, expected, observed).note(note))
        }
        (false, Some(HTTP)) => {
            let there = other(base, "https", HTTPS)?;
            let answers = bounded(context, handshake(&there, &[]))
                .await
                .is_ok_and(|shown| shown.is_ok());
            let observed = if answers { "both open" } else { "HTTP 6009 alone" };
            let note = if answers {
                "HTTPS 5009 answers too: prefer it"
            } else {
                "nothing answers on HTTPS 5009, so that passwords and tokens can be read on the way"
            };
            Ok(Finding::verdict(true, expected, observed).note(note))
        }
        _ => Err(Stop::skip("the base URL has neither on-premise port")),
    }
}

/// The same host on the other port.
fn other(base: &BaseUrl, scheme: &str, port: u16) -> Result<BaseUrl, Stop> {
    let host = base.url().host_str().unwrap_or_default();
    BaseUrl::parse(&format!("{scheme}://{host}:{port}")).map_err(|error| Stop::untestable(error.to_string()))
}

/// Whether anything there answers in HTTP. No account's secrets are near: the target is one without accounts.
async fn speaks_http(context: &Context, base: &BaseUrl) -> bool {
    let target = Target {
        base: base.clone(),
        accounts: Vec::new(),
        signing_key: None,
        ..context.target.clone()
    };
    let limits = Limits {
        timeout: context.options.timeout,
        ..Limits::default()
    };
    let (Ok(http), Ok(request)) = (
        Http::new(&target, limits),
        Request::get("/api/v1/renewToken").body(Bytes::new()),
    ) else {
        return false;
    };
    http.send(request).await.is_ok()
}
