//! What a check checks ([`Clause`]), what it found ([`Finding`]), and why it did not ([`Cause`], [`Stop`]).

mod cause;
mod clause;
mod finding;
pub mod leak;

pub use cause::{Cause, Stop, time_in_words};
pub use clause::{Clause, case_id};
pub use finding::Finding;
pub use finding::{FindingKind, OBSERVED_BODY};
