//! What every rendering for terminals shares: how it may look ([`Style`]), and tables that fit ([`Table`]).

mod style;
mod surroundings;
mod table;

pub use style::{Style, Tone};
pub use surroundings::{may_colour, may_leave_ascii};
pub use table::{Column, Table};
