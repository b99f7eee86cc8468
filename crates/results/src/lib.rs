//! What runs of proofload leave: every result and record as types, and how they are written and read again.
//!
//! Data only. Engines make these, `proofload-reports` renders them, and neither knows the other: every figure is computed
//! before it comes here, so that console, JSON and pages can never disagree.

pub mod capacity;
pub mod certify;
pub mod course;
pub mod events;
pub mod evidence;
#[cfg(any(test, feature = "examples"))]
pub mod examples;
pub mod figures;
pub mod files;
pub mod gate;
pub mod hash;
pub mod kept;
pub mod load;
pub mod objective;
pub use proofload_contract::plain_file;
pub mod record;
pub mod shell;
pub mod text;
pub mod validate;
pub mod watched;
pub mod whole;
