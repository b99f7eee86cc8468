//! Enrolling, detecting and comparing faces.

use crate::answer::{self, Answer, Problem};
use crate::call::{Call, Text};
use crate::defects::Defect;
use crate::state::State;
use crate::stores::{Face, Image, Person};
use http::StatusCode;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Images<'a> {
    #[serde(borrow)]
    face_image: Option<Text<'a>>,
    #[serde(borrow)]
    face_image1: Option<Text<'a>>,
    #[serde(borrow)]
    face_image2: Option<Text<'a>>,
    photo_reference_id: Option<String>,
}

/// Enrols a face: for the person named, or for a new one. A face that is known already stays as it is, unless forced.
pub(super) fn enroll(server: &State, call: &Call) -> Result<Answer, Problem> {
    let body: Images = call.json()?;
    let person: Option<Uuid> = call.query_as("personId")?;
    let forced = call.query_flag("forceEnrollment", false)?;
    let image = image(server, "faceImage", body.face_image.as_deref())?;
    if person.is_some_and(|person| !server.stores.people.contains(person)) {
        return Err(Problem::not_found("There is no such person."));
    }
    let Some(seen) = image.faces.first() else {
        return Err(Problem::invalid("faceImage", "No face was found in the image."));
    };
    if server.has(Defect::EnrollNotStored) {
        return Ok(enrolled(person.unwrap_or_else(Uuid::new_v4), Uuid::new_v4()));
    }
    let ignores_person = server.has(Defect::EnrollIgnoresPerson);
    let person = person.filter(|_| !ignores_person);
    let known = server.stores.faces.recognise(&seen.likeness);
    let known = known.filter(|_| !forced && !ignores_person);
    if let Some((face, owner)) = known.and_then(|face| face.person.map(|owner| (face, owner))) {
        return if person.is_none_or(|person| person == owner) {
            Ok(enrolled(owner, face.id))
        } else {
            Err(Problem::new(StatusCode::CONFLICT)
                .detail("The face is enrolled for another person; forceEnrollment=true enrols it all the same."))
        };
    }
    let person = person.unwrap_or_else(|| new_person(server));
    let face = server.stores.faces.enrol(Face {
        id: Uuid::new_v4(),
        person: Some(person),
        likeness: seen.likeness,
        photo: Some(image.bytes.clone()),
        reference: body.photo_reference_id.filter(|reference| !reference.is_empty()),
        log: Mutex::default(),
    });
    Ok(enrolled(person, face.id))
}

pub(super) fn detect(server: &State, call: &Call) -> Result<Answer, Problem> {
    let body: Images = call.json()?;
    let image = image(server, "faceImage", body.face_image.as_deref())?;
    let faces: Vec<_> = image
        .faces
        .iter()
        .map(|seen| json!({ "boundingBox": seen.bounding_box, "confidence": seen.confidence, "quality": seen.quality }))
        .collect();
    Ok(answer::json(&json!({ "faces": faces })))
}

/// Compares the largest faces of two images.
pub(super) fn compare(server: &State, call: &Call) -> Result<Answer, Problem> {
    let body: Images = call.json()?;
    let first = image(server, "faceImage1", body.face_image1.as_deref())?;
    let second = image(server, "faceImage2", body.face_image2.as_deref())?;
    let face = |member: &str, image: &Image| {
        let largest = image.faces.first().copied();
        largest.ok_or_else(|| Problem::invalid(member, "No face was found in the image."))
    };
    let first = face("faceImage1", &first)?.likeness;
    let second = face("faceImage2", &second)?.likeness;
    Ok(answer::json(
        &json!({ "similarity": first.similarity(&second), "match": first.is_near(&second) }),
    ))
}

/// Whether a photo of that reference id was enrolled, and whose it is.
pub(super) fn check_image_reference(server: &State, call: &Call) -> Answer {
    let reference = call.value(0);
    let face = server.stores.faces.by_reference(reference);
    answer::json(&json!({
        "referenceId": reference,
        "exists": face.is_some(),
        "faceId": face.as_ref().map(|face| face.id),
        "personId": face.as_ref().and_then(|face| face.person),
    }))
}

fn new_person(server: &State) -> Uuid {
    let id = Uuid::new_v4();
    server.stores.people.add(Person {
        id,
        ..Person::default()
    });
    id
}

fn enrolled(person: Uuid, face: Uuid) -> Answer {
    answer::json(&json!({ "personId": person, "faceId": face }))
}

/// The image of a required member.
fn image(server: &State, member: &str, text: Option<&str>) -> Result<Arc<Image>, Problem> {
    let text = text.filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| Problem::invalid(member, format!("The {member} field is required.")))?;
    let image = server.stores.images.in_base64(text);
    image.map_err(|why| Problem::invalid(member, why.message()))
}
