//! Sound variants: what real deployments do otherwise than this mock, and rightly, since the documents leave it open.
//!
//! They are the other half of what a conformance suite is tested against: nobody may be accused of one. All of them work on
//! requests as they come and on answers as they go, so that the server within stays one.

mod ids;
mod json;
mod late;
mod limits;
mod logins;
mod manner;
mod photos;
mod registry;
mod tokens;

pub use registry::Variant;

use crate::answer::Answer;
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use serde_json::Value;
use std::fmt;
use std::fmt::Write as _;
use std::str::FromStr;

/// What part of the server a variant is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// How it refuses.
    Refusals,
    /// What headers say.
    Headers,
    /// How JSON is written.
    Json,
    /// What ids look like.
    Ids,
    /// How times and numbers are kept.
    Values,
    /// What becomes of photos.
    Photos,
    /// What stands in tokens, and how long they are good.
    Tokens,
    /// What bad logins lead to.
    Logins,
    /// When things are found, and how long.
    Time,
    /// What is too long, too large, too small.
    Limits,
}

impl Variant {
    /// Its name, as the command line takes it.
    pub fn name(self) -> &'static str {
        registry::entry(self).name
    }

    /// What is so about it, in a sentence.
    pub fn description(self) -> &'static str {
        registry::entry(self).description
    }

    /// What part of the server it is in.
    pub fn kind(self) -> Kind {
        registry::entry(self).kind
    }

    /// Every variant as the rows of a Markdown table, each with what `outcome` says of it.
    pub fn markdown(outcome: impl Fn(Self) -> String) -> String {
        let mut rows = String::from("| variant | kind | what is so about it | `validate` says |\n|---|---|---|---|\n");
        for variant in Self::ALL {
            let (name, kind, what) = (variant.name(), variant.kind(), variant.description());
            let _ = writeln!(rows, "| `{name}` | {kind} | {what} | {} |", outcome(*variant));
        }
        rows
    }
}

/// No variant has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no sound variant {0:?}")]
pub struct UnknownVariant(String);

impl FromStr for Variant {
    type Err = UnknownVariant;

    fn from_str(name: &str) -> Result<Self, UnknownVariant> {
        let found = Self::ALL.iter().find(|variant| variant.name() == name);
        found.copied().ok_or_else(|| UnknownVariant(name.to_owned()))
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Refusals => "refusals",
            Self::Headers => "headers",
            Self::Json => "JSON",
            Self::Ids => "ids",
            Self::Values => "values",
            Self::Photos => "photos",
            Self::Tokens => "tokens",
            Self::Logins => "logins",
            Self::Time => "time",
            Self::Limits => "limits",
        })
    }
}

/// The variants of one server, and what they remember.
pub(crate) struct Variants {
    chosen: Vec<Variant>,
    ids: ids::Ids,
    late: late::Late,
    logins: logins::Logins,
    tokens: tokens::Faces,
}

impl Variants {
    /// `None` where nothing is chosen: the server answers as it is.
    pub(crate) fn new(chosen: &[Variant]) -> Option<Self> {
        let set = Self {
            chosen: chosen.to_vec(),
            ids: ids::Ids::default(),
            late: late::Late::default(),
            logins: logins::Logins::default(),
            tokens: tokens::Faces::default(),
        };
        (!chosen.is_empty()).then_some(set)
    }

    fn has(&self, variant: Variant) -> bool {
        self.chosen.contains(&variant)
    }

    /// Answers a request: as the server within does, in the manner of the variants.
    pub(crate) fn respond(
        &self,
        request: &Request<Bytes>,
        now_ms: i64,
        within: impl Fn(&Request<Bytes>) -> Answer,
    ) -> Answer {
        let mut inner = request.clone();
        if let Some(refused) = self.arriving(&mut inner, now_ms) {
            return manner::dressed(self, request, refused);
        }
        let answer = within(&inner);
        let mut answer = self.leaving(request, &inner, answer, now_ms);
        if answer.status().is_success() {
            self.each_json(request, &mut answer);
        }
        manner::dressed(self, request, answer)
    }

    /// What is made of a request before the server sees it; an answer, where it sees none of it.
    fn arriving(&self, request: &mut Request<Bytes>, now_ms: i64) -> Option<Answer> {
        if let Some(locked) = logins::refused(self, request, now_ms) {
            return Some(locked);
        }
        if let Some(refused) = tokens::arriving(self, request) {
            return Some(refused);
        }
        ids::arriving(self, request).or_else(|| late::hidden(self, request, now_ms))
    }

    fn leaving(&self, asked: &Request<Bytes>, inner: &Request<Bytes>, mut answer: Answer, now_ms: i64) -> Answer {
        if answer.status().is_success() || answer.status() == StatusCode::NOT_FOUND {
            if let Some(refused) = limits::refused(self, inner).filter(|_| answer.status().is_success()) {
                return refused;
            }
            late::leaving(self, inner, &mut answer, now_ms);
        }
        logins::leaving(self, inner, &answer, now_ms);
        tokens::leaving(self, asked, &mut answer);
        photos::leaving(self, inner, &mut answer);
        answer
    }

    /// Writes JSON anew where a variant says so.
    fn each_json(&self, request: &Request<Bytes>, answer: &mut Answer) {
        let Ok(mut value) = serde_json::from_slice::<Value>(answer.body()) else {
            return;
        };
        let before = value.clone();
        ids::shown(self, &mut value);
        json::reshaped(self, request.uri().path(), &mut value);
        let text = json::written(self, &value);
        if value != before || text.as_bytes() != answer.body().as_ref() {
            *answer.body_mut() = text.into();
        }
    }
}

/// Whether a request is of the method, and its path ends so.
fn is(request: &Request<Bytes>, method: &Method, end: &str) -> bool {
    request.method() == method && request.uri().path().ends_with(end)
}

/// The JSON of a request.
fn sent(request: &Request<Bytes>) -> Value {
    serde_json::from_slice(request.body()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_lead_back() {
        let mut names = HashSet::new();
        for variant in Variant::ALL {
            assert!(names.insert(variant.name()), "{variant} is there twice");
            assert_eq!(Variant::from_str(variant.name()), Ok(*variant));
            assert!(variant.description().ends_with('.'), "{variant}");
        }
        assert!(Variant::ALL.len() >= 40, "{}", Variant::ALL.len());
    }
}
