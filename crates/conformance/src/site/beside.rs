//! Calls beside the base URL: on another port, or below another prefix of the same host. None of them carries a secret.

use bytes::Bytes;
use http::Request;
use proofload_contract::Source;
use proofload_deployment::client::{Answer, Http, Limits};
use proofload_deployment::{BaseUrl, Target, Trust};
use proofload_probing::context::Context;
use proofload_probing::findings::{Clause, Finding, Stop};

pub(super) const UNPREFIXED: Clause = Clause::new(
    "unprefixed",
    Source::Convention,
    "Behind a path prefix the API answers below that prefix alone: what stands in front guards no other way in.",
);

/// Asked without a token, so that 401 is how the API answers.
pub(super) const RENEWAL: &str = "/api/v1/renewToken";

/// What answers a GET without a token there; none when nothing does. Whose certificate it shows is of no matter, for
/// nothing is told.
pub(super) async fn ask(context: &Context, base: &BaseUrl, path: &str) -> Option<Answer> {
    let target = Target {
        base: base.clone(),
        accounts: Vec::new(),
        signing_key: None,
        trust: Trust::Insecure,
        ..context.target.clone()
    };
    let limits = Limits {
        timeout: context.options.timeout,
        ..Limits::default()
    };
    let http = Http::new(&target, limits).ok()?;
    http.send(Request::get(path).body(Bytes::new()).ok()?).await.ok()
}

/// Whether the API is reached without the prefix of the base URL. A gateway that asks for a token whatever the path is
/// not the API.
pub(super) async fn unprefixed(context: &Context) -> Result<Finding, Stop> {
    let base = &context.target.base;
    if base.prefix().is_empty() {
        return Err(Stop::skip("the base URL has no path prefix"));
    }
    let root = base.with_prefix("");
    let expected = format!("no API at {root}");
    let Some(answer) = ask(context, &root, RENEWAL).await else {
        return Ok(Finding::verdict(true, expected, "no answer there"));
    };
    let nothing = ask(context, &root, "/api/v1/proofload-nothing").await;
    let everywhere = nothing.is_some_and(|nothing| nothing.status == answer.status);
    let status = answer.status.as_u16();
    let reached = status == 401 && !answer.is_html() && !everywhere;
    let observed = if reached {
        "401 there, too, and another status where nothing is".to_owned()
    } else {
        format!("{status} there")
    };
    Ok(Finding::verdict(!reached, expected, observed))
}
