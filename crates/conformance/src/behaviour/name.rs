//! Names that no earlier run, and nobody beside this one, has used.

use proofload_probing::context::Context;
use rand::RngExt as _;

/// Digits of the part of a name that is random: short enough for sites that allow forty characters, and for 2^56 names.
const DIGITS: usize = 11;

/// `proofload-<what>-<random>`. The clock has a part in it: with the seed alone, two runs over one deployment would
/// find each other's things.
pub(super) fn unique(context: &Context, what: &str) -> String {
    let now = chrono::Utc::now().timestamp_micros().unsigned_abs();
    let mut left = context.random(what).random::<u64>() ^ now.wrapping_mul(0x9E37_79B9_7F4A_7C15); // Fibonacci hashing
    let mut name = format!("proofload-{what}-");
    for _ in 0..DIGITS {
        name.extend(char::from_digit(u32::try_from(left % 36).unwrap_or_default(), 36));
        left /= 36;
    }
    name
}

/// Text that survives only where nobody escapes, trims, cuts or transcodes it.
pub(super) const AWKWARD: &str = r#"Zoë "Ünï" O'Brien <b>&amp;</b> 100% a+b c/d \ 東京 😀"#;
