//! Figures with their machine value beside what a person reads.
//!
//! Every figure stands in a `<data value=…>` element whose value is the very number of the JSON report, in its unit.

use crate::text;
use maud::{Markup, html};

/// The most characters of a short text from elsewhere: an id, a name, a status.
pub(super) const SHORT: usize = 300;
/// The most characters of a sentence from elsewhere.
pub(super) const SENTENCE: usize = 1_200;

/// A text from elsewhere, on one line and bounded.
pub(super) fn shown(from_elsewhere: &str, max_chars: usize) -> String {
    text::line(&text::clip(from_elsewhere, max_chars))
}

/// A count, in groups of three digits.
pub(super) fn count(figure: u64) -> Markup {
    html! { data value=(figure) { (grouped(figure)) } }
}

/// Digits in groups of three, as in `12 345`, with narrow spaces that do not break.
pub(super) fn grouped(figure: u64) -> String {
    let digits = figure.to_string();
    let mut out = String::with_capacity(digits.len() * 2);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// `1 case`, `2 cases`.
pub(super) fn of(figure: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(figure as u64), if figure == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_in_threes() {
        for (figure, text) in [(0, "0"), (999, "999"), (1_000, "1 000"), (1_234_567, "1 234 567")] {
            assert_eq!(grouped(figure).replace('\u{202f}', " "), text);
        }
    }
}
