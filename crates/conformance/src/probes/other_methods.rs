//! Methods that HTTP has and the path has not.
//!
//! A product may well have more operations than its guide tells of, so that what such a call is answered says nothing,
//! unless the server fails over it.

use super::malformed::as_caller;
use super::odd_input::failed;
use futures_util::future::{BoxFuture, FutureExt as _};
use http::Method;
use proofload_contract::Operation;
use proofload_contract::Source::Convention;
use proofload_probing::body::Body;
use proofload_probing::context::Context;
use proofload_probing::fill;
use proofload_probing::findings::{Clause, Finding, Stop};
use proofload_probing::probe::{Probe, Subject};

/// Every standard method but DELETE, which nobody should try on a path that is not known to have it.
const METHODS: [Method; 5] = [Method::GET, Method::PUT, Method::POST, Method::HEAD, Method::OPTIONS];

/// A call with each method that the path is not documented to have.
pub(super) struct OtherMethods;

impl Probe for OtherMethods {
    fn clause(&self) -> Clause {
        Clause::new(
            "other-methods",
            Convention,
            "A method that the path is not documented to have is no cause for a server error.",
        )
    }

    fn fits(&self, _: &Operation) -> bool {
        true
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let operation = subject.operation;
            let draft = fill::harmless(
                operation,
                &mut context.random(&format!("{}/other-methods", operation.id)),
            );
            let mut last = Err(Stop::skip("the path has every method"));
            for method in missing(context, operation) {
                let body = match method {
                    Method::PUT | Method::POST => Body::broken_json(),
                    _ => Body::Empty,
                };
                let draft = draft.clone().method(method.clone()).body(body).harmless();
                let exchange = as_caller(context, operation, draft).await?;
                let wrong = failed(&exchange);
                let finding = Finding::judge(exchange, !wrong, "no server error");
                if wrong {
                    return Ok(finding.note(method.as_str()));
                }
                last = Ok(finding);
            }
            last
        }
        .boxed()
    }
}

/// The methods that no operation of the path has. Where operations share a path, each tries its share of them.
fn missing(context: &Context, operation: &Operation) -> Vec<Method> {
    let sharing: Vec<&Operation> = context
        .contract
        .operations()
        .iter()
        .filter(|other| other.path == operation.path)
        .collect();
    let mine = sharing
        .iter()
        .position(|other| other.id == operation.id)
        .unwrap_or_default();
    let missing = METHODS
        .into_iter()
        .filter(|method| sharing.iter().all(|other| other.method != *method));
    let count = sharing.len();
    missing
        .enumerate()
        .filter_map(|(at, method)| (at % count == mine).then_some(method))
        .collect()
}
