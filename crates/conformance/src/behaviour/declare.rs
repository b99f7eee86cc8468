//! Cases as families declare them, one function for each source.

use proofload_contract::Source;
use proofload_probing::findings::Clause;
use proofload_probing::probe::Declared;

/// A case from the vendor's two documents.
pub(super) const fn seed(operation: &'static str, name: &'static str, text: &'static str) -> Declared {
    Declared::new(operation, Clause::new(name, Source::Seed, text))
}

/// A case from the vendor's guide.
pub(super) const fn guide(operation: &'static str, name: &'static str, text: &'static str) -> Declared {
    Declared::new(operation, Clause::new(name, Source::Guide, text))
}

/// A case that only convention supports.
pub(super) const fn custom(operation: &'static str, name: &'static str, text: &'static str) -> Declared {
    Declared::new(operation, Clause::new(name, Source::Convention, text))
}

/// A case that is only ever noted.
pub(super) const fn assumed(operation: &'static str, name: &'static str, text: &'static str) -> Declared {
    Declared::new(operation, Clause::new(name, Source::Assumed, text))
}
