//! Ways round the check: other spellings of the path, other methods, headers that rewrite the request.
//!
//! What such a request is answered is stated nowhere, a single-page application may answer everything with its page, so
//! only one thing is demanded: without a token nobody gets at an operation's content.

use super::page::is_page;
use futures_util::future::{BoxFuture, FutureExt as _};
use http::{HeaderName, Method};
use proofload_contract::Source::{Guide, Seed};
use proofload_contract::{Access, Operation};
use proofload_probing::body::Body;
use proofload_probing::context::Context;
use proofload_probing::fill;
use proofload_probing::findings::{Clause, Finding, Stop};
use proofload_probing::messages::{Draft, Exchange, HeaderLine};
use proofload_probing::probe::{Probe, Subject};

/// A call without a token that looks for a way round the check.
struct Bypass {
    clause: Clause,
    /// Whether the call carries the token of an account that lacks the permission, rather than none.
    denied: bool,
    fits: fn(&Operation) -> bool,
    /// Each variant with its name; the first that gets in is reported.
    bend: fn(Draft) -> Vec<(&'static str, Draft)>,
}

pub(super) fn all() -> Vec<Box<dyn Probe>> {
    let probes = vec![
        Bypass {
            clause: Clause::new(
                "path-spelling",
                Seed,
                "Another spelling of the path does not get round the token.",
            ),
            denied: false,
            fits: |_| true,
            bend: |draft| spellings(&draft),
        },
        Bypass {
            clause: Clause::new(
                "path-suffix",
                Seed,
                "Something behind the path does not get round the token.",
            ),
            denied: false,
            fits: |_| true,
            bend: |draft| suffixes(&draft),
        },
        Bypass {
            clause: Clause::new("head", Seed, "HEAD in place of GET does not get round the token."),
            denied: false,
            fits: |operation| operation.method == Method::GET,
            bend: |draft| vec![("HEAD", draft.method(Method::HEAD))],
        },
        Bypass {
            clause: Clause::new(
                "denied-path-spelling",
                Guide,
                "Another spelling of the path does not get round the permission.",
            ),
            denied: true,
            fits: |operation| matches!(operation.access, Access::Permission { .. }),
            bend: |draft| spellings(&draft),
        },
        Bypass {
            clause: Clause::new(
                "method-override",
                Seed,
                "A method that a header or the query overrides does not get round the token.",
            ),
            denied: false,
            fits: |operation| operation.method == Method::GET,
            bend: |draft| {
                let name = HeaderName::from_static("x-http-method-override");
                // The path may have a POST of its own: with this body nothing comes of it.
                let posted = draft
                    .clone()
                    .method(Method::POST)
                    .body(Body::broken_json())
                    .header(HeaderLine::plain(name, "GET"));
                vec![
                    ("POST with X-HTTP-Method-Override: GET", posted),
                    ("_method in the query", draft.query("_method", "HEAD")),
                ]
            },
        },
        Bypass {
            clause: Clause::new(
                "rewritten-url",
                Seed,
                "A call of an open path whose headers name this one (X-Original-URL) does not get round the token.",
            ),
            denied: false,
            fits: |operation| operation.method == Method::GET,
            bend: |draft| {
                let path = draft.path_and_query();
                let variant = |name: &'static str| {
                    let line = HeaderLine::plain(HeaderName::from_static(name), &path);
                    Draft::new(Method::GET, "/api/v1/authenticate").header(line)
                };
                vec![
                    ("X-Original-URL", variant("x-original-url")),
                    ("X-Rewrite-URL", variant("x-rewrite-url")),
                    ("X-Forwarded-Path", variant("x-forwarded-path")),
                ]
            },
        },
    ];
    probes
        .into_iter()
        .map(|probe| -> Box<dyn Probe> { Box::new(probe) })
        .collect()
}

fn spellings(draft: &Draft) -> Vec<(&'static str, Draft)> {
    let bent = |rewrite: fn(&str) -> String| draft.clone().rewrite_path(rewrite);
    vec![
        ("a slash at the end", bent(|path| format!("{path}/"))),
        ("a double slash at the beginning", bent(|path| format!("/{path}"))),
        ("a double slash within", bent(|path| path.replacen("/v1/", "/v1//", 1))),
        ("upper case", bent(str::to_uppercase)),
        ("an encoded letter", bent(|path| path.replacen("/v1/", "/%76%31/", 1))),
        ("an encoded slash", bent(|path| path.replacen("/v1/", "/v1%2f", 1))),
        ("a path parameter", bent(|path| path.replacen("/v1/", "/v1;a=b/", 1))),
        ("another version", bent(|path| path.replacen("/v1/", "/v2/", 1))),
        ("no version", bent(|path| path.replacen("/v1/", "/", 1))),
    ]
}

fn suffixes(draft: &Draft) -> Vec<(&'static str, Draft)> {
    let bent = |suffix: &'static str| draft.clone().rewrite_path(|path| format!("{path}{suffix}"));
    vec![
        (".json", bent(".json")),
        (";.css", bent(";.css")),
        ("/.", bent("/%2e")),
        ("%00", bent("%00")),
        ("%20", bent("%20")),
        ("/swagger", bent("/swagger")),
    ]
}

impl Probe for Bypass {
    fn clause(&self) -> Clause {
        self.clause
    }

    fn fits(&self, operation: &Operation) -> bool {
        operation.access != Access::Anonymous && (self.fits)(operation)
    }

    fn needs_account(&self) -> bool {
        self.denied
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let purpose = format!("{}/{}", subject.operation.id, self.clause.name);
            let draft = fill::harmless(subject.operation, &mut context.random(&purpose));
            let account = context.accounts().find(|account| !account.may_call(subject.operation));
            if self.denied && account.is_none() {
                return Err(Stop::skip("every account holds the permission"));
            }
            let account = account.filter(|_| self.denied);
            let expected = if self.denied {
                "no content without the permission"
            } else {
                "no content without a token"
            };
            let mut last = None;
            for (variant, draft) in (self.bend)(draft) {
                // A server may refuse to read some of these at all: an answer is not owed.
                let sent = match account {
                    Some(account) => context.send_as(account, draft).await,
                    None => context.send(draft).await,
                };
                let Ok(exchange) = sent else { continue };
                if gets_in(subject.operation, &exchange) {
                    return Ok(Finding::judge(exchange, false, expected).note(variant));
                }
                last = Some(exchange);
            }
            let exchange = last.ok_or_else(|| Stop::untestable("none of the calls was answered"))?;
            Ok(Finding::judge(exchange, true, expected))
        }
        .boxed()
    }
}

/// Whether an answer to a call without a token gives what only a token may: success with anything but a page.
fn gets_in(operation: &Operation, exchange: &Exchange) -> bool {
    let page = is_page(exchange);
    // An answer with no body at all is a success only where the operation itself has none to give.
    let empty = exchange.answer().body.is_empty() && exchange.draft().method_is(&Method::HEAD);
    let says_nothing = exchange.answer().body.is_empty() && !operation.success().content.is_empty();
    exchange.is_success() && !page && (empty || !says_nothing)
}
