//! What a report says in sentences: why there is no figure, what to know beside one, and how it was worked out.

use super::{Notes, whole};
use crate::lasting;
use proofload_capacity_search::{End, Finding, Server, SetAside};
use proofload_results::capacity::{StepRow, StepVerdict};
use proofload_results::figures::three_digits;

/// A bracket wider than this (its ends' ratio minus 1) is worth a word.
const WIDE: f64 = 0.1;

/// Why what was measured of a slower target does not count.
const OUTGROWN: &str = "left out: the target was slower then than it is";

impl Notes {
    pub(super) fn reasons(&self, finding: &Finding) -> Vec<String> {
        let mut reasons = self.reasons.clone();
        let slower = finding.change.map(lasting::change_row).filter(|change| !change.quicker);
        match finding.end {
            End::GeneratorGaveOut => {
                let given_out = self.steps.iter().rev().find(|step| step.verdict == StepVerdict::Invalid);
                reasons.extend(given_out.and_then(|step| step.reasons.first().cloned()));
            }
            End::Interrupted => reasons.push("interrupted before its end: this is what was found until then".to_owned()),
            End::TargetDied | End::LoginsFailed => {
                let last = self.steps.last().and_then(|step| step.reasons.last().cloned());
                reasons.extend(last.filter(|_| reasons.is_empty()));
            }
            End::Moved if finding.held.is_some() => reasons.extend(finding.held.map(|held| lasting::held(&lasting::held_row(held)))),
            End::Moved if slower.is_some() => reasons.extend(slower.map(|change| lasting::changed(&change))),
            End::Moved => reasons.push(
                "what was measured at one time does not hold at another: steps contradict each other, calls need more or less of the \
                 target than before, beyond chance, or it pauses again and again"
                    .to_owned(),
            ),
            End::OutOfTime => reasons.push("the time was up before the limit was known well enough to be a figure".to_owned()),
            End::Found | End::Nothing | End::BeyondCeiling => {}
        }
        reasons
    }

    pub(super) fn findings(&self, finding: &Finding) -> Vec<String> {
        let mut findings = self.findings.clone();
        if bracket_is_wide(finding) {
            findings.push("the bracket is wide, because calls near the edge differ much and are few".to_owned());
        }
        let is_of_before = |step: &&StepRow| step.set_aside.as_deref() != Some(OUTGROWN);
        let set_aside = self
            .steps
            .iter()
            .filter(|step| step.set_aside.is_some())
            .filter(is_of_before)
            .count();
        if set_aside > 0 {
            findings.push(format!(
                "{set_aside} step{} broke in passing and {} left out: the target paused, or later steps at no lower rate held",
                if set_aside == 1 { "" } else { "s" },
                if set_aside == 1 { "was" } else { "were" },
            ));
        }
        if let Some(change) = finding.change.map(lasting::change_row).filter(|change| change.quicker) {
            findings.push(lasting::changed(&change));
        }
        if let (End::Found, Some(held)) = (finding.end, finding.held.map(lasting::held_row)) {
            findings.push(lasting::held(&held));
        }
        if let (End::Found, Some(per_s)) = (finding.end, finding.sustained_per_s.filter(|per_s| *per_s > 0.0)) {
            findings.push(self.failover(per_s));
        }
        let renewed = self
            .steps
            .iter()
            .filter(|step| step.verdict == StepVerdict::Invalid)
            .count();
        if renewed > 0 && finding.end != End::GeneratorGaveOut {
            findings.push(format!(
                "{renewed} step{} made again or left out, because the generator was not healthy meanwhile",
                if renewed == 1 { " was" } else { "s were" }
            ));
        }
        findings
    }

    /// What several boxes of the kind may be given, so that one may die.
    fn failover(&self, per_s: f64) -> String {
        let carried = |boxes: f64| {
            if self.frames > 0.0 {
                format!("{} cameras", whole(boxes * per_s * self.frames / self.fps))
            } else {
                format!("{}/s", three_digits(boxes * per_s))
            }
        };
        format!(
            "so that one box may die, give two boxes of this kind no more than {} together, and three no more than {}",
            carried(1.0),
            carried(2.0)
        )
    }
}

/// Whether an answer was found, and its bracket is worth a word.
pub(crate) fn bracket_is_wide(finding: &Finding) -> bool {
    let wide = |(low, high): (f64, f64)| high / low.max(1e-9) - 1.0 > WIDE;
    finding.end == End::Found && finding.bracket_per_s.is_some_and(wide)
}

/// How the answer was worked out.
pub(super) fn method(finding: &Finding) -> Vec<String> {
    if finding.end != End::Found {
        return Vec::new();
    }
    let worked_out = finding.server.map_or_else(
        || {
            "calls could not be replayed as those of one queue, so the answer is the middle of what the steps together make likely"
                .to_owned()
        },
        as_a_line,
    );
    vec![worked_out]
}

/// What the calls show of the server.
fn as_a_line(server: Server) -> String {
    let ms = |seconds: f64| format!("{} ms", three_digits(1000.0 * seconds));
    let beside = if server.beside_s > 0.0 {
        format!(" and {} on the way", ms(server.beside_s))
    } else {
        String::new()
    };
    format!(
        "its calls are those of a single queue served by {} worker{}, with {} of work each{beside}; the answer is \
         where such a line breaks the objective, in whatever order slow and quick calls come",
        server.workers,
        if server.workers == 1 { "" } else { "s" },
        ms(server.service_s),
    )
}

pub(super) fn why_set_aside(why: SetAside) -> String {
    match why {
        SetAside::Pause { length_s } => format!(
            "left out: the target answered nothing for {} s, which says nothing of this rate",
            three_digits(length_s)
        ),
        SetAside::Outgrown => OUTGROWN.to_owned(),
        SetAside::Contradicted => "left out: later steps at this rate and above held".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_described_by_its_workers_and_their_work() {
        let said = |workers, service_s, beside_s| {
            as_a_line(Server {
                workers,
                service_s,
                beside_s,
            })
        };
        assert!(
            said(1, 0.02, 0.0)
                .starts_with("its calls are those of a single queue served by 1 worker, with 20.0 ms of work each; ")
        );
        assert!(
            said(4, 0.1234, 0.0081).contains("served by 4 workers, with 123 ms of work each and 8.10 ms on the way; ")
        );
    }
}
