//! A check that takes several calls.

use super::declared::Declared;
use super::sheet::Sheet;
use crate::context::Context;
use crate::findings::Stop;
use futures_util::future::BoxFuture;

/// A check that takes several calls and decides several cases. Where it may not store anything, it skips what would,
/// and tests what only reads all the same.
pub trait Sequence: Send + Sync {
    /// Its name, for documentation, e.g. `tags`.
    fn name(&self) -> &'static str;

    /// Every case it can decide. A case whose operation the contract lacks is left out.
    fn cases(&self) -> &[Declared];

    /// Whether it needs an account to log in with.
    fn needs_account(&self) -> bool {
        true
    }

    /// Whether it is played when all others are over, because it looks at the run as a whole.
    fn comes_last(&self) -> bool {
        false
    }

    /// Plays the sequence and reports each case on the sheet. On `Err`, the cases not yet reported end with that
    /// reason. Whatever it stored, it removes before it returns, on both ways out. Where a call that stores something was
    /// not answered, it is played once more, under names of its own.
    fn run<'a>(&'a self, context: &'a Context, sheet: &'a mut Sheet) -> BoxFuture<'a, Result<(), Stop>>;
}
