//! proofload: the proof load for deployments of the eConnect Identities REST API.
//!
//! The map of the house, arrows running one way (`docs/decisions.md` has the reasons):
//!
//! ```text
//! cli -> { conformance, load, capacity, gate, watch } -> { client, target } -> contract
//! cli -> { conformance, load, capacity, gate, baseline, watch } -> { client, target } -> contract
//! ```

pub mod baseline;
pub mod capacity;
pub mod cli;
pub mod client;
pub mod conformance;
pub mod events;
pub mod exit;
pub mod gate;
pub mod halt;
pub mod load;
pub mod nearest;
pub mod pattern;
pub mod target;
pub mod toml_file;
pub mod watch;
