//! The first thing on every page: the verdict in one sentence, and why.

use maud::{Markup, html};
use serde::Serialize;

/// How a result is coloured and marked; the mark and the word say the same as the colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tone {
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// To be looked at.
    Doubtful,
    /// Nothing can be said.
    Unknown,
    /// Left out.
    Quiet,
}

impl Tone {
    /// The class of the styles.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Doubtful => "doubtful",
            Self::Unknown => "unknown",
            Self::Quiet => "quiet",
        }
    }

    /// A sign of its own shape, for those who see no colours.
    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Bad => "✗",
            Self::Doubtful => "!",
            Self::Unknown => "?",
            Self::Quiet => "–",
        }
    }
}

/// A word in its tone.
pub(super) fn badge(tone: Tone, word: &str) -> Markup {
    html! { span class={ "badge " (tone.class()) } { span.mark aria-hidden="true" { (tone.mark()) } " " (word) } }
}

/// What the first screen says.
#[derive(Debug)]
pub(super) struct Banner<'a> {
    /// How it is marked.
    pub(super) tone: Tone,
    /// `Passed`, `Failed`.
    pub(super) word: &'a str,
    /// The verdict in one sentence.
    pub(super) sentence: String,
    /// Why, one sentence each.
    pub(super) reasons: Vec<Markup>,
    /// What was tested, as pairs of name and text.
    pub(super) circumstances: Vec<(&'static str, Markup)>,
}

impl Banner<'_> {
    /// The banner.
    pub(super) fn render(&self) -> Markup {
        html! {
            section class={ "verdict " (self.tone.class()) } aria-labelledby="verdict" {
                div.wide {
                    h1 #verdict {
                        span.seal aria-hidden="true" { (self.tone.mark()) }
                        span.word { (self.word) }
                        span.hidden { ": " }
                        span.sentence { (self.sentence) }
                    }
                    @if !self.reasons.is_empty() {
                        ul.reasons { @for reason in &self.reasons { li { (reason) } } }
                    }
                    dl.circumstances {
                        @for (name, what) in &self.circumstances { div { dt { (name) } dd { (what) } } }
                    }
                }
            }
        }
    }
}
