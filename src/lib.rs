//! proofload: the proof load for deployments of the eConnect Identities REST API.
//!
//! The map of the house, arrows running one way (`docs/decisions.md` has the reasons):
//!
//! ```text
//! cli -> { conformance, load, capacity, gate, baseline, watch } -> { client, target } -> contract
//! ```

pub mod baseline;
pub mod cli;
pub mod exit;
pub mod progress;
