//! The configuration of a target and the secrets beside it, written so that a person can read on from there.

mod configuration;
mod files;
mod known;
mod names;
mod reach;
mod told;

pub use configuration::{Entry, Place, Plan, configuration, located};
pub use files::{WriteError, check, ignore, write};
pub use known::{Asked, Known, KnownError, entries, known};
pub use names::{account_name, target_name, variable};
pub use reach::Reach;
pub use told::told;
