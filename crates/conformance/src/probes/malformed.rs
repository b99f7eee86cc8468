//! Bodies that nobody can parse.

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _};
use http::header::AUTHORIZATION;
use proofload_contract::Source::Convention;
use proofload_contract::{Access, Operation};
use proofload_probing::body::Body;
use proofload_probing::context::Context;
use proofload_probing::fill;
use proofload_probing::findings::{Clause, Finding, Stop};
use proofload_probing::messages::{Draft, Exchange, HeaderLine};
use proofload_probing::probe::{Probe, Subject};
use rand::rngs::StdRng;
use serde_json::Value;

/// What a stack trace looks like, by platform.
const TRACES: [&str; 8] = [
    ".cs:line ",
    "   at Microsoft.",
    "   at System.",
    "Traceback (most recent call last)",
    "goroutine 1 [",
    "thread 'main' panicked",
    "\tat java.",
    "    at Object.<anonymous>",
];

pub(super) fn all() -> Vec<Box<dyn Probe>> {
    vec![Box::new(Malformed), Box::new(StackTrace), Box::new(RefusedFirst)]
}

fn takes_body(operation: &Operation) -> bool {
    operation.request_body.is_some()
}

/// Whether the operation takes a JSON body.
pub(super) fn takes_json(operation: &Operation) -> bool {
    let content = operation.request_body.iter().flat_map(|body| &body.content);
    content.into_iter().any(|media| media.name == "application/json")
}

/// The same call with another body.
fn with_body(context: &Context, operation: &Operation, body: Body) -> Draft {
    fill::harmless(operation, &mut context.random(&format!("{}/malformed", operation.id))).body(body)
}

fn broken(operation: &Operation) -> Body {
    if takes_json(operation) {
        Body::broken_json()
    } else {
        Body::empty_form()
    }
}

async fn sent(context: &Context, operation: &Operation, body: Body) -> Result<Exchange, Stop> {
    as_caller(context, operation, with_body(context, operation, body)).await
}

/// A call that stores nothing; a login with the right password, lest an account be locked by it.
pub(super) fn usual(context: &Context, operation: &Operation, rng: &mut StdRng) -> Draft {
    if operation.access == Access::Anonymous {
        let main = context.main();
        return context.login_request(&main.username, &main.password);
    }
    fill::harmless(operation, rng)
}

/// Sends a call with a good token of somebody who may call the operation; with none where it takes none.
pub(super) async fn as_caller(context: &Context, operation: &Operation, draft: Draft) -> Result<Exchange, Stop> {
    let exchange = if operation.access == Access::Anonymous {
        context.send(draft).await?
    } else {
        let caller = context.caller_of(operation).unwrap_or_else(|| context.main());
        context.send_as(caller, draft).await?
    };
    // Odd as the call may be, a token that comes of it is one.
    if let Some(token) = exchange.json().unwrap_or_default().get("token").and_then(Value::as_str) {
        context.keep_secret(token);
    }
    Ok(exchange)
}

/// A body that breaks off is the caller's mistake.
struct Malformed;

impl Probe for Malformed {
    fn clause(&self) -> Clause {
        Clause::new(
            "malformed-body",
            Convention,
            "A body that cannot be parsed is answered as the caller's mistake: 400.",
        )
    }

    fn fits(&self, operation: &Operation) -> bool {
        takes_body(operation)
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let operation = subject.operation;
            let json = |bytes: &'static [u8]| Body::Raw {
                content_type: "application/json".to_owned(),
                bytes: Bytes::from_static(bytes),
            };
            let mut bodies = vec![("breaks off", broken(operation))];
            if takes_json(operation) {
                bodies.push(("is no JSON", json(b"proofload")));
                bodies.push(("is not UTF-8", json(b"{\"a\": \"\xff\xfe\"")));
            }
            let mut last = Err(Stop::skip("no body to send"));
            for (variant, body) in bodies {
                let exchange = sent(context, operation, body).await?;
                let mistake = exchange.answer().status.is_client_error() && exchange.status() != 401;
                let finding = Finding::judge(exchange, mistake, "400");
                if !finding.holds() {
                    return Ok(finding.note(variant));
                }
                last = Ok(finding);
            }
            last
        }
        .boxed()
    }
}

/// Error bodies that tell how the server is built.
struct StackTrace;

impl Probe for StackTrace {
    fn clause(&self) -> Clause {
        Clause::new(
            "no-stack-trace",
            Convention,
            "An error does not show the server's stack trace.",
        )
    }

    fn fits(&self, operation: &Operation) -> bool {
        takes_body(operation)
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let exchange = sent(context, subject.operation, broken(subject.operation)).await?;
            let body = String::from_utf8_lossy(&exchange.answer().body);
            let shows = TRACES.iter().any(|trace| body.contains(trace));
            let observed = if shows { "a stack trace" } else { "none" };
            Ok(Finding::judge(exchange, !shows, "no stack trace").observed(observed))
        }
        .boxed()
    }
}

/// The caller is looked at before the body.
struct RefusedFirst;

impl Probe for RefusedFirst {
    fn clause(&self) -> Clause {
        Clause::new(
            "authorise-first",
            Convention,
            "Without a good token (401) or the permission (403) a call is refused before its body is looked at.",
        )
    }

    fn fits(&self, operation: &Operation) -> bool {
        // On operations that write, every probe sends such a body.
        takes_body(operation) && !operation.writes && operation.access != Access::Anonymous
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let operation = subject.operation;
            let draft = with_body(context, operation, broken(operation));
            let exchange = context.send(draft.clone()).await?;
            let finding = Finding::judge(exchange, false, "401");
            if finding.status() != Some(401) {
                return Ok(finding.note("without a token"));
            }
            let exchange = context
                .send(draft.header(HeaderLine::plain(AUTHORIZATION, "Bearer garbage")))
                .await?;
            let refused = exchange.status() == 401;
            if !refused {
                return Ok(Finding::judge(exchange, false, "401").note("with a bad token"));
            }
            let Some(denied) = context.accounts().find(|account| !account.may_call(operation)) else {
                return Ok(Finding::judge(exchange, true, "401"));
            };
            let draft = with_body(context, operation, broken(operation));
            let exchange = context.send_as(denied, draft).await?;
            let forbidden = exchange.status() == 403;
            Ok(Finding::judge(
                exchange,
                forbidden,
                "401 without a good token, 403 without the permission",
            )
            .note(format!("account {:?}", denied.name)))
        }
        .boxed()
    }
}
