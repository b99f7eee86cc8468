//! Renderings of results: for a terminal, for CI servers, as Markdown, as tables, and as pages for a browser.
//!
//! Renderings only render: every figure and every verdict comes from `proofload-results`, so that no two formats can disagree.

pub mod capacity;
pub mod certify;
pub mod console;
mod csv;
pub mod evidence;
pub mod gate;
pub mod html;
pub mod junit;
pub mod load;
mod markdown;
pub mod overlay;
pub mod place;
pub mod prometheus;
mod rendering;
pub mod validate;

pub use rendering::{LoadRun, RenderError, Rendering, SealedDossier};
