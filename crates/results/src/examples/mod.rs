//! Results made up for tests: one of each kind, with everything in it that a rendering must be able to show.

pub mod capacity;
pub mod certify;
pub mod gate;
pub mod load;
pub mod load_record;
pub mod validate;
