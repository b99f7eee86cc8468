//! Doors that stand open, or shut.

use crate::accounts::{Granted, SeededAccount};
use crate::answer::Problem;
use crate::call::Call;
use crate::defects::Defect;
use crate::operation::{Access, Operation, Row};
use crate::state::State;
use serde_json::Value;

/// Operations that one defect each leaves without authorisation.
const OPEN: [(Defect, Operation); 19] = [
    (Defect::OpenPublish, Operation::Publish),
    (Defect::OpenPublishWithResponse, Operation::PublishWithResponse),
    (Defect::OpenRecognize, Operation::Recognize),
    (Defect::OpenLookup, Operation::Lookup),
    (Defect::OpenEnroll, Operation::FaceEnroll),
    (Defect::OpenDetect, Operation::FaceDetect),
    (Defect::OpenCompare, Operation::FaceCompare),
    (Defect::OpenCheckImageReference, Operation::CheckImageReference),
    (Defect::OpenSearchPeople, Operation::SearchPeople),
    (Defect::OpenFindByEntityField, Operation::FindPeopleByEntityField),
    (Defect::OpenListNotes, Operation::ListNotes),
    (Defect::OpenPutNote, Operation::PutNote),
    (Defect::OpenPutAddress, Operation::PutAddress),
    (Defect::OpenDeleteAlias, Operation::DeleteAlias),
    (Defect::OpenUpload, Operation::UploadDocument),
    (Defect::OpenDocument, Operation::GetDocumentData),
    (Defect::OpenListTags, Operation::ListTags),
    (Defect::OpenCreateTag, Operation::CreateTag),
    (Defect::OpenDetectionsByPerson, Operation::ListDetectionsByPerson),
];

/// A permission that is taken for another.
const MISTAKEN: [(Defect, &str); 4] = [
    (Defect::ReadersMutate, "Read All Identity"),
    (Defect::ReadersDeleteTags, "Read Tags"),
    (Defect::RecognizersPublish, "Face Recognize"),
    (Defect::PublishersRecognize, "Face Publishing"),
];

/// An operation that asks for a permission it should not ask for.
const STRICTER: [(Defect, &str); 3] = [
    (Defect::PublishersMayNotPublish, "Face Enrollment"),
    (Defect::ReadersMayNotReadTags, "Edit Tags"),
    (Defect::PhotosNeedPermission, "Read All Identity"),
];

/// Whether the caller may, after the defects have had their say.
pub(crate) fn permits(server: &State, row: &Row, path: &str, caller: &SeededAccount, permitted: bool) -> bool {
    let held = |permission: &str| caller.permissions.holds(permission);
    let nothing_held = matches!(caller.permissions, Granted::Only(held) if held.is_empty());
    let shut = STRICTER
        .iter()
        .any(|(defect, asked)| server.has(*defect) && defect.shows_at(row) && !held(asked))
        || (nothing_held && server.has(Defect::RenewNeedsPermission) && row.operation == Operation::RenewToken)
        || (nothing_held && server.has(Defect::ProfileNeedsPermission) && row.operation == Operation::Profile);
    let opened = server.has(Defect::IgnoresPermissions)
        || OPEN
            .iter()
            .any(|(defect, operation)| server.has(*defect) && *operation == row.operation)
        || MISTAKEN
            .iter()
            .any(|(defect, enough)| server.has(*defect) && defect.shows_at(row) && held(enough))
        || super::cached::gives(server, Defect::PeopleAreCached, row, path);
    let remembered = remembered(server, row, permitted);
    (permitted && !shut) || opened || remembered || super::crowd::skips_permissions(server, row)
}

fn remembered(server: &State, row: &Row, permitted: bool) -> bool {
    if !server.has(Defect::AuthorisationRemembered) {
        return false;
    }
    let mut allowed = server.memory.allowed.lock();
    if permitted {
        allowed.insert(row.operation);
    }
    allowed.contains(&row.operation)
}

/// Whether what was just denied is done all the same, because a defect denies too late.
pub(crate) fn is_done_all_the_same(server: &State, row: &Row) -> bool {
    let late = [
        Defect::StoresBeforeDenying,
        Defect::DeniedDeleteDeletes,
        Defect::DeniedPublishIsRecorded,
    ];
    late.iter().any(|defect| server.has(*defect) && defect.shows_at(row))
}

/// What is wrong with a body, for servers that look at it too early.
pub(crate) fn body_problem(row: &Row, call: &Call) -> Option<Problem> {
    if !Defect::ValidatesBeforeAuthorising.shows_at(row) {
        return None;
    }
    let body: Value = match call.json() {
        Ok(body) => body,
        Err(problem) => return Some(problem),
    };
    let required: &[&str] = match row.operation {
        Operation::Publish | Operation::PublishWithResponse => {
            &["expanded", "detectorName", "ianaTimeZone", "detectTimeUtc"]
        }
        Operation::Recognize => &["detectorName", "ianaTimeZone", "detectTimeUtc"],
        Operation::FaceEnroll | Operation::FaceDetect => &["faceImage"],
        Operation::FaceCompare => &["faceImage1", "faceImage2"],
        Operation::PutPersonTag => &["tagId"],
        Operation::PutEntityField => &["name"],
        Operation::CreateTag | Operation::UpdateTag => &["tagName"],
        _ => &[],
    };
    let lacking = required.iter().find(|member| body.get(**member).is_none());
    if let Some(member) = lacking {
        return Some(Problem::invalid(member, format!("The {member} field is required.")));
    }
    (!body.is_object()).then(|| Problem::bad_request("The body is no object."))
}

/// Whether a missing permission is what the operation is about.
pub(super) fn needs_permission(row: &Row) -> bool {
    matches!(row.access, Access::Permission(_))
}
