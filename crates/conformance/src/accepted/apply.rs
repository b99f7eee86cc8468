//! What accepted deviations make of a report.

use super::file::{Accepted, Entry};
use chrono::NaiveDate;
use proofload_results::validate::{Acceptance, CaseResult, ValidateReport, Verdict};

/// What must be known of a run in order to judge its accepted deviations.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// The day, in UTC.
    pub today: NaiveDate,
    /// Whether no case was left out by `--only` or `--skip`. When some were, an entry that matches nothing may be
    /// about one of those, and is let be.
    pub whole: bool,
}

/// Marks accepted deviations in a report, adds a failing case for each entry that is expired or not needed, and counts
/// again.
pub fn apply(report: &mut ValidateReport, accepted: &Accepted, run: Run) {
    // Every entry is judged by what the cases were before any of them was accepted.
    let stale: Vec<CaseResult> = accepted
        .entries
        .iter()
        .filter_map(|entry| entry.complaint(&report.cases, run))
        .collect();
    for case in &mut report.cases {
        let deviates = matches!(case.verdict, Verdict::Fail | Verdict::Warn);
        if let Some(entries) = deviates.then(|| accepted.entries.iter().filter(|entry| entry.pattern.matches(&case.id)))
        {
            accept(case, entries.collect(), run.today);
        }
    }
    report.cases.extend(stale);
    report.conclude();
}

/// Accepts a deviating case for the entry that lasts longest, or says when acceptance ended.
fn accept(case: &mut CaseResult, mut entries: Vec<&Entry>, today: NaiveDate) {
    entries.sort_by_key(|entry| entry.expires);
    let Some(entry) = entries.last() else {
        return;
    };
    if entry.expired(today) {
        case.detail = format!(
            "{} (It was accepted until {}: {}. Owner: {}.)",
            case.detail, entry.expires, entry.reason, entry.owner
        );
        return;
    }
    case.detail = format!("accepted until {} by {}: {}", entry.expires, entry.owner, entry.reason);
    case.accepted = Some(Acceptance {
        verdict: case.verdict,
        reason: entry.reason.clone(),
        owner: entry.owner.clone(),
        expires: entry.expires,
    });
    case.verdict = Verdict::Skip;
}

impl Entry {
    fn expired(&self, today: NaiveDate) -> bool {
        today > self.expires
    }

    /// The failing case that this entry deserves, if it does.
    fn complaint(&self, cases: &[CaseResult], run: Run) -> Option<CaseResult> {
        let matched: Vec<&CaseResult> = cases.iter().filter(|case| self.pattern.matches(&case.id)).collect();
        let count = |verdicts: &[Verdict]| matched.iter().filter(|case| verdicts.contains(&case.verdict)).count();
        let deviating = count(&[Verdict::Fail, Verdict::Warn]);
        let untested = count(&[Verdict::Skip, Verdict::Error]);
        let observed = if self.expired(run.today) {
            // A matching case that fails says it already; a warning alone would let an expired entry pass.
            (count(&[Verdict::Fail]) == 0).then(|| {
                format!(
                    "expired on {}, with {deviating} of {} matching cases deviating",
                    self.expires,
                    matched.len()
                )
            })
        } else if matched.is_empty() {
            run.whole.then(|| "no case matches".to_owned())
        } else if deviating == 0 && untested == 0 {
            Some(match matched.len() {
                1 => "the matching case passes".to_owned(),
                more => format!("all {more} matching cases pass"),
            })
        } else {
            None
        };
        observed.map(|observed| self.failing(observed))
    }

    fn failing(&self, observed: String) -> CaseResult {
        let id = format!("accepted/{}", self.pattern);
        CaseResult {
            // The pattern names the account of the cases that it accepts; this one is about the pattern.
            probe: self.pattern.to_string(),
            account: None,
            expected: "an accepted deviation that still occurs and has not expired".to_owned(),
            observed,
            detail: format!(
                "Remove the entry from the accepted deviations, correct its pattern or renew its date. Owner: {}. Reason: {}.",
                self.owner, self.reason
            ),
            ..CaseResult::new(id, "accepted deviations".to_owned(), Verdict::Fail)
        }
    }
}
