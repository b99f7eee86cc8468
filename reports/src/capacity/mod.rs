//! The result of `proofload capacity`, rendered.

pub mod console;
pub mod csv;
mod curve;
pub mod junit;
pub mod markdown;
mod progress;

pub use progress::step_line;
