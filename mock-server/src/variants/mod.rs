//! Sound variants: what real deployments do otherwise than this mock, and rightly, since the documents leave it open.
//!
//! They are the other half of what a conformance suite is tested against: nobody may be accused of one. All of them work on
//! requests as they come and on answers as they go, so that the server within stays one.

mod cache;
mod fields;
mod headers;
mod ids;
mod json;
mod late;
mod limits;
mod logins;
mod photos;
mod refusals;
mod registry;
mod search;
mod sessions;
mod shapes;
mod texts;
mod tokens;
pub(crate) mod transport;
mod unstated;
mod values;
mod written;

pub use registry::Variant;

use crate::accounts::SeededAccount;
use crate::answer::Answer;
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use serde_json::Value;
use std::fmt;
use std::fmt::Write as _;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

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
    /// How texts are kept.
    Texts,
    /// How answers come.
    Transport,
    /// What a search takes to be alike.
    Search,
    /// What answers say where the documents name their status alone.
    Unstated,
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
            Self::Texts => "texts",
            Self::Transport => "transport",
            Self::Search => "search",
            Self::Unstated => "unstated",
        })
    }
}

/// The variants of one server, and what they remember.
pub(crate) struct Variants {
    chosen: Vec<Variant>,
    cache: cache::Cache,
    ids: ids::Ids,
    late: late::Late,
    logins: logins::Logins,
    sessions: sessions::Sessions,
    tokens: tokens::Faces,
    count: AtomicU64,
}

impl Variants {
    /// `None` where nothing is chosen: the server answers as it is.
    pub(crate) fn new(chosen: &[Variant]) -> Option<Self> {
        let set = Self {
            chosen: chosen.to_vec(),
            cache: cache::Cache::default(),
            ids: ids::Ids::default(),
            late: late::Late::default(),
            logins: logins::Logins::default(),
            sessions: sessions::Sessions::default(),
            tokens: tokens::Faces::default(),
            count: AtomicU64::new(0),
        };
        (!chosen.is_empty()).then_some(set)
    }

    /// How long tokens live, where the variants have it otherwise.
    pub(crate) fn token_lifetime(chosen: &[Variant]) -> Option<Duration> {
        tokens::lifetime(chosen)
    }

    /// How long tokens are taken after their end, where the variants have it otherwise.
    pub(crate) fn token_leeway(chosen: &[Variant]) -> Option<Duration> {
        tokens::leeway(chosen)
    }

    fn has(&self, variant: Variant) -> bool {
        self.chosen.contains(&variant)
    }

    /// A number that is given out once.
    fn counted(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    /// Answers a request: as the server within does, in the manner of the variants. `token_of` makes a token of an account's.
    pub(crate) fn respond(
        &self,
        request: &Request<Bytes>,
        now_ms: i64,
        token_of: impl Fn(&SeededAccount) -> String,
        within: impl Fn(&Request<Bytes>) -> Answer,
    ) -> Answer {
        if let Some(kept) = cache::kept(self, request, now_ms) {
            return kept;
        }
        let mut inner = request.clone();
        let mut answer = match self.arriving(&mut inner, now_ms) {
            Some(refused) => refused,
            None => self.leaving(request, &inner, self.answered(&inner, now_ms, token_of, within), now_ms),
        };
        if answer.status().is_success() {
            self.each_json(request, &mut answer);
        }
        unstated::said(self, request, &mut answer);
        self.dress(request, &mut answer, now_ms);
        cache::keep(self, request, &answer, now_ms);
        answer
    }

    fn answered(
        &self,
        request: &Request<Bytes>,
        now_ms: i64,
        token_of: impl Fn(&SeededAccount) -> String,
        within: impl Fn(&Request<Bytes>) -> Answer,
    ) -> Answer {
        if let Some(refused) = limits::refused(self, request, now_ms) {
            // Who calls is looked at first, with a body that nothing comes of.
            let mut bare = request.clone();
            *bare.body_mut() = Bytes::from_static(b"{");
            let answer = within(&bare);
            let let_in = answer.status().is_success() || answer.status() == StatusCode::BAD_REQUEST;
            return if let_in { refused } else { answer };
        }
        let answer = search::answered(self, request, &within).unwrap_or_else(|| within(request));
        refusals::unknown_first(self, request, &answer, token_of, within).unwrap_or(answer)
    }

    /// What is made of a request before the server sees it; an answer, where it sees none of it.
    fn arriving(&self, request: &mut Request<Bytes>, now_ms: i64) -> Option<Answer> {
        limits::unread(self, request)
            .or_else(|| refusals::arriving(self, request))
            .or_else(|| logins::refused(self, request, now_ms))
            .or_else(|| tokens::arriving(self, request))
            .or_else(|| {
                ids::arriving(self, request);
                texts::arriving(self, request);
                limits::arriving(self, request);
                late::hidden(self, request, now_ms)
            })
    }

    fn leaving(&self, asked: &Request<Bytes>, inner: &Request<Bytes>, mut answer: Answer, now_ms: i64) -> Answer {
        if answer.status().is_success() || answer.status() == StatusCode::NOT_FOUND {
            late::leaving(self, inner, &mut answer, now_ms);
        }
        logins::leaving(self, inner, &mut answer, now_ms);
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
        texts::shown(self, request.uri().path(), &mut value);
        json::reshaped(self, request.uri().path(), &mut value);
        let text = written::written(self, &value);
        if value != before || text.as_bytes() != answer.body().as_ref() {
            *answer.body_mut() = text.into();
        }
    }

    /// Dresses an answer: statuses that say the same, bodies of refusals, header fields, and how it comes.
    fn dress(&self, request: &Request<Bytes>, answer: &mut Answer, now_ms: i64) {
        ids::not_found(self, answer);
        refusals::status(self, request, answer);
        if answer.status().is_client_error() {
            refusals::body(self, answer);
        }
        refusals::challenge(self, answer);
        headers::added(self, request, answer, now_ms);
        transport::conveyed(self, request, answer);
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
        assert!(Variant::ALL.len() >= 280, "{}", Variant::ALL.len());
    }
}
