//! Conformance.

pub mod accepted;
