//! Runs the shards of one load on a Kubernetes cluster and brings their records together. The cluster schedules, starts and watches
//! them; ours are what they do, when they begin, their records as they come in, and the one verdict.
//!
//! | file | what |
//! |---|---|
//! | `plan`, `names`, `share` | what a fleet is to be, checked before anything is sent |
//! | `settings`, `scenario`, `files` | the target and the scenario as the shards find them |
//! | `manifest/` | the Job and what belongs to it, as Kubernetes is told |
//! | `seen/` | what the cluster says of a fleet, in our terms: pure functions |
//! | `muster/` | where a fleet stands and what is to be done next: a state machine without a clock |
//! | `cluster/` | every call that is made of Kubernetes |
//! | `double/` | a double of the API server for the tests, from recorded answers |
//! | `follow`, `conduct`, `run` | the logs, the state machine driven, and the three things that can be done |

mod cluster;
mod conduct;
#[cfg(test)]
mod double;
mod error;
mod files;
mod follow;
mod manifest;
mod muster;
mod names;
mod plan;
mod run;
mod scenario;
mod seen;
mod settings;
mod share;
mod told;

pub use cluster::{Access, Cluster, ClusterError};
pub use conduct::Halts;
pub use error::FleetError;
pub use files::{FOLDER, Files, SECRETS};
pub use manifest::{START_AT, access, pod_patch, printed};
pub use plan::{MOST_SHARDS, OnLost, Plan, PlanError, Spread, WordError};
pub use run::{Outcome, collect, run, stop};
pub use scenario::{ScenarioError, put_scenario};
pub use settings::{TargetError, put_accounts, put_target};
pub use share::check_shares;
pub use told::{Listener, Told};
