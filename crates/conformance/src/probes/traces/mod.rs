//! A write that was refused leaves no trace: looked for afterwards, where writes are allowed.

mod watch;
mod watched;

use futures_util::future::{BoxFuture, FutureExt as _};
use http::header::AUTHORIZATION;
use proofload_contract::{Access, Operation, Source};
use proofload_deployment::Account;
use proofload_probing::context::Context;
use proofload_probing::findings::{Clause, Finding, Stop};
use proofload_probing::messages::{Draft, Exchange, HeaderLine, shell};
use proofload_probing::probe::{Probe, Subject};
use watch::Watch;
use watched::WatchedWrite;

/// Every probe of this folder.
pub(super) fn all() -> Vec<Box<dyn Probe>> {
    vec![Box::new(Unauthenticated), Box::new(Denied)]
}

fn leaves_traces(operation: &Operation) -> bool {
    operation.writes && watch::of(&operation.id).is_some()
}

fn watched(operation: &Operation) -> Result<Watch, Stop> {
    watch::of(&operation.id).ok_or_else(|| Stop::skip("there is no way to see what a write of it has done"))
}

/// A proper write of an account without the permission.
struct Denied;

impl Probe for Denied {
    fn clause(&self) -> Clause {
        Clause::new(
            "denied-write",
            Source::Guide,
            "A proper write of an account that lacks the permission is refused with 403, and nothing of it is stored.",
        )
    }

    fn fits(&self, operation: &Operation) -> bool {
        leaves_traces(operation) && matches!(operation.access, Access::Permission { .. })
    }

    fn per_account(&self) -> bool {
        true
    }

    fn fits_account(&self, operation: &Operation, account: &Account) -> bool {
        !account.may_call(operation)
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            context.require_writes()?;
            let _turn = context.turn.lock().await;
            let account = subject.account.unwrap_or_else(|| context.main());
            let watch = watched(subject.operation)?;
            let write = WatchedWrite::prepare(context, subject.operation, watch, &account.name).await?;
            let write = write.seen(context).await?;
            let refused = match context.send_as(account, write.attempt.clone()).await {
                Ok(exchange) => verdict(context, &write, exchange, 403).await,
                Err(stop) => Err(stop),
            };
            write.tidy(context).await;
            refused
        }
        .boxed()
    }
}

/// A proper write without a token, and with a forged one.
struct Unauthenticated;

impl Probe for Unauthenticated {
    fn clause(&self) -> Clause {
        Clause::new(
            "unauthenticated-write",
            Source::Seed,
            "A proper write without a good token is refused with 401, and nothing of it is stored.",
        )
    }

    fn fits(&self, operation: &Operation) -> bool {
        leaves_traces(operation) && operation.access != Access::Anonymous
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            context.require_writes()?;
            let _turn = context.turn.lock().await;
            let mut last = Err(Stop::skip("nothing was sent"));
            let watch = watched(subject.operation)?;
            for forged in [false, true] {
                let purpose = if forged { "forged" } else { "anonymous" };
                let write = WatchedWrite::prepare(context, subject.operation, watch, purpose).await?;
                let write = write.seen(context).await?;
                let draft = if forged {
                    with_forged_token(context, write.attempt.clone()).await?
                } else {
                    write.attempt.clone()
                };
                let refused = match context.send(draft).await {
                    Ok(exchange) => verdict(context, &write, exchange, 401).await,
                    Err(stop) => Err(stop),
                };
                write.tidy(context).await;
                let finding = refused?;
                if !finding.holds() {
                    return Ok(finding.note(if forged {
                        "with a forged token"
                    } else {
                        "without a token"
                    }));
                }
                last = Ok(finding);
            }
            last
        }
        .boxed()
    }
}

/// For a shell: the signature of `$TOKEN`, from its end to its beginning.
const REVERSED: &str =
    r#"$(printf '%s\n' "${TOKEN##*.}" | awk '{for (i = length($0); i > 0; i--) printf "%s", substr($0, i, 1)}')"#;

/// A good token with another signature.
async fn with_forged_token(context: &Context, draft: Draft) -> Result<Draft, Stop> {
    let login = context.login(context.main()).await?;
    let Some(jwt) = login.jwt() else {
        return Ok(draft.header(HeaderLine::plain(AUTHORIZATION, "Bearer garbage")));
    };
    let signature: String = jwt.signature.chars().rev().collect();
    let token = format!("{}.{signature}", jwt.signing_input());
    let shell_text = format!("Bearer {}.{}", shell("${TOKEN%.*}"), shell(REVERSED));
    let line = HeaderLine::secret(AUTHORIZATION, &format!("Bearer {token}"), shell_text);
    Ok(draft.header(line.made_from(&context.main().name)))
}

/// The status must be right, and nothing may have changed.
async fn verdict(context: &Context, write: &WatchedWrite, exchange: Exchange, status: u16) -> Result<Finding, Stop> {
    let expected = format!("{status}, and nothing stored");
    let refused = exchange.status() == status;
    let trace = write.trace(context).await?;
    let observed = match &trace {
        Some(trace) => format!("{}, and {trace}", exchange.observed()),
        None => exchange.observed(),
    };
    let finding = Finding::judge(exchange, refused && trace.is_none(), expected).observed(observed);
    // Who refuses it does not matter as long as nothing is stored.
    Ok(if trace.is_none() { finding.of_refusal() } else { finding })
}
