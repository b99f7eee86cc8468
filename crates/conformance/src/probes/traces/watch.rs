//! Which refused writes can be watched, and by which means.

use serde_json::{Value, json};

/// How one sees what a write of an operation has done.
#[derive(Clone, Copy)]
pub(super) enum Watch {
    /// What was put on a person is listed.
    PartPut(&'static PersonPart),
    /// What was deleted of a person is listed no more.
    PartDeleted(&'static PersonPart),
    /// The tag is listed.
    TagCreated,
    /// The tag has another name.
    TagUpdated,
    /// The tag is there no more.
    TagDeleted,
    /// The tag is listed at the person.
    TagPutOn,
    /// The tag is not listed at the person any more.
    TagTakenOff,
    /// The person's record shows the address.
    AddressPut,
    /// The person's detections show the detector.
    Published,
}

/// How a write of this operation is watched; `None` where there is no way, or it does not write.
pub(super) fn of(operation: &str) -> Option<Watch> {
    let put = PARTS.iter().find(|part| part.put == operation).map(Watch::PartPut);
    let deleted = || {
        PARTS
            .iter()
            .find(|part| part.delete == operation)
            .map(Watch::PartDeleted)
    };
    put.or_else(deleted).or(match operation {
        "createTag" => Some(Watch::TagCreated),
        "updateTag" => Some(Watch::TagUpdated),
        "deleteTag" => Some(Watch::TagDeleted),
        "putPersonTag" => Some(Watch::TagPutOn),
        "deletePersonTag" => Some(Watch::TagTakenOff),
        "putAddress" => Some(Watch::AddressPut),
        "publish" | "publishWithResponse" => Some(Watch::Published),
        _ => None,
    })
}

/// What is kept about a person, with the operations that put, list and delete it.
pub(super) struct PersonPart {
    pub(super) put: &'static str,
    pub(super) list: &'static str,
    pub(super) delete: &'static str,
    /// The member of an entry that is its id, and the path parameter it goes into.
    pub(super) id: (&'static str, &'static str),
    pub(super) body: fn(&str) -> Value,
}

static PARTS: [PersonPart; 3] = [
    PersonPart {
        put: "putAlias",
        list: "listAliases",
        delete: "deleteAlias",
        id: ("personAliasId", "aliasId"),
        body: |marker| json!({"firstName": marker, "lastName": "proofload"}),
    },
    PersonPart {
        put: "putNote",
        list: "listNotes",
        delete: "deleteNote",
        id: ("noteId", "noteId"),
        body: |marker| json!({"summary": marker, "body": "proofload"}),
    },
    PersonPart {
        put: "putEntityField",
        list: "listEntityFields",
        delete: "deleteEntityField",
        id: ("entityFieldId", "entityId"),
        body: |marker| json!({"name": marker, "stringValue": "proofload"}),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_contract::Contract;

    /// Writing operations that nothing watches, and why.
    const UNWATCHED: [(&str, &str); 2] = [
        ("faceEnroll", "whom a broken server enrolled could not be removed again"),
        (
            "uploadDocument",
            "nothing lists documents, and none can be removed again",
        ),
    ];

    #[test]
    fn every_write_is_watched_or_an_exception_with_a_reason() {
        for operation in Contract::bundled().operations() {
            let excepted = UNWATCHED.iter().any(|(id, _)| *id == operation.id);
            let watched = of(&operation.id).is_some();
            assert_eq!(watched || excepted, operation.writes, "{}", operation.id);
            assert!(!(watched && excepted), "{} is not an exception", operation.id);
        }
    }

    #[test]
    fn whatever_is_watched_is_in_the_contract() {
        for part in &PARTS {
            for id in [part.put, part.list, part.delete] {
                assert!(Contract::bundled().operation(id).is_some(), "{id}");
            }
        }
        for (id, reason) in UNWATCHED {
            assert!(Contract::bundled().operation(id).is_some(), "{id}: {reason}");
        }
    }
}
