//! Behaviour that takes several calls: what the facts say an operation does, beyond who may call it.
//!
//! One file per sequence, listed in [`all`].

use super::probe::Sequence;

/// Every sequence, in the order of the report.
pub fn all() -> Vec<Box<dyn Sequence>> {
    Vec::new()
}
