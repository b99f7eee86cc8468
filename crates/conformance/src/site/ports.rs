//! The two ports of an on-premise server: HTTPS 5009 and, beside it, HTTP 6009.

use super::beside::{RENEWAL, ask};
use http::header::LOCATION;
use proofload_contract::Source;
use proofload_deployment::BaseUrl;
use proofload_probing::context::Context;
use proofload_probing::findings::{Clause, Finding, Stop};

pub(super) const PORTS: Clause = Clause::new(
    "ports",
    Source::Assumed,
    "On premise the server listens on HTTPS port 5009 and on HTTP port 6009.",
);

const HTTPS: u16 = 5009;
const HTTP: u16 = 6009;

/// Looks at the other port of the two. Whether it should be open is for the owner to say; what answers there should be the
/// same API, or lead to it.
pub(super) async fn both(context: &Context) -> Result<Finding, Stop> {
    let base = &context.target.base;
    let (scheme, port, alone) = match (base.is_tls(), base.url().port()) {
        (true, Some(HTTPS)) => ("http", HTTP, "HTTPS 5009 alone"),
        (false, Some(HTTP)) => ("https", HTTPS, "HTTP 6009 alone"),
        _ => return Err(Stop::skip("the base URL has neither on-premise port")),
    };
    let there = other(base, scheme, port)?;
    let name = format!("{} {port}", scheme.to_uppercase());
    let Some(answer) = ask(context, &there, RENEWAL).await else {
        let note = match scheme {
            "http" => "nothing answers on HTTP 6009",
            _ => "nothing answers on HTTPS 5009, so that passwords and tokens can be read on the way",
        };
        return Ok(Finding::verdict(true, BOTH, alone).note(note));
    };
    let location = answer.headers.get(LOCATION).and_then(|value| value.to_str().ok());
    let seen = Seen {
        status: answer.status.as_u16(),
        page: answer.is_html(),
        leads_to_tls: location.is_some_and(|location| location.starts_with("https://") || location.starts_with('/')),
    };
    Ok(seen.judged(&name))
}

const BOTH: &str = "HTTPS 5009 and HTTP 6009";

/// How the other port answers a call without a token.
struct Seen {
    status: u16,
    page: bool,
    leads_to_tls: bool,
}

impl Seen {
    fn judged(&self, port: &str) -> Finding {
        let Self {
            status,
            page,
            leads_to_tls,
        } = *self;
        let note = match port {
            "HTTP 6009" => "HTTP 6009 answers too: passwords and tokens sent there can be read on the way",
            _ => "HTTPS 5009 answers too: prefer it",
        };
        match status {
            401 => Finding::verdict(true, BOTH, "both open").note(note),
            300..=399 if leads_to_tls => Finding::verdict(true, BOTH, format!("{port} redirects")),
            200..=299 if !page => {
                let finding = Finding::verdict(false, "401 without a token", format!("{status} on {port}"));
                finding
                    .note("the other port asks for no token")
                    .weighed_by(Source::Seed)
            }
            // A page may be anybody's.
            _ if page => Finding::verdict(true, BOTH, format!("a page on {port}")),
            _ => Finding::verdict(false, BOTH, format!("{status} on {port}"))
                .note("it neither is the API nor leads to it")
                .weighed_by(Source::Convention),
        }
    }
}

/// The same host on the other port.
fn other(base: &BaseUrl, scheme: &str, port: u16) -> Result<BaseUrl, Stop> {
    let host = base.url().host_str().unwrap_or_default();
    BaseUrl::parse(&format!("{scheme}://{host}:{port}")).map_err(|error| Stop::untestable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_port_is_the_api_or_leads_to_it() {
        let judged = |status, page, leads_to_tls| {
            let seen = Seen {
                status,
                page,
                leads_to_tls,
            };
            let finding = seen.judged("HTTP 6009");
            (finding.holds(), finding.source)
        };
        for (status, page, leads) in [
            (401, false, false),
            (307, false, true),
            (200, true, false),
            (404, true, false),
        ] {
            assert!(judged(status, page, leads).0, "{status}");
        }
        assert_eq!(judged(200, false, false), (false, Some(Source::Seed)));
        for (status, leads) in [(404, false), (500, false), (302, false)] {
            assert_eq!(
                judged(status, false, leads),
                (false, Some(Source::Convention)),
                "{status}"
            );
        }
    }
}
