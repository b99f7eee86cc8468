//! Conformance: probes x operations x accounts -> cases -> verdicts.
//!
//! [`probe`] says how to add a check. [`run`] is the engine; [`list`] says what it would do.
//!
//! Each folder may use those before it in this table (`tests/suite/house/layers.rs` holds it):
//!
//! | folder | what it is |
//! |---|---|
//! | `messages/` | one request and its answer, and how both are shown without secrets |
//! | `findings/` | the clause a case checks, what was found, and why it was not judged |
//! | `context/` | what checks work with: target, contract, accounts, the one way to send |
//! | `probe/` | the two extension points |
//! | `behaviour/` | sequences over several operations |
//! | `probes/` | checks of one operation |
//! | `site/` | checks of the deployment as a whole |
//! | `evidence/` | what it takes to repeat what was found |
//! | `engine/` | registry, plan, run and verdicts |
//! | `accepted/`, `document` | what is made of a run, and the catalogue of checks |

pub mod accepted;
pub mod behaviour;
mod body;
mod context;
pub mod document;
mod engine;
mod evidence;
pub mod fill;
mod findings;
mod logins;
mod messages;
pub mod probe;
pub mod probes;
mod site;

pub use body::{Body, Part};
pub use context::Context;
pub use context::options::ConformanceOptions;
pub use engine::plan::PlannedCase;
pub use engine::registry::Registry;
pub use engine::verdict::Observation;
pub use engine::{ConformanceRun, RunError, list, run};
pub use findings::{Cause, Clause, Finding, Stop, case_id};
pub use logins::Login;
pub use messages::{Draft, Exchange, HeaderLine, shell};
pub use probe::{Declared, Probe, Sequence, Sheet, Stage, Subject};
pub use probes::header_probe::{HeaderProbe, Materials, Provocation, Verify};
pub use proofload_deployment::token::jwt;
