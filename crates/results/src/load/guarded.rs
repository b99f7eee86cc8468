//! Whether the doors stayed shut under load: calls that must be refused, and answers that must be for whoever asked.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// So many doors that were found open are kept with what was seen; further ones are counted.
const BREACHES: usize = 20;

/// What a guard tries: a call that must be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GuardKind {
    /// Without a token.
    NoToken,
    /// With a good token that was changed: in its signature, or in what the signature is over.
    TamperedToken,
    /// With a rightly signed token that has ended: one of the run's own, or one minted with the signing key.
    ExpiredToken,
    /// With a good token whose end was moved into the past, so that its signature fits no more: whoever looks at either refuses it.
    BentExpiry,
    /// With the token of an account that lacks the permission.
    WithoutPermission,
    /// With a good token, for a person by an id that nobody has.
    NobodysId,
}

impl GuardKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::NoToken,
        Self::TamperedToken,
        Self::ExpiredToken,
        Self::BentExpiry,
        Self::WithoutPermission,
        Self::NobodysId,
    ];

    /// Whether an answer with that status refuses the call. What is neither this nor a success, a server in trouble say, is
    /// not counted as either.
    pub fn is_refused_by(self, status: u16) -> bool {
        match self {
            Self::NoToken | Self::TamperedToken | Self::ExpiredToken | Self::BentExpiry => {
                matches!(status, 400 | 401 | 403 | 404)
            }
            Self::WithoutPermission => matches!(status, 403 | 404),
            Self::NobodysId => matches!(status, 400 | 404 | 410),
        }
    }
}

impl fmt::Display for GuardKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoToken => "no token",
            Self::TamperedToken => "a tampered token",
            Self::ExpiredToken => "an expired token",
            Self::BentExpiry => "a token bent to have ended (its signature fits no more)",
            Self::WithoutPermission => "an account without the permission",
            Self::NobodysId => "an id that nobody has",
        })
    }
}

/// What became of the guards of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardCount {
    /// Calls that were sent.
    pub sent: u64,
    /// Those that were refused.
    pub refused: u64,
    /// Those that were let in.
    pub let_in: u64,
    /// How they ended: by status, and failures by name.
    pub statuses: BTreeMap<String, u64>,
    /// What the first was answered with that was neither refused nor let in, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odd: Option<String>,
}

impl GuardCount {
    /// Calls that were neither refused nor let in: the server was in trouble, or gave no answer.
    pub fn neither(&self) -> u64 {
        self.sent.saturating_sub(self.refused).saturating_sub(self.let_in)
    }

    fn add(&mut self, more: &Self) {
        self.sent = self.sent.saturating_add(more.sent);
        self.refused = self.refused.saturating_add(more.refused);
        self.let_in = self.let_in.saturating_add(more.let_in);
        add_counts(&mut self.statuses, &more.statuses);
        if self.odd.is_none() {
            self.odd.clone_from(&more.odd);
        }
    }
}

/// A door that was found open, with what was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Breach {
    /// What was tried; none for an answer that was somebody else's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<GuardKind>,
    /// The `operationId`.
    pub operation: String,
    /// The answer's status.
    pub status: u16,
    /// When the answer came, in seconds since the start of the run.
    pub at_s: f64,
    /// Arrivals that were under way then.
    pub in_flight: u64,
    /// What exactly was sent, or answered, in words.
    pub what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} answered {} after {:.1} s with {} calls in flight: {}",
            self.operation, self.status, self.at_s, self.in_flight, self.what
        )
    }
}

/// What guards and looks at answers came to, in a second or over a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Guarded {
    /// By kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub guards: BTreeMap<GuardKind, GuardCount>,
    /// By operation: answers that were looked into.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub checked: BTreeMap<String, u64>,
    /// By operation: answers that were somebody else's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub misdirected: BTreeMap<String, u64>,
    /// What looking into answers took, in microseconds of a thread of the generator.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub check_us: u64,
    /// The first doors that were found open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaches: Vec<Breach>,
}

impl Guarded {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.guards.is_empty() && self.checked.is_empty() && self.misdirected.is_empty() && self.breaches.is_empty()
    }

    /// Adds what came after it, or beside it.
    pub fn add(&mut self, more: &Self) {
        for (kind, count) in &more.guards {
            self.guards.entry(*kind).or_default().add(count);
        }
        for (sums, counts) in [
            (&mut self.checked, &more.checked),
            (&mut self.misdirected, &more.misdirected),
        ] {
            add_counts(sums, counts);
        }
        self.check_us = self.check_us.saturating_add(more.check_us);
        for breach in &more.breaches {
            self.keep(breach.clone());
        }
    }

    /// Keeps a door that was found open, if there is room for it.
    pub fn keep(&mut self, breach: Breach) {
        if self.breaches.len() < BREACHES {
            self.breaches.push(breach);
        }
    }

    /// The same breaches, so much later, in seconds.
    pub fn put_off(&mut self, by_s: f64) {
        for breach in &mut self.breaches {
            breach.at_s += by_s;
        }
    }

    /// Guards that were let in.
    pub fn let_in(&self) -> u64 {
        sum(self.guards.values().map(|count| count.let_in))
    }

    /// Answers that were somebody else's.
    pub fn misdirected(&self) -> u64 {
        sum(self.misdirected.values().copied())
    }

    /// Whether a door was found open.
    pub fn is_breached(&self) -> bool {
        self.let_in() > 0 || self.misdirected() > 0
    }
}

/// Counts of a record that was tampered with must not wrap.
fn sum(counts: impl Iterator<Item = u64>) -> u64 {
    counts.fold(0, u64::saturating_add)
}

fn add_counts(sums: &mut BTreeMap<String, u64>, more: &BTreeMap<String, u64>) {
    for (name, count) in more {
        let sum = sums.entry(name.clone()).or_default();
        *sum = sum.saturating_add(*count);
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What a run was to guard: what stands in `run.json` before there are counts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GuardPlan {
    /// Guards a second, over all machines; 0 for none.
    pub per_s: f64,
    /// How many answers were looked into: `all`, `sample` or `none`.
    pub check: String,
    /// Kinds that could not be tried, each with why.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub untried: BTreeMap<GuardKind, String>,
}

/// Whether the doors stayed shut, as reports show it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GuardReport {
    /// What was asked for.
    #[serde(flatten)]
    pub plan: GuardPlan,
    /// What came of it.
    #[serde(flatten)]
    pub guarded: Guarded,
}

impl GuardReport {
    /// Whether anything was tried or looked into.
    pub fn is_tried(&self) -> bool {
        !self.guarded.is_empty()
    }

    /// The rows of a table: the kinds that were tried, each with its counts, and the others with why they were not.
    pub fn rows(&self) -> impl Iterator<Item = (GuardKind, Result<&GuardCount, &str>)> {
        GuardKind::ALL.into_iter().filter_map(|kind| {
            let count = self.guarded.guards.get(&kind).map(Ok);
            let untried = || self.plan.untried.get(&kind).map(|why| Err(why.as_str()));
            Some((kind, count.or_else(untried)?))
        })
    }

    /// How many answers were looked into, and what came of it, in words; none where none was.
    pub fn answers(&self) -> Option<String> {
        let guarded = &self.guarded;
        let checked = sum(guarded.checked.values().copied());
        let others = match guarded.misdirected() {
            0 => "none was somebody else's".to_owned(),
            1 => "1 was SOMEBODY ELSE'S".to_owned(),
            many => format!("{many} were SOMEBODY ELSE'S"),
        };
        #[expect(clippy::cast_precision_loss, reason = "a figure to show")]
        let cost_ms = guarded.check_us as f64 / 1e3;
        (checked > 0).then(|| {
            format!(
                "{checked} looked into ({}), {others}; it took {cost_ms:.1} ms of the generator's own time",
                self.plan.check
            )
        })
    }
}

/// A door that was open, in one sentence.
pub fn open_doors(guarded: &Guarded) -> Vec<String> {
    let let_in = guarded.guards.iter().filter(|(_, count)| count.let_in > 0);
    let sentences = let_in.map(|(kind, count)| {
        let calls = if count.sent == 1 { "call" } else { "calls" };
        let first = guarded.breaches.iter().find(|breach| breach.guard == Some(*kind));
        let first = first.map_or_else(String::new, |breach| format!(" ({breach})"));
        format!(
            "{} of {} {calls} with {kind} were let in{first}",
            count.let_in, count.sent
        )
    });
    let others = guarded.misdirected.iter().map(|(operation, count)| {
        let first = guarded.breaches.iter();
        let first = first
            .filter(|breach| breach.guard.is_none())
            .find(|breach| breach.operation == *operation);
        let first = first.map_or_else(String::new, |breach| format!(" ({breach})"));
        let checked = guarded.checked.get(operation).copied().unwrap_or_default();
        format!("{count} of {checked} answers of {operation} that were looked into were somebody else's{first}")
    });
    sentences.chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breach(at_s: f64) -> Breach {
        Breach {
            guard: Some(GuardKind::TamperedToken),
            operation: "publish".to_owned(),
            status: 200,
            at_s,
            in_flight: 73,
            what: "the signature was changed".to_owned(),
        }
    }

    fn open() -> Guarded {
        let mut guarded = Guarded::default();
        let count = GuardCount {
            sent: 4,
            refused: 2,
            let_in: 1,
            statuses: BTreeMap::from([("200".to_owned(), 1), ("401".to_owned(), 2), ("503".to_owned(), 1)]),
            odd: None,
        };
        guarded.guards.insert(GuardKind::TamperedToken, count);
        guarded.keep(breach(4.25));
        guarded
    }

    #[test]
    fn sums_add_up_and_only_so_many_breaches_are_kept() {
        let mut sum = Guarded::default();
        assert!(sum.is_empty() && !sum.is_breached());
        for _ in 0..50 {
            sum.add(&open());
        }
        let count = &sum.guards[&GuardKind::TamperedToken];
        assert_eq!(
            (count.sent, count.refused, count.let_in, count.neither()),
            (200, 100, 50, 50)
        );
        assert_eq!(count.statuses["503"], 50);
        assert_eq!(sum.breaches.len(), BREACHES);
        assert!(sum.is_breached());
    }

    #[test]
    fn a_server_in_trouble_neither_refuses_nor_lets_in() {
        for kind in GuardKind::ALL {
            for status in [200, 204, 302, 408, 429, 500, 502, 503] {
                assert!(!kind.is_refused_by(status), "{kind}: {status}");
            }
            assert!(kind.is_refused_by(404), "{kind}");
        }
        assert!(!GuardKind::WithoutPermission.is_refused_by(401), "its token had ended");
        assert!(
            !GuardKind::NobodysId.is_refused_by(403),
            "the account may not look at all"
        );
    }

    #[test]
    fn an_open_door_is_told_with_what_was_seen() {
        assert_eq!(
            open_doors(&open()),
            [
                "1 of 4 calls with a tampered token were let in (publish answered 200 after 4.2 s with 73 calls in flight: the signature was changed)"
            ]
        );
        let mut guarded = Guarded::default();
        guarded.checked.insert("profile".to_owned(), 40);
        guarded.misdirected.insert("profile".to_owned(), 2);
        let sentences = open_doors(&guarded);
        assert_eq!(
            sentences,
            ["2 of 40 answers of profile that were looked into were somebody else's"]
        );
        assert!(open_doors(&Guarded::default()).is_empty());
    }

    #[test]
    fn a_report_reads_as_it_was_written() {
        let report = GuardReport {
            plan: GuardPlan {
                per_s: 1.0,
                check: "sample".to_owned(),
                untried: BTreeMap::from([(GuardKind::ExpiredToken, "there is none".to_owned())]),
            },
            guarded: open(),
        };
        let json = serde_json::to_string(&report).unwrap();
        assert!(
            json.contains("\"tampered-token\"") && json.contains("\"expired-token\""),
            "{json}"
        );
        assert_eq!(serde_json::from_str::<GuardReport>(&json).unwrap(), report);
        assert_eq!(report.rows().count(), 2);
        assert_eq!(report.answers(), None);
    }
}
