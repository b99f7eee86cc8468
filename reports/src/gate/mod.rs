//! The result of `proofload gate`, rendered.

pub mod annotations;
pub mod console;
pub mod csv;
pub mod junit;
pub mod markdown;
