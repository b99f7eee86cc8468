//! Operations that several defects show in.

use super::Affects;
use crate::operation::Operation as Op;
use Affects::Only;

pub(super) const LOGIN: Affects = Only(&[Op::Authenticate]);
pub(super) const RENEW: Affects = Only(&[Op::RenewToken]);
pub(super) const PUBLISHES: Affects = Only(&[Op::Publish, Op::PublishWithResponse]);
pub(super) const WITH_RESPONSE: Affects = Only(&[Op::PublishWithResponse]);
pub(super) const PHOTOS: Affects = Only(&[Op::GetEnrollmentPhoto, Op::GetDetectionPhoto]);
pub(super) const FILES: Affects = Only(&[Op::GetEnrollmentPhoto, Op::GetDetectionPhoto, Op::GetDocumentData]);
pub(super) const MATCHES: Affects = Only(&[Op::Recognize, Op::Lookup]);
pub(super) const LISTED: Affects = Only(&[Op::ListDetectionsByPerson, Op::ListDetectionsByFace]);
pub(super) const BODIES: Affects = Only(&[
    Op::PublishWithResponse,
    Op::Publish,
    Op::Recognize,
    Op::FaceEnroll,
    Op::FaceDetect,
    Op::FaceCompare,
    Op::PutAlias,
    Op::PutPersonTag,
    Op::PutNote,
    Op::PutAddress,
    Op::PutEntityField,
    Op::CreateTag,
    Op::UpdateTag,
]);
pub(super) const WRITES: Affects = Only(&[
    Op::PublishWithResponse,
    Op::Publish,
    Op::FaceEnroll,
    Op::PutAlias,
    Op::DeleteAlias,
    Op::PutPersonTag,
    Op::DeletePersonTag,
    Op::PutNote,
    Op::DeleteNote,
    Op::PutAddress,
    Op::PutEntityField,
    Op::DeleteEntityField,
    Op::UploadDocument,
    Op::CreateTag,
    Op::UpdateTag,
    Op::DeleteTag,
]);
pub(super) const MUTATES: Affects = Only(&[
    Op::PutAlias,
    Op::DeleteAlias,
    Op::PutPersonTag,
    Op::DeletePersonTag,
    Op::PutNote,
    Op::DeleteNote,
    Op::PutAddress,
    Op::PutEntityField,
    Op::DeleteEntityField,
]);
pub(super) const UPSERTS: Affects = Only(&[Op::PutAlias, Op::PutNote, Op::PutEntityField, Op::PutAddress]);
pub(super) const JSON: Affects = Only(&[
    Op::Authenticate,
    Op::RenewToken,
    Op::Profile,
    Op::Recognize,
    Op::Lookup,
    Op::FaceEnroll,
    Op::GetPerson,
    Op::SearchPeople,
    Op::FindPeopleByEntityField,
    Op::ListAliases,
    Op::ListPersonTags,
    Op::ListNotes,
    Op::ListEntityFields,
    Op::ListTags,
    Op::GetTag,
    Op::ListDetectionsByPerson,
    Op::ListDetectionsByFace,
]);

pub(super) const READ_BODIES: Affects = Only(&[
    Op::Authenticate,
    Op::Recognize,
    Op::Lookup,
    Op::FaceDetect,
    Op::FaceCompare,
]);
pub(super) const LISTS: Affects = Only(&[
    Op::SearchPeople,
    Op::FindPeopleByEntityField,
    Op::ListAliases,
    Op::ListNotes,
    Op::ListTags,
    Op::ListDetectionsByPerson,
    Op::ListDetectionsByFace,
]);
pub(super) const DELETES: Affects = Only(&[
    Op::DeleteAlias,
    Op::DeletePersonTag,
    Op::DeleteNote,
    Op::DeleteEntityField,
    Op::DeleteTag,
]);
pub(super) const READ_OF_PEOPLE: Affects = Only(&[
    Op::GetPerson,
    Op::ListAliases,
    Op::ListPersonTags,
    Op::ListNotes,
    Op::ListEntityFields,
    Op::GetTag,
]);
pub(super) const GIVE: Affects = Only(&[Op::Authenticate, Op::RenewToken]);
