//! What every rendering for terminals shares: how it may look ([`Style`]), and tables that fit ([`Table`]).

mod style;
mod table;

pub use style::{Style, Tone};
pub use table::{Column, Table};
