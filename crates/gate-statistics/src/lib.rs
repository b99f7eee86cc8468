//! Whether a candidate is slower than its baseline, from what was measured second by second.
//!
//! [`Series`] of [`Cell`]s come in, one for each run of an operation; [`measure`] makes [`Evidence`] of two sides, by a
//! block bootstrap; [`judge`] makes verdicts of the evidence of all operations together. Nothing here reads files, knows the
//! time or draws from anything but the seed it is given. The method is described for sceptics in `docs/gate.md`.

mod cells;
mod dependence;
mod drift;
mod estimate;
mod evidence;
mod grid;
mod judge;
mod measure;
mod proportion;
mod quantile;
mod resample;
mod sequential;
mod settings;
mod spread;

pub use cells::{Cell, FEWEST_CELLS, Series};
pub use evidence::Evidence;
pub use judge::{judge, overall, so_far};
pub use measure::{Design, measure};
pub use sequential::Looks;
pub use settings::{Scope, Settings};

use proofload_results::gate::Finite;

/// To nine significant digits: more says nothing, and what is written as JSON reads back as the same number.
fn finite(figure: f64) -> Option<Finite> {
    let rounded = format!("{figure:.8e}").parse().ok()?;
    Finite::new(rounded)
}
