//! Access tokens: how long they live, by what they say themselves, and when they are to be renewed.

mod claims;
pub mod jwt;
mod life;
mod renewal;

pub use claims::unique_name;
pub use life::{Life, life};
pub use renewal::{LEAST_LIFE, renew_after};
