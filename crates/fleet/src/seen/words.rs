//! Other people's words, as they can be shown.

use proofload_results::text;

/// Words of a cluster are no longer than this, in characters.
const MOST: usize = 400;

/// What a cluster said, on one line and of bounded length.
pub(crate) fn shown(words: &str) -> String {
    let joined = words.split_whitespace().collect::<Vec<_>>().join(" ");
    text::line(&text::clip(&joined, MOST))
}
