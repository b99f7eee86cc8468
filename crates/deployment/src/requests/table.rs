//! The table from operation to request body.

use crate::images::{self, Image};

/// The body of an operation's requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestBody {
    /// JSON with the account's user name and password.
    Credentials,
    /// JSON with these members at least; others may be as in the contract's example.
    Json(&'static [Member]),
    /// `multipart/form-data` with these parts.
    Form(&'static [Member]),
}

/// A member of a JSON body, or a part of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// What it carries.
    pub content: Content,
}

/// What a member of a body carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A picture: this one where the picture does not matter, and the cameras' own in a load. In base64 within JSON.
    Picture(Image),
    /// The name of the camera that saw it; changes from call to call.
    DetectorName,
    /// When the camera saw it; changes from call to call.
    DetectTime,
    /// This text in every call.
    Text(&'static str),
    /// A name of one's own, by which a call is told from others.
    OwnName,
    /// The id of something that the deployment knows. Nobody can make one up: a load sends it where its scenario states one.
    Id,
    /// A face embedding of the shape that `arcface` gives. A load has pictures and no embeddings, and leaves it out.
    Embedding,
    /// A file, whatever is in it; a load sends a picture.
    File,
}

const fn member(name: &'static str, content: Content) -> Member {
    Member { name, content }
}

const DETECTOR: Member = member("detectorName", Content::DetectorName);
const TIME_ZONE: Member = member("ianaTimeZone", Content::Text("America/Los_Angeles"));
const DETECT_TIME: Member = member("detectTimeUtc", Content::DetectTime);

/// Operations of which more is known than the contract's example says. Conformance sends the members in this order.
const TABLE: &[(&str, RequestBody)] = &[
    ("authenticate", RequestBody::Credentials),
    ("publish", PUBLISHED),
    ("publishWithResponse", PUBLISHED),
    (
        "recognize",
        RequestBody::Json(&[
            DETECT_TIME,
            DETECTOR,
            TIME_ZONE,
            member("croppedAligned", Content::Picture(images::ALIGNED)),
        ]),
    ),
    (
        "faceEnroll",
        RequestBody::Json(&[
            member("faceImage", Content::Picture(images::SCENE)),
            member("photoReferenceId", Content::OwnName),
        ]),
    ),
    (
        "faceDetect",
        RequestBody::Json(&[member("faceImage", Content::Picture(images::FACE))]),
    ),
    (
        "faceCompare",
        RequestBody::Json(&[
            member("faceImage1", Content::Picture(images::FACE)),
            member("faceImage2", Content::Picture(images::FACE)),
        ]),
    ),
    (
        "lookup",
        RequestBody::Form(&[
            member("CroppedAligned", Content::Picture(images::ALIGNED)),
            member("Embeddings", Content::Embedding),
            member("RecognitionModel", Content::Text("arcface")),
        ]),
    ),
    (
        "uploadDocument",
        RequestBody::Form(&[
            member("personId", Content::Id),
            member("name", Content::OwnName),
            member("file", Content::File),
        ]),
    ),
];

const PUBLISHED: RequestBody = RequestBody::Json(&[
    member("expanded", Content::Picture(images::FACE)),
    DETECTOR,
    TIME_ZONE,
    DETECT_TIME,
]);

/// What the body of an operation carries; none where the contract's example, or its having no body, says it all.
pub fn request_body(operation: &str) -> Option<RequestBody> {
    let row = TABLE.iter().find(|(id, _)| *id == operation);
    row.map(|(_, body)| *body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_contract::{Contract, MediaType};
    use serde_json::Value;

    fn media(operation: &str) -> Option<&'static MediaType> {
        let operation = Contract::bundled().operation(operation)?;
        operation.request_body.as_ref()?.content.first()
    }

    #[test]
    fn every_operation_with_a_body_is_in_the_table_or_has_an_example() {
        for operation in Contract::bundled().operations() {
            if let Some(media) = media(&operation.id) {
                assert!(
                    request_body(&operation.id).is_some() || media.example.is_some(),
                    "nobody knows what the body of {} carries: give it a row here, or an example in the contract",
                    operation.id
                );
            }
        }
    }

    #[test]
    fn the_contract_knows_every_row_and_every_member() {
        for (operation, body) in TABLE {
            let media = media(operation).unwrap_or_else(|| panic!("{operation} has no body"));
            let (members, form) = match body {
                RequestBody::Credentials => (&[][..], false),
                RequestBody::Json(members) => (*members, false),
                RequestBody::Form(parts) => (*parts, true),
            };
            assert_eq!(media.name.starts_with("multipart/"), form, "{operation}");
            let known = media.schema.get("properties").and_then(Value::as_object);
            for member in members {
                let known = known.is_some_and(|known| known.contains_key(member.name));
                assert!(known, "{operation} has no member {}", member.name);
            }
        }
    }

    #[test]
    fn an_operation_stands_in_the_table_once() {
        for (index, (operation, _)) in TABLE.iter().enumerate() {
            assert!(
                TABLE[..index].iter().all(|(other, _)| other != operation),
                "{operation}"
            );
        }
    }
}
