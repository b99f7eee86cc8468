//! The result of `proofload load`, rendered.

pub mod console;
pub mod csv;
pub mod junit;
pub mod markdown;

#[cfg(test)]
mod tests;
