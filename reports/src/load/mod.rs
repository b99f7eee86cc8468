//! The result of `proofload load`, rendered.

pub mod console;
pub mod csv;
pub(crate) mod guards;
pub mod junit;
mod live;
pub(crate) mod machines;
pub mod markdown;
mod phases;
mod progress;

pub use live::live_line;
pub use progress::progress_lines;

#[cfg(test)]
mod tests;
