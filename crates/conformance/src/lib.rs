//! Conformance: probes x operations x accounts -> cases -> verdicts.
//!
//! `proofload_probing::probe` says how to add a check. [`run`] is the engine; [`list`] says what it would do.
//!
//! What both kinds of checks are made of (requests, findings, context) is `proofload-probing`.
//! Each folder may use those before it in this table (`tests/suite/house/layers.rs` holds it):
//!
//! | folder | what it is |
//! |---|---|
//! | `behaviour/` | sequences over several operations |
//! | `site/` | checks of the deployment as a whole |
//! | `probes/` | checks of one operation |
//! | `evidence/` | what it takes to repeat what was found |
//! | `engine/` | registry, plan, run and verdicts |
//! | `accepted/`, `document` | what is made of a run, and the catalogue of checks |

pub mod accepted;
pub mod behaviour;
pub mod document;
mod engine;
mod evidence;
pub mod probes;
mod site;

pub use engine::plan::PlannedCase;
pub use engine::registry::Registry;
pub use engine::verdict::Observation;
pub use engine::{ConformanceRun, RunError, bad_logins, list, run};
pub use probes::header_probe::{HeaderProbe, Materials, Provocation, Verify};
pub use proofload_deployment::token::jwt;
pub use proofload_probing::context::lent::MOST_A_MINUTE;
pub use proofload_probing::context::options::{BadLogins, ConformanceOptions};
pub use proofload_probing::findings::case_id;
