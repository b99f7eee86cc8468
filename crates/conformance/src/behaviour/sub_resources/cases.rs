//! The cases of one kind.

use super::kind::Kind;
use crate::behaviour::declare::guide;
use proofload_probing::probe::Declared;

/// The cases of one kind, at the operations it has.
pub(super) fn of(kind: &Kind) -> Vec<Declared> {
    let mut cases = vec![
        guide(kind.put, "creates", "A PUT without an id creates one, once."),
        guide(
            kind.put,
            "stored-as-given",
            "What was put is shown as it was given, in any script.",
        ),
        guide(
            kind.put,
            "own-person-only",
            "What is put on one person is not put on another.",
        ),
        guide(
            kind.put,
            "updates-in-place",
            "A PUT with an id changes that one, which keeps its id, and adds none.",
        ),
        guide(
            kind.put,
            "leaves-others",
            "A PUT leaves the others of its kind as they are.",
        ),
        guide(
            kind.put,
            "other-person-untouched",
            "A PUT on one person changes nothing of another person's, even when it names its id.",
        ),
        guide(
            "getPerson",
            kind.shown,
            "The full record of a person shows what is kept about them.",
        ),
        guide(
            "getPerson",
            kind.own,
            "The full record of a person shows nobody else's.",
        ),
    ];
    if let Some(list) = kind.list {
        cases.extend([
            guide(
                list,
                "current",
                "The list shows what is stored, and no more what was deleted.",
            ),
            guide(list, "own-only", "The list shows nobody else's."),
            guide(
                list,
                "unknown-person",
                "For a person who does not exist nothing is listed.",
            ),
        ]);
    }
    if let Some(delete) = kind.delete {
        cases.extend([
            guide(delete, "gone", "What was deleted is gone for good."),
            guide(
                delete,
                "leaves-others",
                "A DELETE leaves the others of its kind as they are.",
            ),
            guide(
                delete,
                "other-person-untouched",
                "A DELETE on one person removes nothing of another person's, even when it names its id.",
            ),
        ]);
    }
    cases
}
