//! The shell around every report: head, content security policy, landmarks, foot.

use super::assets;
use super::chart::Charts;
use super::units::{SHORT, shown};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// What a page is about.
#[derive(Debug)]
pub(super) struct Page<'a> {
    /// The command whose result it shows.
    pub(super) command: &'a str,
    /// The title of the window; escaped here.
    pub(super) title: &'a str,
    /// What the skip link and the contents lead to: id and name.
    pub(super) sections: &'a [(&'a str, &'a str)],
}

/// Id and name of the parts of a page that have something to show.
pub(super) fn present<'a>(parts: &[(&'a str, &'a str, Option<Markup>)]) -> Vec<(&'a str, &'a str)> {
    let shown = parts.iter().filter(|(_, _, part)| part.is_some());
    shown.map(|(id, name, _)| (*id, *name)).collect()
}

impl Page<'_> {
    /// The whole file.
    pub(super) fn render(&self, body: &Markup) -> String {
        self.render_with(body, &Charts::default())
    }

    /// The whole file, with the charts that its figures stand for.
    pub(super) fn render_with(&self, body: &Markup, charts: &Charts) -> String {
        self.shell(body, (!charts.is_empty()).then_some(charts), false)
    }

    /// A page to which its server sends what it is to show, until there is no more.
    pub(super) fn render_live(&self, body: &Markup) -> String {
        self.shell(body, Some(&Charts::default()), true)
    }

    fn shell(&self, body: &Markup, charts: Option<&Charts>, live: bool) -> String {
        let foot_of_paper = paper(self.command, self.title);
        let (mut styles, mut scripts) = (vec![assets::THEME, foot_of_paper.as_str()], vec![assets::PAGE_SCRIPT]);
        if charts.is_some() {
            // Before ours, which changes some of it.
            styles.insert(0, assets::UPLOT_STYLE);
            scripts.extend([assets::UPLOT, assets::CHARTS_SCRIPT]);
        }
        if live {
            scripts.push(assets::LIVE_SCRIPT);
        }
        let markup = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy(&styles, &scripts, live));
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="referrer" content="no-referrer";
                    title { (self.title) }
                    @for style in &styles { style { (PreEscaped(style)) } }
                }
                body {
                    a.skip href="#main" { "Skip to the result" }
                    header.top {
                        div.wide {
                            span.brand { "proofload" } " " span.command { (self.command) }
                            @if live { span.live role="status" { "connecting" } button.save type="button" hidden { "Save the report" } }
                            nav aria-label="Sections" {
                                @for (id, name) in self.sections { a href={ "#" (id) } { (name) } }
                            }
                        }
                    }
                    main #main tabindex="-1" { (body) }
                    (foot(charts.is_some(), live))
                    @if let Some(charts) = charts { (charts.island()) }
                    @for script in &scripts { script { (PreEscaped(script)) } }
                }
            }
        };
        markup.into_string()
    }
}

/// A page of ours under a name of its own, in the window's title and at its top; anything else as it is.
pub fn titled(page: String, title: &str) -> String {
    const BEHIND: &str = "<nav aria-label=\"Sections\">";
    let parts = page
        .split_once("<title>")
        .and_then(|(head, rest)| Some((head, rest.split_once("</title>")?.1)));
    let Some((head, rest)) = parts.filter(|(head, _)| head.starts_with("<!DOCTYPE html>")) else {
        return page;
    };
    let name = html! { (shown(title, SHORT)) }.into_string();
    let rest = rest.replacen(BEHIND, &format!("<span class=\"title\">{name}</span>{BEHIND}"), 1);
    format!("{head}<title>{name}</title>{rest}")
}

/// What stands at the foot of each sheet, so that one that was parted from the others can be told.
fn paper(command: &str, title: &str) -> String {
    let mut text = String::new();
    for c in format!("proofload {command} · {title}").chars() {
        if c.is_ascii_alphanumeric() || c == ' ' {
            text.push(c);
        } else {
            // Whatever a server may have put into a name ends neither the string nor the style.
            let _ = write!(text, "\\{:x} ", u32::from(c));
        }
    }
    format!("@media print {{ @page {{ @bottom-left {{ content: \"{text}\"; font-size: 8pt; color: #444b57; }} }} }}")
}

fn foot(has_charts: bool, live: bool) -> Markup {
    html! {
        footer.bottom {
            div.wide {
                p {
                    "Written by proofload " (env!("CARGO_PKG_VERSION")) ". "
                    @if live { "This page is fed each second by the run that it shows, and asks nobody else." }
                    @else { "This file holds everything it shows and loads nothing from anywhere." }
                }
                @if has_charts {
                    noscript { p { "The charts need scripts; every figure of the verdict stands in a table as well." } }
                    details {
                        summary { "Charts drawn by " (assets::UPLOT_NAME) ", under the MIT licence" }
                        pre { (assets::UPLOT_LICENCE) }
                    }
                }
            }
        }
    }
}

/// Nothing may be loaded, and only the styles and scripts of this very file count.
fn policy(styles: &[&str], scripts: &[&str], live: bool) -> String {
    format!(
        "default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'{}",
        hashes(styles),
        hashes(scripts),
        if live { "; connect-src 'self'" } else { "" }
    )
}

fn hashes(sources: &[&str]) -> String {
    let hash = |source: &&str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(source)));
    sources.iter().map(hash).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_the_name_that_it_was_given() {
        let page = Page {
            command: "validate",
            title: "Passed: lab\"}</style>",
            sections: &[("a", "A")],
        };
        let page = page.render(&html! { p { "x" } });
        assert!(page.contains(r"Passed\3a  lab\22 \7d \3c \2f style\3e "), "{page}");
        let titled = titled(page, "Site <North>");
        assert_eq!(titled.matches("Site &lt;North&gt;").count(), 2, "{titled}");
        assert!(!titled.contains("<title>Passed"));
        assert_eq!(super::titled("# Report".to_owned(), "x"), "# Report");
    }
}
