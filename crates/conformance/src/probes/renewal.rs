//! `renewToken`: its documented answer.

use super::login::granted;
use futures_util::future::{BoxFuture, FutureExt as _};
use proofload_contract::{Operation, Source};
use proofload_probing::context::Context;
use proofload_probing::findings::{Clause, Finding, Stop};
use proofload_probing::probe::{Probe, Subject};

pub(super) fn all() -> Vec<Box<dyn Probe>> {
    vec![Box::new(Renewal)]
}

/// Each account renews its token.
struct Renewal;

impl Probe for Renewal {
    fn clause(&self) -> Clause {
        Clause::new(
            "renewal",
            Source::Seed,
            "A valid token is exchanged for a fresh one: 200 with JSON that holds username and token.",
        )
    }

    fn fits(&self, operation: &Operation) -> bool {
        operation.id == "renewToken"
    }

    fn per_account(&self) -> bool {
        true
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let account = subject.account.unwrap_or_else(|| context.main());
            let exchange = context.send_as(account, context.call("renewToken")?).await?;
            Ok(granted(context, exchange, &account.username))
        }
        .boxed()
    }
}
