//! The sentence a case checks, and the id that is made of its name.

use proofload_contract::{Severity, Source};

/// What a probe checks: the name that stands in case ids, one sentence, and where that sentence is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clause {
    /// The part of a case id behind the slash, in kebab case, e.g. `tampered-signature`.
    pub name: &'static str,
    /// The clause, one sentence that is true of a right deployment.
    pub text: &'static str,
    /// Where it is known from; its severity follows.
    pub source: Source,
}

/// The id of a case: `<operationId>/<clause>`, with `@<account>` behind it where the account matters.
pub fn case_id(operation: &str, clause: &str, account: Option<&str>) -> String {
    match account {
        Some(account) => format!("{operation}/{clause}@{account}"),
        None => format!("{operation}/{clause}"),
    }
}

impl Clause {
    /// A clause.
    pub const fn new(name: &'static str, source: Source, text: &'static str) -> Self {
        Self { name, text, source }
    }

    /// What a deviation from it is worth.
    pub fn severity(&self) -> Severity {
        self.source.severity()
    }
}
