//! What a probe found out.

use super::cause::{Cause, Stop};
use crate::messages::{Exchange, Step};
use proofload_contract::Source;
use std::sync::Arc;
use std::time::Duration;

/// Most bytes of a body that a finding keeps.
pub const OBSERVED_BODY: usize = 64 * 1024;

/// How a case came out, before its clause's severity turns that into a verdict.
#[derive(Debug, Clone)]
pub struct Finding {
    /// How bad it is.
    pub kind: FindingKind,
    /// What was expected, in words.
    pub expected: String,
    /// What was observed, in words.
    pub observed: String,
    /// Why it was not judged; on a deviation, what it means for the other cases of its operation.
    pub cause: Option<Cause>,
    /// A sentence on this one finding.
    pub detail: Option<String>,
    /// Where the expectation comes from.
    pub source: Option<Source>,
    /// The call that shows it.
    pub exchange: Option<Box<Exchange>>,
    /// The calls that led to it, the deciding one last, where it may have to be repeated.
    pub steps: Vec<Arc<Step>>,
    /// How long it took to find out.
    pub took: Duration,
    /// Whether what was wanted is a refusal, so that one by somebody in front of the application is as good.
    pub refusal: bool,
}

/// The four ways a case can come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingKind {
    /// As the clause says.
    Holds,
    /// Not as the clause says: a fail, a warning or a note, by severity.
    Deviates,
    /// Not tested, and nobody is to blame.
    Skipped,
    /// Could not be tested.
    Untestable,
}

impl Finding {
    /// Judges an exchange: `holds` says whether it came out as `expected` (a few words, e.g. `401`).
    pub fn judge(exchange: Exchange, holds: bool, expected: impl Into<String>) -> Self {
        Self {
            kind: if holds {
                FindingKind::Holds
            } else {
                FindingKind::Deviates
            },
            expected: expected.into(),
            observed: exchange.observed(),
            cause: None,
            detail: None,
            source: None,
            exchange: Some(Box::new(exchange)),
            steps: Vec::new(),
            took: Duration::ZERO,
            refusal: false,
        }
    }

    /// Judges something that no single exchange shows.
    pub fn verdict(holds: bool, expected: impl Into<String>, observed: impl Into<String>) -> Self {
        Self {
            kind: if holds {
                FindingKind::Holds
            } else {
                FindingKind::Deviates
            },
            expected: expected.into(),
            observed: observed.into(),
            cause: None,
            detail: None,
            source: None,
            exchange: None,
            steps: Vec::new(),
            took: Duration::ZERO,
            refusal: false,
        }
    }

    /// Not tested, with the cause.
    pub fn skip(cause: impl Into<Cause>) -> Self {
        Self::unjudged(FindingKind::Skipped, cause.into())
    }

    /// Could not be tested, with the cause.
    pub fn untestable(cause: impl Into<Cause>) -> Self {
        Self::unjudged(FindingKind::Untestable, cause.into())
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

    /// Says that a refusal was wanted, whoever gives it.
    #[must_use]
    pub fn of_refusal(mut self) -> Self {
        self.refusal = true;
        self
    }

    /// Says what a deviation means for the other cases of its operation.
    #[must_use]
    pub fn caused_by(mut self, cause: Cause) -> Self {
        self.cause = Some(cause);
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

    /// Lets go of all but the beginning of a large body, as soon as it is judged.
    #[must_use]
    pub fn cut_body(mut self) -> Self {
        if let Some(exchange) = &mut self.exchange {
            exchange.cut_body();
        }
        self
    }

    /// Lets go of what no report shows: bodies may be large, and findings are many.
    #[must_use]
    pub fn slim(mut self) -> Self {
        if let Some(exchange) = &mut self.exchange {
            exchange.slim(self.kind == FindingKind::Deviates);
        }
        self
    }

    /// Keeps the calls that led to it, up to the one that decided it, where somebody may want to repeat them.
    #[must_use]
    pub fn after(mut self, steps: Vec<Arc<Step>>) -> Self {
        let to_be_repeated = matches!(self.kind, FindingKind::Deviates | FindingKind::Untestable);
        if !to_be_repeated || !self.steps.is_empty() {
            return self;
        }
        self.steps = steps;
        if let Some(exchange) = &self.exchange {
            self.steps.retain(|step| step.serial < exchange.serial());
            self.steps.push(Arc::new(exchange.step()));
        }
        self
    }

    /// A deviation that was seen when nobody knew what the server held is none.
    #[must_use]
    pub fn in_doubt(self) -> Self {
        if self.kind != FindingKind::Deviates {
            return self;
        }
        let seen = format!("expected {}, observed {}", self.expected, self.observed);
        Self::untestable(Cause::InDoubt(seen))
    }

    /// Whether it was judged at all.
    pub fn is_judged(&self) -> bool {
        matches!(self.kind, FindingKind::Holds | FindingKind::Deviates)
    }

    /// The status of the exchange that decided it.
    pub fn status(&self) -> Option<u16> {
        self.exchange.as_ref().map(|exchange| exchange.status())
    }

    /// Whether the clause held.
    pub fn holds(&self) -> bool {
        self.kind == FindingKind::Holds
    }

    /// The sentence that goes with it: its cause, or what was noted.
    pub fn words(&self) -> Option<String> {
        let cause = self.cause.as_ref().map(Cause::to_string);
        cause.or_else(|| self.detail.clone())
    }

    /// Which of several findings of one case counts: the worst that was seen.
    pub fn weight(&self) -> u8 {
        match self.kind {
            FindingKind::Skipped => 0,
            FindingKind::Holds => 1,
            FindingKind::Untestable => 2,
            FindingKind::Deviates => 3,
        }
    }

    fn unjudged(kind: FindingKind, cause: Cause) -> Self {
        Self {
            kind,
            expected: String::new(),
            observed: String::new(),
            cause: Some(cause),
            detail: None,
            source: None,
            exchange: None,
            steps: Vec::new(),
            took: Duration::ZERO,
            refusal: false,
        }
    }
}

impl From<Stop> for Finding {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Skip(cause) => Self::skip(cause),
            Stop::Untestable(cause) => Self::untestable(cause),
        }
    }
}
