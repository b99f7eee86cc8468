//! Quantities that cannot hold nonsense, as people write them.

mod rate;
mod share;
pub mod span;

pub use rate::{Rate, RateError};
pub use share::{Share, ShareError};
