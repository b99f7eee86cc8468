//! The shell around every report: head, content security policy, landmarks, foot.

use super::assets;
use super::chart::Charts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

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
        let (mut styles, mut scripts) = (vec![assets::THEME], vec![assets::PAGE_SCRIPT]);
        if !charts.is_empty() {
            // Before ours, which changes some of it.
            styles.insert(0, assets::UPLOT_STYLE);
            scripts.extend([assets::UPLOT, assets::CHARTS_SCRIPT]);
        }
        let markup = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy(&styles, &scripts));
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
                            nav aria-label="Sections" {
                                @for (id, name) in self.sections { a href={ "#" (id) } { (name) } }
                            }
                        }
                    }
                    main #main tabindex="-1" { (body) }
                    (foot(!charts.is_empty()))
                    @if !charts.is_empty() { (charts.island()) }
                    @for script in &scripts { script { (PreEscaped(script)) } }
                }
            }
        };
        markup.into_string()
    }
}

fn foot(has_charts: bool) -> Markup {
    html! {
        footer.bottom {
            div.wide {
                p {
                    "Written by proofload " (env!("CARGO_PKG_VERSION"))
                    ". This file holds everything it shows and loads nothing from anywhere."
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
fn policy(styles: &[&str], scripts: &[&str]) -> String {
    format!(
        "default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        hashes(styles),
        hashes(scripts)
    )
}

fn hashes(sources: &[&str]) -> String {
    let hash = |source: &&str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(source)));
    sources.iter().map(hash).collect::<Vec<_>>().join(" ")
}
