//! A first look at a deployment, for whoever sets proofload up: what stands there, who may do what, what of this machine would be in
//! the way; and the configuration that says so.
//!
//! | file | what it is |
//! |---|---|
//! | `site`, `certificate` | what an address shows: the API below its prefix, its certificate, its schema, its clock |
//! | `holdings` | what an account may do, found out by calls that change nothing |
//! | `machine` | what this machine limits |
//! | `checks` | all of it, held against a configured target |
//! | `write/` | `proofload.toml` and the secrets beside it, written |
//! | `schemas` | the JSON Schemas of the files that people write |

mod certificate;
mod checks;
mod holdings;
mod machine;
pub mod schemas;
mod site;
pub mod write;

pub use certificate::Certificate;
pub use checks::{Check, State, checks};
pub use holdings::{Holdings, holdings};
pub use machine::{Machine, machine};
pub use site::{Schema, Site, look};
