//! A case that a sequence says beforehand it will decide.

use crate::findings::{Clause, case_id};

/// A case that a sequence decides.
#[derive(Debug, Clone, Copy)]
pub struct Declared {
    /// The `operationId` that gets the blame, or `deployment` for what belongs to no operation.
    pub operation: &'static str,
    /// What is checked.
    pub clause: Clause,
}

impl Declared {
    /// A case of `operation`.
    pub const fn new(operation: &'static str, clause: Clause) -> Self {
        Self { operation, clause }
    }

    /// The id of the case.
    pub fn id(&self) -> String {
        case_id(self.operation, self.clause.name, None)
    }
}
