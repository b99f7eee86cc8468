//! The configuration of a target and the secrets beside it, written so that a person can read on from there.

mod configuration;
mod files;
mod names;

pub use configuration::{Entry, Place, Plan, configuration};
pub use files::{WriteError, check, ignore, write};
pub use names::{account_name, target_name, variable};
