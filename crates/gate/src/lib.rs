//! Gate: baseline and candidate -> three-way verdict.
//!
//! The statistics are a crate of their own, `proofload-gate-statistics`. Here runs are read and held against each
//! other ([`records`]), two live deployments are loaded in turns ([`interleaved`]), and the candidate's answers
//! are held against snapshots ([`drift`]). Which run a branch is held against, [`baseline`] keeps. What comes out is a `proofload.gate/1`.

pub mod baseline;
mod block;
mod comparable;
mod drift;
mod error;
mod explain;
mod interleaved;
mod options;
mod plan;
mod recorded;
mod records;
mod running;
mod turns_record;

pub use drift::{Drift, drift};
pub use error::GateError;
pub use interleaved::{Compared, interleaved};
pub use options::GateOptions;
pub use plan::Interleaved;
pub use proofload_gate_statistics::{Scope, Settings};
pub use records::records;

use proofload_results::gate::Finite;

/// A figure that is one; 0 where it would not be.
fn finite(figure: f64) -> Finite {
    Finite::new((figure * 1e6).round() / 1e6).unwrap_or_default()
}
