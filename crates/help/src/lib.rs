//! What a command line tells whoever types it, made from clap's types alone: nothing here knows what a command does.
//!
//! | file | what it is |
//! |---|---|
//! | `groups` | groups and short names of options, the same in every command |
//! | `foreign` | what people type who come from other tools, answered with what does it here |
//! | `manual` | manual pages |

mod foreign;
mod groups;
mod manual;

pub use foreign::advised;
pub use groups::grouped;
pub use manual::{page, write_all};
