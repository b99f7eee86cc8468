//! What a proofload run leaves on disk (the record), and its renderings.
//!
//! Engines hand records to this crate; it never imports them. Renderings only render: every figure is computed
//! before it comes here, so that console, JSON and files can never disagree.

pub mod capacity;
pub mod certify;
pub mod console;
mod csv;
pub mod gate;
pub mod html;
pub mod junit;
pub mod kept;
pub mod load;
pub mod load_console;
pub mod load_csv;
pub mod load_junit;
pub mod load_markdown;
mod markdown;
pub mod objective;
pub mod overlay;
pub mod prometheus;
pub mod record;
pub mod text;
pub mod validate;
