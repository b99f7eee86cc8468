//! Names that no earlier run, and nobody beside this one, has used.

use proofload_probing::context::Context;
use rand::RngExt as _;

/// `proofload-<what>-<random>`. The clock has a part in it: with the seed alone, two runs over one deployment would
/// find each other's things.
pub(super) fn unique(context: &Context, what: &str) -> String {
    let now = chrono::Utc::now().timestamp_micros();
    let random = context.random(what).random::<u32>();
    format!("proofload-{what}-{now:x}{random:08x}")
}

/// Text that survives only where nobody escapes, trims, cuts or transcodes it.
pub(super) const AWKWARD: &str = r#"Zoë "Ünï" O'Brien <b>&amp;</b> 100% a+b c/d \ 東京 😀"#;
