//! Paths in other letters: ASP.NET Core matches routes in any case, and clients have come to rely on it.

use super::malformed::{as_caller, usual};
use super::page::is_page;
use futures_util::future::{BoxFuture, FutureExt as _};
use proofload_contract::Source::Convention;
use proofload_contract::{Operation, ParameterPlace};
use proofload_probing::context::Context;
use proofload_probing::findings::{Clause, Finding, Stop};
use proofload_probing::probe::{Probe, Subject};

/// A call of the path in capitals. The base URL stays as it is, for it belongs to whoever stands in front.
pub(super) struct PathCase;

impl Probe for PathCase {
    fn clause(&self) -> Clause {
        Clause::new(
            "path-case",
            Convention,
            "A path in capitals leads to the same operation, as routes of ASP.NET Core do.",
        )
    }

    fn fits(&self, operation: &Operation) -> bool {
        // With made-up ids in it, a path that is not there and a thing that is not there look alike.
        let addressed = |place| operation.parameters.iter().any(|parameter| parameter.place == place);
        !addressed(ParameterPlace::Path)
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let operation = subject.operation;
            let mut rng = context.random(&format!("{}/path-case", operation.id));
            let draft = usual(context, operation, &mut rng);
            let capitals = draft.clone().rewrite_path(str::to_uppercase);
            let exchange = as_caller(context, operation, capitals).await?;
            let expected = "as in the documented spelling";
            if !matches!(exchange.status(), 404 | 405) {
                return Ok(Finding::judge(exchange, true, expected));
            }
            if is_page(&exchange) {
                return Err(Stop::skip(
                    "a page is the answer to the path in capitals, and so not the application's own",
                ));
            }
            let plain = as_caller(context, operation, draft).await?;
            let same = plain.status() == exchange.status();
            let observed = format!(
                "{}, and {} in the documented spelling",
                exchange.status(),
                plain.status()
            );
            Ok(Finding::judge(exchange, same, expected).observed(observed))
        }
        .boxed()
    }
}
