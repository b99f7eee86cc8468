//! The result of `proofload validate`, rendered.

pub mod console;
pub mod csv;
pub mod junit;
pub mod markdown;
pub mod sarif;
