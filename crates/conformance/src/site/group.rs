//! Checks of the deployment as a whole, as tables: a clause, and what looks whether it holds.

use super::tls::{self, Chain};
use futures_util::future::BoxFuture;
use proofload_probing::context::Context;
use proofload_probing::findings::{Clause, Finding, Stop};
use proofload_probing::probe::{Declared, Sequence, Sheet};
use tokio::sync::OnceCell;

/// What stands for an `operationId` in the cases of the deployment.
pub(crate) const OPERATION: &str = "deployment";

/// What the checks of a group look at.
pub(super) struct Look<'a> {
    pub(super) context: &'a Context,
    chain: OnceCell<Result<Chain, Stop>>,
}

impl Look<'_> {
    /// The certificates that the server shows, asked for once.
    ///
    /// # Errors
    /// There was no handshake.
    pub(super) async fn chain(&self) -> Result<&Chain, Stop> {
        let chain = self.chain.get_or_init(|| tls::chain(self.context)).await;
        chain.as_ref().map_err(Clone::clone)
    }
}

/// One check.
pub(super) struct Check {
    clause: Clause,
    look: for<'l> fn(&'l Look<'_>) -> BoxFuture<'l, Result<Finding, Stop>>,
}

impl Check {
    pub(super) const fn new(
        clause: Clause,
        look: for<'l> fn(&'l Look<'_>) -> BoxFuture<'l, Result<Finding, Stop>>,
    ) -> Self {
        Self { clause, look }
    }
}

/// Checks that look at the same thing.
pub(super) struct Group {
    name: &'static str,
    checks: &'static [Check],
    cases: Vec<Declared>,
    needs_tls: bool,
}

impl Group {
    pub(super) fn new(name: &'static str, checks: &'static [Check]) -> Self {
        Self {
            name,
            checks,
            cases: checks
                .iter()
                .map(|check| Declared::new(OPERATION, check.clause))
                .collect(),
            needs_tls: false,
        }
    }

    /// A group with nothing to see on plain HTTP.
    pub(super) fn over_tls(name: &'static str, checks: &'static [Check]) -> Self {
        Self {
            needs_tls: true,
            ..Self::new(name, checks)
        }
    }
}

impl Sequence for Group {
    fn name(&self) -> &'static str {
        self.name
    }

    fn cases(&self) -> &[Declared] {
        &self.cases
    }

    fn needs_account(&self) -> bool {
        false
    }

    fn run<'a>(&'a self, context: &'a Context, sheet: &'a mut Sheet) -> BoxFuture<'a, Result<(), Stop>> {
        Box::pin(async move {
            if self.needs_tls && !context.target.base.is_tls() {
                return Err(Stop::skip("the base URL is plain HTTP"));
            }
            let look = Look {
                context,
                chain: OnceCell::new(),
            };
            for check in self.checks {
                let found = (check.look)(&look).await;
                sheet.report(OPERATION, check.clause.name, found.unwrap_or_else(Finding::from));
            }
            Ok(())
        })
    }
}
