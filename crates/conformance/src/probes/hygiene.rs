//! What is not there, and methods that are not there: refused cleanly, whoever asks.

use super::page::is_page;
use futures_util::future::{BoxFuture, FutureExt as _};
use http::Method;
use http::header::ALLOW;
use proofload_contract::Source::Convention;
use proofload_contract::{Access, Operation};
use proofload_probing::body::Body;
use proofload_probing::context::Context;
use proofload_probing::fill;
use proofload_probing::findings::{Cause, Clause, Finding, Stop};
use proofload_probing::messages::Exchange;
use proofload_probing::probe::{Probe, Subject};

pub(super) fn all() -> Vec<Box<dyn Probe>> {
    vec![
        Box::new(UnknownMethod { token: false }),
        Box::new(UnknownMethod { token: true }),
        Box::new(Allow),
        Box::new(UnknownPath),
    ]
}

/// `PATCH`, which no path of this API has.
struct UnknownMethod {
    token: bool,
}

async fn patched(context: &Context, operation: &Operation, token: bool) -> Result<Exchange, Stop> {
    let mut rng = context.random(&format!("{}/unknown-method", operation.id));
    let draft = fill::harmless(operation, &mut rng)
        .method(Method::PATCH)
        .body(Body::broken_json());
    if token {
        let caller = context.caller_of(operation);
        let caller = caller.ok_or_else(|| Stop::skip(format!("no account holds {}", operation.access)))?;
        context.send_as(caller, draft).await
    } else {
        context.send(draft).await
    }
}

impl Probe for UnknownMethod {
    fn clause(&self) -> Clause {
        if self.token {
            Clause::new(
                "unknown-method",
                Convention,
                "A method that the path does not have is refused with 405 (RFC 9110, 15.5.6) even with a good token.",
            )
        } else {
            Clause::new(
                "unknown-method-no-token",
                Convention,
                "A method that the path does not have, without a token, is refused and breaks nothing.",
            )
        }
    }

    fn fits(&self, operation: &Operation) -> bool {
        !self.token || operation.access != Access::Anonymous
    }

    fn needs_account(&self) -> bool {
        self.token
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let exchange = patched(context, subject.operation, self.token).await?;
            let status = exchange.status();
            // A page comes from a front, or is what a single-page application answers to everything.
            let page = is_page(&exchange);
            let (holds, expected) = if self.token {
                let kept_out = page && (status == 200 || exchange.answer().status.is_client_error());
                (matches!(status, 400 | 405 | 415 | 501) || kept_out, "405")
            } else {
                let refused = exchange.answer().status.is_client_error() || status == 501;
                (refused || (page && status == 200), "a refusal")
            };
            Ok(Finding::judge(exchange, holds, expected).of_refusal())
        }
        .boxed()
    }
}

/// `Allow` on 405.
struct Allow;

impl Probe for Allow {
    fn clause(&self) -> Clause {
        Clause::new(
            "allow",
            Convention,
            "A 405 names the methods that the path does have in Allow (RFC 9110, 15.5.6).",
        )
    }

    fn fits(&self, operation: &Operation) -> bool {
        operation.access != Access::Anonymous
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let exchange = patched(context, subject.operation, true).await?;
            if let Some(who) = context.front(&exchange) {
                let status = exchange.status();
                context.swallowed(who.clone(), status);
                return Err(Stop::Skip(Cause::Front { who, status }));
            }
            if exchange.status() != 405 {
                return Err(Stop::skip("an unknown method is not answered 405 here"));
            }
            if is_page(&exchange) {
                return Err(Stop::skip("a page is the answer, and so not the application's own"));
            }
            let method = subject.operation.method.as_str();
            let allow = exchange.header(ALLOW).unwrap_or_default().to_owned();
            let named = allow.split(',').any(|name| name.trim().eq_ignore_ascii_case(method));
            let observed = if allow.is_empty() {
                "no Allow".to_owned()
            } else {
                format!("Allow: {}", context.redacted(&allow))
            };
            Ok(Finding::judge(exchange, named, format!("Allow with {method}")).observed(observed))
        }
        .boxed()
    }
}

/// A path that is not there.
struct UnknownPath;

impl Probe for UnknownPath {
    fn clause(&self) -> Clause {
        Clause::new(
            "unknown-path",
            Convention,
            "A path below this one that is not there is answered 404, with a good token too.",
        )
    }

    fn fits(&self, operation: &Operation) -> bool {
        // One below each root is enough, and one below a path with ids in it.
        matches!(
            operation.id.as_str(),
            "authenticate" | "profile" | "listTags" | "getPerson"
        )
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let mut rng = context.random(&format!("{}/unknown-path", subject.operation.id));
            let draft = fill::harmless(subject.operation, &mut rng)
                .method(Method::GET)
                .body(Body::Empty)
                .rewrite_path(|path| format!("{path}/proofload/nothing"));
            let exchange = context.send_as_main(draft).await?;
            let holds = matches!(exchange.status(), 404 | 405);
            Ok(Finding::judge(exchange, holds, "404"))
        }
        .boxed()
    }
}
