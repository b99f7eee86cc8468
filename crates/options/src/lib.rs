//! What options hold, as people write it: one reader for each kind of value. And options that are read here and handed on to other
//! machines as they were typed.

mod given;
pub mod values;

pub use given::Given;
