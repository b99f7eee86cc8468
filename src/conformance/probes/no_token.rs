//! Calls that present no token at all.

use crate::conformance::clause::Clause;
use crate::conformance::header_probe::{HeaderProbe, Provocation, Verify};
use proofload_contract::Source;

pub(super) fn all() -> Vec<HeaderProbe> {
    vec![HeaderProbe {
        clause: Clause::new(
            "no-token",
            Source::Seed,
            "A call without an Authorization header is refused with 401.",
        ),
        provoke: |_| Ok(Provocation::default()),
        verify: Verify::Refused,
    }]
}
