//! What a family plays with: calls that watch over the common cases, and a list of what must be removed again.

use super::common;
use super::settling;
use futures_util::future::join_all;
use http::Method;
use proofload_deployment::Account;
use proofload_probing::context::Context;
use proofload_probing::findings::{Cause, Finding, Stop};
use proofload_probing::messages::{Draft, Exchange};
use proofload_probing::probe::Sheet;
use serde_json::Value;
use std::time::Instant;

/// How often it is tried at most to remove what was stored, when the server does not answer.
const REMOVALS: usize = 3;

/// What a family plays with.
pub(super) struct Play<'a> {
    pub(super) context: &'a Context,
    sheet: &'a mut Sheet,
    clean_up: Vec<(&'static str, Draft)>,
    /// When something was stored last.
    stored: Option<Instant>,
}

impl<'a> Play<'a> {
    pub(super) fn new(context: &'a Context, sheet: &'a mut Sheet) -> Self {
        Self {
            context,
            sheet,
            clean_up: Vec::new(),
            stored: None,
        }
    }

    /// Reports a case of this family. Others' cases are theirs to decide.
    pub(super) fn report(&mut self, operation: &str, probe: &str, finding: Finding) {
        self.sheet.report(operation, probe, finding);
    }

    /// Reports one of the cases that fit many operations, if it is one of this operation and family.
    fn report_common(&mut self, operation: &str, probe: &str, finding: Finding) {
        if self.sheet.is_own(operation, probe) {
            self.sheet.report(operation, probe, finding);
        }
    }

    /// Reports a case that one exchange decides.
    pub(super) fn judge(
        &mut self,
        operation: &str,
        probe: &str,
        exchange: &Exchange,
        holds: bool,
        expected: &str,
        observed: impl Into<String>,
    ) {
        let finding = Finding::judge(exchange.clone(), holds, expected);
        let observed = observed.into();
        let observed = if observed.is_empty() {
            exchange.observed()
        } else {
            observed
        };
        self.report(operation, probe, finding.observed(observed));
    }

    /// An account that may call the operation.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn caller(&self, operation: &str) -> Result<&'a Account, Stop> {
        let operation = self.context.operation(operation)?;
        self.context.caller_of(operation).ok_or_else(|| {
            Stop::Skip(Cause::NoHolder {
                access: operation.access.clone(),
                operation: Some(operation.id.clone()),
            })
        })
    }

    /// A call of an operation with nothing filled in.
    ///
    /// # Errors
    /// The contract lacks it.
    pub(super) fn draft(&self, operation: &str) -> Result<Draft, Stop> {
        self.context.call(operation)
    }

    /// Goes on only while nobody asked for the end.
    ///
    /// # Errors
    /// The end was asked for.
    pub(super) fn goes_on(&self) -> Result<(), Stop> {
        if self.context.options.halt.asked() {
            return Err(Stop::Untestable(Cause::Interrupted));
        }
        Ok(())
    }

    /// Sends a call that may be refused, and looks only at whether its status is one that can be expected.
    ///
    /// # Errors
    /// Nobody may call it, it stores something where that is not allowed, or it was not answered; the last is reported
    /// where it happened.
    pub(super) async fn attempt(&mut self, operation: &str, draft: Draft) -> Result<Exchange, Stop> {
        let caller = self.caller(operation)?;
        self.attempt_as(caller, operation, draft).await
    }

    /// [`Play::attempt`] as a given account.
    ///
    /// # Errors
    /// As there.
    pub(super) async fn attempt_as(
        &mut self,
        caller: &Account,
        operation: &str,
        draft: Draft,
    ) -> Result<Exchange, Stop> {
        let known = self.context.operation(operation)?;
        let writes = known.writes;
        // Once the end was asked for, nothing more is stored; what only looks goes on where something was, for it finds what
        // must be removed again.
        if !self.context.target.allow.writes || (writes && known.method != Method::DELETE) {
            self.goes_on()?;
        }
        if writes {
            self.context.require_writes()?;
        } else if let Some(stored) = self.stored {
            settling::wait(self.context, stored).await;
        }
        let sent = sent(self.context, caller, draft).await;
        if let Err(Stop::Untestable(cause)) = &sent {
            self.report_common(operation, common::ANSWERS, Finding::untestable(cause.clone()));
            return Err(Stop::skip(format!("{operation} could not be called: {cause}")));
        }
        let exchange = sent?;
        if writes {
            self.stored = Some(Instant::now());
        }
        let finding = common::status(known, &exchange);
        self.report_common(operation, common::STATUSES, finding);
        Ok(exchange)
    }

    /// Sends a proper call, which must succeed, and holds its answer to the common cases.
    ///
    /// # Errors
    /// It did not succeed, which is reported, or was not read to its end; whatever builds on it cannot be tested.
    pub(super) async fn call(&mut self, operation: &str, draft: Draft) -> Result<Exchange, Stop> {
        let caller = self.caller(operation)?;
        self.call_as(caller, operation, draft).await
    }

    /// [`Play::call`] as a given account.
    ///
    /// # Errors
    /// As there.
    pub(super) async fn call_as(&mut self, caller: &Account, operation: &str, draft: Draft) -> Result<Exchange, Stop> {
        let exchange = self.attempt_as(caller, operation, draft).await?;
        self.proper(operation, &exchange)?;
        Ok(exchange)
    }

    /// Holds the answer of a proper call to the common cases.
    ///
    /// # Errors
    /// It was no success, or was not read to its end, so that nothing can be held against it.
    pub(super) fn proper(&mut self, operation: &str, exchange: &Exchange) -> Result<(), Stop> {
        let known = self.context.operation(operation)?;
        let success = common::is_success(known, exchange) && !exchange.is_page();
        if success {
            self.context.succeeded(operation);
        }
        let expected = known.success().status.to_string();
        let answered = Finding::judge(exchange.clone(), success, expected);
        self.report_common(operation, common::ANSWERS, answered);
        if !success {
            let observed = exchange.observed();
            return Err(Stop::skip(format!(
                "{operation} was answered {observed}: see {operation}/{}",
                common::ANSWERS
            )));
        }
        if let Some(finding) = common::content_type(known, exchange) {
            self.report_common(operation, common::CONTENT_TYPE, finding);
        }
        if let Some(finding) = common::schema(known, exchange) {
            self.report_common(operation, common::SCHEMA, finding);
        }
        if let Some(finding) = common::says_something(known, exchange) {
            self.report_common(operation, common::SAYS, finding);
        }
        if exchange.answer().truncated {
            return Err(Stop::skip(format!(
                "{operation} was answered at such length that only the first {} bytes were read",
                exchange.answer().body.len()
            )));
        }
        Ok(())
    }

    /// [`Play::call`] of an operation that lists: the entries.
    ///
    /// # Errors
    /// It did not succeed, or gave no array.
    pub(super) async fn list(&mut self, operation: &str, draft: Draft) -> Result<(Exchange, Vec<Value>), Stop> {
        let exchange = self.call(operation, draft).await?;
        match exchange.json() {
            Some(Value::Array(entries)) => Ok((exchange, entries)),
            // Reported as what it is, and read as what it means.
            Some(Value::Null) => Ok((exchange, Vec::new())),
            _ => Err(Stop::skip(format!(
                "{operation} gave no array: see {operation}/{}",
                common::SCHEMA
            ))),
        }
    }

    /// Remembers a call that removes what was stored; made at the end, the last first.
    pub(super) fn later(&mut self, operation: &'static str, draft: Draft) {
        self.clean_up.push((operation, draft));
    }

    /// Removes what was stored, as many of a kind side by side as the run has lanes: what is of another kind may have to go
    /// first. What cannot be removed is noted; most of it is gone already.
    pub(super) async fn clean_up(&mut self) {
        while let Some((operation, draft)) = self.clean_up.pop() {
            let mut batch = vec![draft];
            while batch.len() < self.context.options.concurrency
                && let Some((_, draft)) = self.clean_up.pop_if(|(next, _)| *next == operation)
            {
                batch.push(draft);
            }
            let Ok(caller) = self.caller(operation) else { continue };
            join_all(
                batch
                    .into_iter()
                    .map(|draft| remove(self.context, caller, operation, draft)),
            )
            .await;
        }
    }
}

/// Removes one thing.
async fn remove(context: &Context, caller: &Account, operation: &str, draft: Draft) {
    // Whoever removes a thing twice finds it gone the second time, which is as good.
    let mut sent_so_far = sent(context, caller, draft.clone()).await;
    for _ in 1..REMOVALS {
        if !sent_so_far.as_ref().is_err_and(Stop::is_lost) {
            break;
        }
        sent_so_far = sent(context, caller, draft.clone()).await;
    }
    let refused = match sent_so_far {
        Ok(exchange) => !exchange.is_success() && !matches!(exchange.status(), 400 | 404 | 410),
        Err(_) => true,
    };
    if refused {
        context.note(format!(
            "Something that this run stored may be left behind: {operation} did not remove it."
        ));
    }
}

/// Sends as an account; a token that is refused is renewed once, for sessions can be lost through nobody's fault.
pub(super) async fn sent(context: &Context, caller: &Account, draft: Draft) -> Result<Exchange, Stop> {
    let exchange = context.send_as(caller, draft.clone()).await?;
    if exchange.status() != 401 {
        return Ok(exchange);
    }
    let login = context.login_again(caller).await?;
    context.send(draft.bearer(&login.token)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ConformanceOptions;
    use proofload_contract::Contract;
    use proofload_deployment::Trust;
    use proofload_deployment::client::testing::{account, target};
    use proofload_deployment::halt::{Halt, Interruption};
    use std::collections::BTreeSet;
    use std::sync::Arc;

    #[tokio::test]
    async fn no_call_is_made_any_more_when_the_end_was_asked_for() {
        let (asker, halt) = Halt::new();
        let options = ConformanceOptions {
            halt,
            ..ConformanceOptions::default()
        };
        let target = target("http://127.0.0.1:1", Trust::System);
        let context = Context::new(&target, Contract::bundled(), &options).unwrap();
        let mut sheet = Sheet::new("some", &[], Arc::new(BTreeSet::new()));
        let mut play = Play::new(&context, &mut sheet);
        assert!(play.goes_on().is_ok());
        asker.ask(Interruption::Terminate);
        let draft = play.draft("listTags").unwrap();
        let stop = play.attempt_as(&account(), "listTags", draft).await.unwrap_err();
        assert!(matches!(stop, Stop::Untestable(Cause::Interrupted)), "{stop:?}");
    }
}
