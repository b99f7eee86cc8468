//! What each operation does, one file per family.

mod auth;
mod detections;
mod documents;
mod face_edge;
mod faces;
mod kept;
mod multipart;
mod people;
mod photos;
mod sub_resources;
pub(crate) mod swagger;
mod tags;

use crate::answer::{Answer, Problem};
use crate::call::Call;
use crate::operation::Operation;
use crate::state::State;

/// Carries out an operation on behalf of a caller who may.
pub(crate) fn handle(server: &State, operation: Operation, call: &Call) -> Result<Answer, Problem> {
    match operation {
        Operation::Authenticate => auth::authenticate(server, call),
        Operation::RenewToken => auth::renew_token(server, call),
        Operation::Profile => Ok(auth::profile(server, call)),
        Operation::PublishWithResponse => face_edge::publish_with_response(server, call),
        Operation::Publish => face_edge::publish(server, call),
        Operation::Recognize => face_edge::recognize(server, call),
        Operation::Lookup => face_edge::lookup(server, call),
        Operation::FaceEnroll => faces::enroll(server, call),
        Operation::FaceDetect => faces::detect(server, call),
        Operation::FaceCompare => faces::compare(server, call),
        Operation::CheckImageReference => Ok(faces::check_image_reference(server, call)),
        Operation::GetPerson => people::get(server, call),
        Operation::SearchPeople => people::search(server, call),
        Operation::FindPeopleByEntityField => Ok(people::by_entity_field(server, call)),
        Operation::ListAliases => sub_resources::list_aliases(server, call),
        Operation::PutAlias => sub_resources::put_alias(server, call),
        Operation::DeleteAlias => sub_resources::delete_alias(server, call),
        Operation::ListPersonTags => sub_resources::list_tags(server, call),
        Operation::PutPersonTag => sub_resources::put_tag(server, call),
        Operation::DeletePersonTag => sub_resources::delete_tag(server, call),
        Operation::ListNotes => sub_resources::list_notes(server, call),
        Operation::PutNote => sub_resources::put_note(server, call),
        Operation::DeleteNote => sub_resources::delete_note(server, call),
        Operation::PutAddress => sub_resources::put_address(server, call),
        Operation::ListEntityFields => sub_resources::list_entity_fields(server, call),
        Operation::PutEntityField => sub_resources::put_entity_field(server, call),
        Operation::DeleteEntityField => sub_resources::delete_entity_field(server, call),
        Operation::GetEnrollmentPhoto => photos::enrollment(server, call),
        Operation::GetDetectionPhoto => photos::detection(server, call),
        Operation::UploadDocument => documents::upload(server, call),
        Operation::GetDocumentData => documents::data(server, call),
        Operation::ListTags => Ok(tags::list(server, call)),
        Operation::GetTag => tags::get(server, call),
        Operation::CreateTag => tags::create(server, call),
        Operation::UpdateTag => tags::update(server, call),
        Operation::DeleteTag => tags::delete(server, call),
        Operation::ListDetectionsByPerson => detections::by_person(server, call),
        Operation::ListDetectionsByFace => detections::by_face(server, call),
    }
}
