//! One HTML file for each result: it opens from disk without any network, in light and dark, on a phone and printed.
//!
//! Everything the file needs is inside it, and its content security policy names the hash of every style and script, so
//! that a browser runs nothing else, whatever a hostile server managed to put into a result. Texts from elsewhere go
//! through [`proofload_results::text`] first, are bounded, and are escaped by the templates.

mod assets;
mod capacity;
mod certify;
mod chart;
mod evidence;
mod gate;
mod load;
mod objective;
mod overlay;
mod page;
mod table;
mod units;
mod validate;
mod verdict;

pub use capacity::render as capacity;
pub use certify::render as certify;
pub use gate::render as gate;
pub use load::{LiveRun, render as load, shell as live_shell};
pub use overlay::{MAX_RUNS, Overlaid, render as overlay};
pub use page::titled;
pub use validate::render as validate;
