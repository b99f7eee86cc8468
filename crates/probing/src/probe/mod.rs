//! The two extension points: probes of one operation, and sequences over several.
//!
//! To add a check:
//!
//! * **One operation, one question** (what happens with this header, this account): implement [`Probe`], or write a
//!   `HeaderProbe` of `proofload-conformance` constant when only the `Authorization` header differs, and list it in
//!   `probes::all` of `proofload-conformance`. It becomes a case on every operation it [fits](Probe::fits).
//! * **Behaviour that takes several calls** (create, list, delete): implement [`Sequence`] in `behaviour/`, and list it in
//!   `behaviour::all` of `proofload-conformance`. It declares every case it decides beforehand, so that `--list` and
//!   `--only` know them, and reports each on its [`Sheet`].
//!
//! Everything a check needs is on the [`Context`](crate::Context): it sends, holds tokens and accounts, builds requests
//! from the contract, and knows what the target permits. A check never sends on another way, or secrets would not be
//! redacted.

mod declared;
mod operation;
mod sequence;
mod sheet;

pub use declared::Declared;
pub use operation::{Probe, Stage, Subject};
pub use sequence::Sequence;
pub use sheet::Sheet;
