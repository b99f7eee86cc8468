//! Baselines: load runs kept in a directory, by scenario and branch, to hold later runs against.
//!
//! ```text
//! baselines/<scenario>/<branch>/<start of the run>-<hash of its run.json>/
//!     run.json latency.hlog counters.jsonl ...    the record, as the run left it
//!     baseline.json                               whose it is: branch, commit, when it was kept
//! ```
//!
//! A baseline appears whole or not at all, and is never changed afterwards. Nothing depends on the times of files, which
//! caches and check-outs do not keep.

mod entry;
mod error;
mod name;
mod prune;
mod store;

pub use entry::{BASELINE_SCHEMA, Baseline, Label};
pub use error::BaselineError;
pub use prune::{Policy, chosen};
pub use store::{Filter, Kept, Store};
