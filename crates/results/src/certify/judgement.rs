//! Verdict, name and sentence of a dossier: they follow from its parts, and from what was not done.

use super::minimum::{self, DossierKind};
use super::{CertifyVerdict, Conformance, Dossier};
use crate::capacity::{CapacityReport, CapacityVerdict};
use crate::figures;
use crate::load::{LoadReport, LoadVerdict};
use crate::validate::Verdict;

/// What a part came to, in a word and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `Conformance`, `Load`, `Capacity`.
    pub name: &'static str,
    /// How it ended.
    pub verdict: CertifyVerdict,
    /// What it came to.
    pub sentence: String,
}

impl Dossier {
    /// The parts, those that were left out left out.
    pub fn parts(&self) -> Vec<Part> {
        let missing = |name| Part {
            name,
            verdict: CertifyVerdict::Incomplete,
            sentence: "not reached".to_owned(),
        };
        let mut parts = vec![
            self.conformance
                .as_ref()
                .map_or_else(|| missing("Conformance"), conformance),
            self.load.as_ref().map_or_else(|| missing("Load"), load),
        ];
        if !self.capacity_left_out {
            let searched = |report| capacity(report, self.target_died);
            parts.push(self.capacity.as_ref().map_or_else(|| missing("Capacity"), searched));
        }
        parts
    }

    /// Verdict, name and sentence that follow from the parts.
    pub fn conclude(&mut self) {
        let parts = self.parts();
        let any = |verdict| parts.iter().any(|part| part.verdict == verdict);
        self.verdict = if any(CertifyVerdict::Fail) {
            CertifyVerdict::Fail
        } else if any(CertifyVerdict::Incomplete) {
            CertifyVerdict::Incomplete
        } else if any(CertifyVerdict::Invalid) {
            CertifyVerdict::Invalid
        } else {
            CertifyVerdict::Pass
        };
        self.missing = minimum::missing(self);
        self.kind = if self.verdict == CertifyVerdict::Pass && self.missing.is_empty() {
            DossierKind::Certificate
        } else {
            DossierKind::Report
        };
        let named = |verdict| {
            let of = parts
                .iter()
                .filter(|part| part.verdict == verdict)
                .map(|part| part.name.to_lowercase());
            of.collect::<Vec<_>>().join(" and ")
        };
        self.sentence = match self.verdict {
            CertifyVerdict::Pass if self.kind == DossierKind::Certificate => {
                format!("The deployment is certified, as far as was tested: {}", self.tested())
            }
            CertifyVerdict::Pass => format!(
                "All that was tested passed, which is less than a certificate asks for. Tested: {} Missing: {}.",
                self.tested(),
                self.missing
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("; ")
            ),
            CertifyVerdict::Fail => format!(
                "The deployment is not certified: {} failed.",
                named(CertifyVerdict::Fail)
            ),
            CertifyVerdict::Invalid => {
                format!(
                    "Nothing is certified: {} came to no answer.",
                    named(CertifyVerdict::Invalid)
                )
            }
            CertifyVerdict::Incomplete => format!(
                "Nothing is certified: {} was not brought to its end.",
                named(CertifyVerdict::Incomplete)
            ),
        };
    }
}

impl Dossier {
    /// What was tested, part by part, and what was not.
    fn tested(&self) -> String {
        let mut tested = Vec::new();
        if let Some(scope) = self.conformance.as_ref().and_then(|part| part.scope.as_ref()) {
            let not_tested = scope.not_tested();
            let not_tested = if not_tested.is_empty() {
                String::new()
            } else {
                format!(" (not tested: {})", not_tested.join(", "))
            };
            tested.push(format!("{scope}{not_tested}"));
        }
        tested.extend(self.load.as_ref().map(|report| format!("a load of {}", size(report))));
        tested.extend(
            self.capacity
                .as_ref()
                .map(|report| report.sentence.trim_end_matches('.').to_owned()),
        );
        let excluded = self.excluded.iter();
        tested.extend(excluded.map(|exclusion| format!("without {} ({})", exclusion.what, exclusion.reason)));
        format!("{}.", tested.join("; "))
    }
}

/// How large a load was: `camera-feed, 6 000 of 6 000 arrivals in 60.0 s`.
fn size(report: &LoadReport) -> String {
    format!(
        "{}, {} of {} in {:.1} s",
        report.scenario,
        figures::grouped(report.arrivals.done),
        figures::of(
            usize::try_from(report.arrivals.due).unwrap_or(usize::MAX),
            "arrival",
            "arrivals"
        ),
        report.duration_s
    )
}

fn conformance(part: &Conformance) -> Part {
    let summary = part.summary;
    let verdict = match part.verdict {
        Verdict::Fail => CertifyVerdict::Fail,
        _ if part.incomplete => CertifyVerdict::Incomplete,
        Verdict::Error => CertifyVerdict::Invalid,
        Verdict::Pass | Verdict::Warn | Verdict::Skip => CertifyVerdict::Pass,
    };
    let headline = part
        .headline
        .as_ref()
        .map_or_else(String::new, |headline| format!("{headline} "));
    Part {
        name: "Conformance",
        verdict,
        sentence: format!(
            "{headline}{} cases: {} pass, {} fail, {} warn, {} skip, {} error, {} accepted",
            summary.total(),
            summary.pass,
            summary.fail,
            summary.warn,
            summary.skip,
            summary.error,
            part.accepted.len()
        ),
    }
}

fn load(report: &LoadReport) -> Part {
    let held = report.slos.iter().filter(|slo| slo.held).count();
    Part {
        name: "Load",
        verdict: match report.verdict {
            LoadVerdict::Pass => CertifyVerdict::Pass,
            LoadVerdict::Fail => CertifyVerdict::Fail,
            LoadVerdict::Invalid => CertifyVerdict::Invalid,
            LoadVerdict::Incomplete | LoadVerdict::Part => CertifyVerdict::Incomplete,
        },
        sentence: format!("{}; {held} of {} objectives held", size(report), report.slos.len()),
    }
}

fn capacity(report: &CapacityReport, died: bool) -> Part {
    Part {
        name: "Capacity",
        verdict: match report.verdict {
            CapacityVerdict::Pass => CertifyVerdict::Pass,
            CapacityVerdict::Fail => CertifyVerdict::Fail,
            CapacityVerdict::Invalid => CertifyVerdict::Invalid,
            CapacityVerdict::Incomplete if died => CertifyVerdict::Fail,
            CapacityVerdict::Incomplete => CertifyVerdict::Incomplete,
        },
        sentence: report.sentence.clone(),
    }
}
