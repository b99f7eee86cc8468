//! Figures with their machine value beside what a person reads.
//!
//! Every figure stands in a `<data value=…>` element whose value is the very number of the JSON report, in its unit.

use chrono::DateTime;
use maud::{Markup, html};
use proofload_results::figures::{self, grouped, in_table};
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

/// Microseconds as milliseconds, without the unit.
pub(super) fn millis(us: u64) -> Markup {
    #[expect(clippy::cast_precision_loss, reason = "shown with three digits or so")]
    let ms = us as f64 / 1e3;
    html! { data value=(us) { (in_table(ms)) } }
}

/// A mean of microseconds as milliseconds, without the unit.
pub(super) fn mean_millis(us: f64) -> Markup {
    html! { data value=(us) { (in_table(us / 1e3)) } }
}

/// A figure of any kind; `value` stands in the machine's form.
pub(super) fn figure(value: f64) -> Markup {
    html! { data value=(value) { (in_table(value)) } }
}

/// A share, 0 to 1, as a percentage.
pub(super) fn percent(share: f64) -> Markup {
    html! { data value=(share) { (figures::percent(share)) } }
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
}
