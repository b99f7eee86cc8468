//! What a probe found out.

use super::exchange::Exchange;
use proofload_contract::Source;

/// How a case came out, before its clause's severity turns that into a verdict.
#[derive(Debug, Clone)]
pub struct Finding {
    pub(super) outcome: Outcome,
    pub(super) expected: String,
    pub(super) observed: String,
    pub(super) detail: Option<String>,
    pub(super) source: Option<Source>,
    pub(super) exchange: Option<Box<Exchange>>,
}

/// The four ways a case can come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// As the clause says.
    Holds,
    /// Not as the clause says: a fail, a warning or a note, by severity.
    Deviates,
    /// Not tested, and nobody is to blame.
    Skipped,
    /// Could not be tested.
    Untestable,
}

/// Why a probe stopped before it could judge. `?` turns it into a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// There is nothing to test with: no such account, writes not allowed, no signing key.
    Skip(String),
    /// The test could not be made: no answer, login refused.
    Untestable(String),
}

impl Finding {
    /// Judges an exchange: `holds` says whether it came out as `expected` (a few words, e.g. `401`).
    pub fn judge(exchange: Exchange, holds: bool, expected: impl Into<String>) -> Self {
        Self {
            outcome: if holds { Outcome::Holds } else { Outcome::Deviates },
            expected: expected.into(),
            observed: exchange.observed(),
            detail: None,
            source: None,
            exchange: Some(Box::new(exchange)),
        }
    }

    /// Judges something that no single exchange shows.
    pub fn verdict(holds: bool, expected: impl Into<String>, observed: impl Into<String>) -> Self {
        Self {
            outcome: if holds { Outcome::Holds } else { Outcome::Deviates },
            expected: expected.into(),
            observed: observed.into(),
            detail: None,
            source: None,
            exchange: None,
        }
    }

    /// Not tested, with the reason.
    pub fn skip(reason: impl Into<String>) -> Self {
        Self::unjudged(Outcome::Skipped, reason.into())
    }

    /// Could not be tested, with the reason.
    pub fn untestable(reason: impl Into<String>) -> Self {
        Self::unjudged(Outcome::Untestable, reason.into())
    }

    /// Replaces what was observed, where the status alone does not tell.
    #[must_use]
    pub fn observed(mut self, observed: impl Into<String>) -> Self {
        self.observed = observed.into();
        self
    }

    /// Adds a sentence on this one finding to the clause.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.detail = Some(note.into());
        self
    }

    /// Weighs this finding by another source than its clause's: a 5xx where the clause is a MUST may itself only be a
    /// matter of convention.
    #[must_use]
    pub fn weighed_by(mut self, source: Source) -> Self {
        self.source = Some(source);
        self
    }

    /// Shows the exchange (and its curl line) with a finding made by [`Finding::verdict`].
    #[must_use]
    pub fn shown_by(mut self, exchange: Exchange) -> Self {
        self.exchange = Some(Box::new(exchange));
        self
    }

    /// Lets go of what no report shows: bodies may be large, and findings are many.
    #[must_use]
    pub(super) fn slim(mut self) -> Self {
        if let Some(exchange) = &mut self.exchange {
            exchange.slim(super::verdict::OBSERVED_BODY);
        }
        self
    }

    /// The status of the exchange that decided it.
    pub fn status(&self) -> Option<u16> {
        self.exchange.as_ref().map(|exchange| exchange.status())
    }

    /// Whether the clause held.
    pub fn holds(&self) -> bool {
        self.outcome == Outcome::Holds
    }

    /// Which of several findings of one case counts: the worst that was seen.
    pub(super) fn weight(&self) -> u8 {
        match self.outcome {
            Outcome::Skipped => 0,
            Outcome::Holds => 1,
            Outcome::Untestable => 2,
            Outcome::Deviates => 3,
        }
    }

    fn unjudged(outcome: Outcome, reason: String) -> Self {
        Self {
            outcome,
            expected: String::new(),
            observed: String::new(),
            detail: Some(reason),
            source: None,
            exchange: None,
        }
    }
}

impl From<Stop> for Finding {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Skip(reason) => Self::skip(reason),
            Stop::Untestable(reason) => Self::untestable(reason),
        }
    }
}
