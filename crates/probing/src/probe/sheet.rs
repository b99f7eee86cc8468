//! Where a sequence writes its findings, and only those it has declared.

use super::declared::Declared;
use crate::context::lane::Lane;
use crate::findings::{Cause, Finding, FindingKind, case_id};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

/// Where a sequence writes its findings. It knows which cases there are: what nobody declares is no case of the report,
/// so that a finding on it would be lost in silence.
#[derive(Debug)]
pub struct Sheet {
    sequence: &'static str,
    /// By the id of a case of the sequence; `None` until something is reported.
    findings: BTreeMap<String, Option<Finding>>,
    /// The ids of every sequence's cases.
    everywhere: Arc<BTreeSet<String>>,
    /// The first case that was reported without anybody declaring it.
    undeclared: Option<String>,
    /// When the last finding was reported: what was done since then was done for the next.
    since: Instant,
}

impl Sheet {
    /// A sheet for the sequence of that name and its cases, with nothing reported yet; `everywhere` are the ids of every
    /// sequence's cases.
    pub fn new(sequence: &'static str, cases: &[Declared], everywhere: Arc<BTreeSet<String>>) -> Self {
        Self {
            sequence,
            findings: cases.iter().map(|case| (case.id(), None)).collect(),
            everywhere,
            undeclared: None,
            since: Instant::now(),
        }
    }

    /// Reports a case. The first deviation of a case stands: neither a later pass nor a reason why there was nothing to
    /// test wipes it out. Another sequence's case is that one's to decide, and is left alone. A case that nobody declares
    /// makes every verdict of this sequence but its deviations an error. After a call that stores something was not
    /// answered, nothing deviates: see [`Cause::InDoubt`].
    pub fn report(&mut self, operation: &str, clause: &str, mut finding: Finding) {
        let id = case_id(operation, clause, None);
        // A sequence may report a hundred cases before it ends, and each that shows a long list would hold all of it.
        finding = finding.cut_body();
        if let Some(lane) = Lane::here() {
            if lane.is_in_doubt() {
                finding = finding.in_doubt();
            }
            finding = finding.after(lane.steps());
        }
        finding.took = std::mem::replace(&mut self.since, Instant::now()).elapsed();
        let weight = finding.weight();
        match self.findings.get_mut(&id) {
            Some(Some(earlier)) if earlier.weight() > weight || (earlier.weight() == weight && !earlier.holds()) => {}
            Some(place) => *place = Some(finding),
            None if self.everywhere.contains(&id) => {}
            None => _ = self.undeclared.get_or_insert(id),
        }
    }

    /// Whether a case is one of the sequence's own.
    pub fn is_own(&self, operation: &str, clause: &str) -> bool {
        self.findings.contains_key(&case_id(operation, clause, None))
    }

    /// What was reported of a case; `None` when nothing was.
    pub fn take(&mut self, id: &str) -> Option<Finding> {
        let finding = self.findings.get_mut(id).and_then(Option::take);
        let deviates = finding
            .as_ref()
            .is_some_and(|finding| finding.kind == FindingKind::Deviates);
        match &self.undeclared {
            Some(case) if !deviates => Some(Finding::untestable(Cause::Undeclared {
                sequence: self.sequence,
                case: case.clone(),
            })),
            _ => finding,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Clause;
    use crate::messages::redact::Redactor;
    use crate::messages::{Display, Draft, Exchange, room_to_keep};
    use proofload_contract::Source;
    use proofload_deployment::client::Answer;
    use proofload_deployment::client::room::Room;
    use proofload_deployment::{BaseUrl, Trust, Way};
    use std::time::Duration;

    fn sheet() -> Sheet {
        let declared = |name| Declared::new("getTag", Clause::new(name, Source::Guide, "It is so."));
        let everywhere = ["getTag/current", "getTag/that-one", "getTag/gone", "putNote/creates"];
        Sheet::new(
            "tags",
            &[declared("current"), declared("that-one"), declared("gone")],
            Arc::new(everywhere.map(str::to_owned).into()),
        )
    }

    /// An exchange that holds all of a room of a megabyte.
    fn exchange(room: &Room) -> Exchange {
        let mut taken = room.taken();
        assert!(taken.more(1 << 20), "the room is taken");
        let answer = Answer {
            status: http::StatusCode::OK,
            headers: http::HeaderMap::new(),
            body: taken.body(vec![b'x'; 1 << 20]),
            truncated: false,
            elapsed: Duration::ZERO,
        };
        let display = Display {
            base: BaseUrl::parse("https://h:5009").unwrap(),
            trust: Trust::System,
            way: Way::default(),
            redactor: Arc::new(Redactor::default()),
            kept: room_to_keep(),
        };
        Exchange::new(1, Draft::new(http::Method::GET, "/"), answer, display)
    }

    #[test]
    fn what_is_reported_holds_no_long_body() {
        let (mut sheet, room) = (sheet(), Room::of(1 << 20));
        for case in ["current", "that-one", "gone"] {
            sheet.report("getTag", case, Finding::judge(exchange(&room), true, "200"));
        }
        let kept = sheet.take("getTag/gone").unwrap().exchange.unwrap();
        assert!(kept.answer().truncated && kept.answer().body.starts_with(b"xxx"));
    }

    fn verdict(holds: bool) -> Finding {
        Finding::verdict(holds, "this", "that")
    }

    #[test]
    fn the_first_deviation_of_a_case_stands() {
        let mut sheet = sheet();
        for finding in [
            Finding::skip("too early"),
            verdict(true),
            verdict(false).note("first"),
            verdict(false).note("second"),
            verdict(true),
        ] {
            sheet.report("getTag", "current", finding);
        }
        let finding = sheet.take("getTag/current").unwrap();
        assert!(!finding.holds());
        assert_eq!(finding.words().as_deref(), Some("first"));
        assert!(sheet.take("getTag/that-one").is_none());
    }

    #[test]
    fn another_sequence_s_case_is_left_alone() {
        let mut sheet = sheet();
        sheet.report("getTag", "current", verdict(true));
        sheet.report("putNote", "creates", verdict(false));
        assert!(sheet.take("getTag/current").unwrap().holds());
        assert!(sheet.take("putNote/creates").is_none());
    }

    #[test]
    fn a_case_that_nobody_declares_is_seen_and_hides_no_deviation() {
        let mut sheet = sheet();
        sheet.report("getTag", "current", verdict(true));
        sheet.report("getTag", "that-one", verdict(false));
        sheet.report("getTag", "curent", verdict(true));
        let undeclared = Cause::Undeclared {
            sequence: "tags",
            case: "getTag/curent".to_owned(),
        };
        for silent_or_passed in ["getTag/current", "getTag/gone"] {
            let finding = sheet.take(silent_or_passed).unwrap();
            assert_eq!(finding.kind, FindingKind::Untestable, "{silent_or_passed}");
            assert_eq!(finding.cause, Some(undeclared.clone()), "{silent_or_passed}");
        }
        assert_eq!(sheet.take("getTag/that-one").unwrap().kind, FindingKind::Deviates);
    }
}
