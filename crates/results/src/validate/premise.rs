//! What every verdict rests on and does not hold: said first, and not as a hundred failures of the target.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Permissions that a sentence names one by one.
const MOST_NAMED: usize = 4;

/// What a run rests on and does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Premise {
    /// What it is about.
    #[serde(flatten)]
    pub kind: PremiseKind,
    /// What does not hold, what was done about it, and what to do.
    pub sentence: String,
}

/// What a premise is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum PremiseKind {
    /// Nobody stated what an account holds; it was taken to hold everything, and whole groups of operations refuse it.
    Permissions {
        /// The account.
        account: String,
        /// What it was let in with.
        holds: Vec<String>,
        /// Permissions of which every operation refused it with 403.
        lacks: Vec<String>,
    },
    /// The server's clock and this machine's differ.
    Clock {
        /// The server's `Date` less the time here, in seconds.
        ahead_s: i64,
    },
    /// The server's tokens begin, or end, by another clock than its answers are dated by.
    TokenClock {
        /// The token's time less the answer's `Date`, in seconds: above zero it begins later, below it has ended already.
        ahead_s: i64,
    },
    /// The signing key that was given is not the one that the server signs its tokens with.
    SigningKey,
}

/// By which clock a server's new tokens begin, where its answers are dated by another than this machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokensBegin {
    /// By the one that answers are dated by.
    ByTheServers,
    /// By this machine's.
    ByOurs,
    /// By neither, or they do not say.
    Otherwise,
}

impl Premise {
    /// The server's answers are dated so many seconds ahead of this machine's clock.
    pub fn clock(ahead_s: i64, tokens: TokensBegin) -> Self {
        let kind = PremiseKind::Clock { ahead_s };
        let sentence = match tokens {
            TokensBegin::Otherwise => return kind.into(),
            TokensBegin::ByTheServers => format!(
                "The server's clock is {} this machine's, and the server's tokens agree with it: one of the two clocks is wrong, and from here it cannot be told which. Set both; times of tokens were judged by the server's.",
                apart(ahead_s, "ahead of", "behind")
            ),
            TokensBegin::ByOurs => format!(
                "The server's answers are dated {} this machine's clock, and its tokens begin by this machine's: whoever dates the answers, perhaps a proxy, has another clock than whoever makes the tokens. Times of tokens were judged by the dates of the answers.",
                apart(ahead_s, "ahead of", "behind")
            ),
        };
        Self { kind, sentence }
    }
}

impl From<PremiseKind> for Premise {
    fn from(kind: PremiseKind) -> Self {
        let sentence = match &kind {
            PremiseKind::Permissions { account, holds, lacks } => permissions(account, holds, lacks),
            PremiseKind::Clock { ahead_s } => format!(
                "The server's clock is {} this machine's: one of the two clocks is wrong, and from here it cannot be told which. Set both; times of tokens were judged by the server's.",
                apart(*ahead_s, "ahead of", "behind")
            ),
            PremiseKind::SigningKey => "The signing key that was given is not the one that the server signs its tokens with. Nothing was minted with it, and what takes minted tokens was not tested: give the server's own key, or none.".to_owned(),
            PremiseKind::TokenClock { ahead_s } if *ahead_s < 0 => format!(
                "The server's tokens have expired {} s before the answer that brings them is dated: they are made by another clock than the answers, and whoever checks them may refuse each of them.",
                ahead_s.unsigned_abs()
            ),
            PremiseKind::TokenClock { ahead_s } => format!(
                "The server's tokens begin {ahead_s} s after the answer that brings them is dated: they are made by another clock than the answers, and whoever checks them may refuse each of them until then."
            ),
        };
        Self { kind, sentence }
    }
}

fn permissions(account: &str, holds: &[String], lacks: &[String]) -> String {
    let judged_by = match holds {
        [] => "no permission at all".to_owned(),
        holds => format!("what it was let in with ({})", holds.join(", ")),
    };
    format!(
        "Nobody stated what account '{account}' holds. It was taken to hold every permission, and every call that takes {} was refused with 403: it lacks that, or the server refuses wrongly, which cannot be told from here. It was judged by {judged_by}. State its permissions: then these refusals are judged, too.",
        named(lacks)
    )
}

fn apart(ahead_s: i64, ahead: &str, behind: &str) -> String {
    let which = if ahead_s < 0 { behind } else { ahead };
    format!("{} s {which}", ahead_s.unsigned_abs())
}

/// Names in a sentence; many are counted.
pub(super) fn named<S: AsRef<str>>(names: &[S]) -> String {
    let shown: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match shown.as_slice() {
        [] => "none".to_owned(),
        [only] => (*only).to_owned(),
        [first @ .., last] if shown.len() <= MOST_NAMED => format!("{} or {last}", first.join(", ")),
        _ => format!(
            "{} or {} other permissions",
            shown[..MOST_NAMED - 1].join(", "),
            shown.len() - (MOST_NAMED - 1)
        ),
    }
}

impl fmt::Display for Premise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.sentence)
    }
}
