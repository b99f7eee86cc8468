//! Figures with their machine value beside what a person reads.
//!
//! Every figure stands in a `<data value=…>` element whose value is the very number of the JSON report, in its unit.

use chrono::DateTime;
use maud::{Markup, html};
use proofload_results::text;

/// The most characters of a short text from elsewhere: an id, a name, a status.
pub(super) const SHORT: usize = 300;
/// The most characters of a sentence from elsewhere.
pub(super) const SENTENCE: usize = 1_200;

/// A text from elsewhere, on one line and bounded.
pub(super) fn shown(from_elsewhere: &str, max_chars: usize) -> String {
    text::line(&text::clip(from_elsewhere, max_chars))
}

/// An instant of RFC 3339 to the second, in UTC, as people write it; other texts as they are.
pub(super) fn instant(from_elsewhere: &str) -> Markup {
    let Ok(instant) = DateTime::parse_from_rfc3339(from_elsewhere) else {
        return html! { (shown(from_elsewhere, SHORT)) };
    };
    let shown = instant.to_utc().format("%Y-%m-%d %H:%M:%S UTC").to_string();
    html! { time datetime=(from_elsewhere) { (shown) } }
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

/// Microseconds as milliseconds, without the unit.
pub(super) fn millis(us: u64) -> Markup {
    #[expect(clippy::cast_precision_loss, reason = "shown with three digits or so")]
    let ms = us as f64 / 1e3;
    html! { data value=(us) { (plain(ms)) } }
}

/// A mean of microseconds as milliseconds, without the unit.
pub(super) fn mean_millis(us: f64) -> Markup {
    html! { data value=(us) { (plain(us / 1e3)) } }
}

/// A figure of any kind; `value` stands in the machine's form.
pub(super) fn figure(value: f64) -> Markup {
    html! { data value=(value) { (plain(value)) } }
}

/// A number as tables show it: two decimals below ten, one below a hundred, none above.
pub(super) fn plain(figure: f64) -> String {
    let size = figure.abs();
    if !figure.is_finite() {
        "–".to_owned()
    } else if size < 10.0 {
        format!("{figure:.2}")
    } else if size < 100.0 {
        format!("{figure:.1}")
    } else if size < 1e15 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is smaller than 10^15, and its sign is written apart"
        )]
        let whole = size.round() as u64;
        format!("{}{}", if figure < 0.0 { "-" } else { "" }, grouped(whole))
    } else {
        format!("{figure:e}")
    }
}

/// A whole number that came as a real one, in groups of three digits.
pub(super) fn whole(figure: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it was a count before"
    )]
    let whole = figure.round() as u64;
    grouped(whole)
}

/// A share, 0 to 1, as a percentage.
pub(super) fn percent(share: f64) -> Markup {
    html! { data value=(share) { (format!("{:.2}", share * 100.0)) } " %" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_people_do() {
        for (text, wanted) in [
            (
                "2026-11-22T12:39:20.657249269Z",
                "<time datetime=\"2026-11-22T12:39:20.657249269Z\">2026-11-22 12:39:20 UTC</time>",
            ),
            (
                "2026-11-22T13:39:20+01:00",
                "<time datetime=\"2026-11-22T13:39:20+01:00\">2026-11-22 12:39:20 UTC</time>",
            ),
            ("<now>", "&lt;now&gt;"),
        ] {
            assert_eq!(instant(text).into_string(), wanted);
        }
    }

    #[test]
    fn digits_come_in_threes() {
        for (figure, text) in [(0, "0"), (999, "999"), (1_000, "1 000"), (1_234_567, "1 234 567")] {
            assert_eq!(grouped(figure).replace('\u{202f}', " "), text);
        }
    }

    #[test]
    fn figures_have_as_many_digits_as_can_be_read() {
        for (figure, text) in [
            (0.0, "0.00"),
            (0.316, "0.32"),
            (18.34, "18.3"),
            (250.4, "250"),
            (-1_210.2, "-1\u{202f}210"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(plain(figure), text);
        }
    }
}
