//! The result of `proofload load`, rendered.

pub mod console;
pub mod csv;
pub(crate) mod guards;
pub mod junit;
pub mod markdown;

#[cfg(test)]
mod tests;
