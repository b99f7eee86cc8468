//! Tables that scroll by key and are read aloud with their caption and headings.

use maud::{Markup, html};

/// A table in a box that scrolls sideways when it must; `caption` names it.
pub(super) fn table(caption: &str, head: &Markup, rows: &Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { (caption) }
                thead { (head) }
                tbody { (rows) }
            }
        }
    }
}

/// A part of the page with a heading; nothing of it when it would be empty.
pub(super) fn section(id: &str, title: &str, lead: Option<&str>, content: &Markup) -> Markup {
    let heading = format!("{id}-heading");
    html! {
        section.part #(id) aria-labelledby=(heading) {
            div.wide {
                h2 #(heading) { (title) }
                @if let Some(lead) = lead { p.lead { (lead) } }
                (content)
            }
        }
    }
}
