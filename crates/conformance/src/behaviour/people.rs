//! The people whom a run enrols, once for all families: the API has no way to remove a person again.

use super::limits;
use super::name::unique;
use super::play::sent;
use super::settling;
use super::value::text;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use proofload_deployment::images::{self, Image};
use proofload_probing::context::Context;
use proofload_probing::context::shared::{Enrolment, People, Person, Photo};
use proofload_probing::findings::{Cause, Stop};
use proofload_probing::messages::{Draft, Exchange};
use serde_json::json;

/// The people of this run, enrolled when first asked for.
///
/// # Errors
/// The target allows reads only, or nobody could be enrolled.
pub(crate) async fn people(context: &Context) -> Result<People, Stop> {
    enrolment(context).await?.people.clone()
}

/// How enrolling the people of this run went.
///
/// # Errors
/// The target allows reads only.
pub(super) async fn enrolment(context: &Context) -> Result<&Enrolment, Stop> {
    context.require_writes()?;
    Ok(context.people.get_or_init(|| enrol_everybody(context)).await)
}

async fn enrol_everybody(context: &Context) -> Enrolment {
    let mut calls = Vec::new();
    let people = enrol_both(context, &mut calls).await;
    if let Ok(people) = &people {
        Box::pin(settling::learn(context, people)).await;
    }
    Enrolment { calls, people }
}

/// How often it is tried at most to enrol somebody, when the server does not answer. A person may stay whom nobody knows of.
const ENROLMENTS: usize = 3;

async fn enrol_both(context: &Context, calls: &mut Vec<Exchange>) -> Result<People, Stop> {
    let photo = enrol(context, images::SCENE, None, calls).await?;
    let mut first = Person {
        id: photo.person_id.clone(),
        photos: vec![photo],
    };
    let second = enrol(context, images::EXPANDED, None, calls).await;
    let second = second.and_then(|photo| {
        if super::value::same_id(&photo.person_id, &first.id) {
            return Err(Stop::skip("faceEnroll gave the same person twice"));
        }
        Ok(Person {
            id: photo.person_id.clone(),
            photos: vec![photo],
        })
    });
    let mut added = enrol(context, images::ALIGNED, Some(&first.id), calls).await;
    if let Some(refused) = calls.pop_if(|last| limits::too_small(last)) {
        let operation = context.operation("faceEnroll")?;
        context.note(limits::note(operation, &refused, "a picture of 112 pixels"));
        added = enrol(context, images::FACE, Some(&first.id), calls).await;
    }
    if let Ok(photo) = added {
        first.photos.push(photo);
    }
    for person in std::iter::once(&first).chain(&second) {
        name(context, person).await;
    }
    Ok(People { first, second })
}

async fn enrol(
    context: &Context,
    image: Image,
    person: Option<&str>,
    calls: &mut Vec<Exchange>,
) -> Result<Photo, Stop> {
    let mut enrolled = enrol_once(context, image, person, calls).await;
    for _ in 1..ENROLMENTS {
        if !enrolled.as_ref().is_err_and(Stop::is_lost) || !context.may_try_again() {
            break;
        }
        enrolled = enrol_once(context, image, person, calls).await;
    }
    enrolled
}

async fn enrol_once(
    context: &Context,
    image: Image,
    person: Option<&str>,
    calls: &mut Vec<Exchange>,
) -> Result<Photo, Stop> {
    let operation = context.operation("faceEnroll")?;
    let caller = context.caller_of(operation).ok_or_else(|| {
        Stop::Skip(Cause::NoHolder {
            access: operation.access.clone(),
            operation: Some(operation.id.clone()),
        })
    })?;
    let reference = unique(context, &format!("photo-{}", calls.len()));
    let jpeg = marked(image, &reference);
    let mut draft = context.call("faceEnroll")?.query("forceEnrollment", "true");
    if let Some(person) = person {
        draft = draft.query("personId", person);
    }
    let body = json!({"faceImage": STANDARD.encode(&jpeg), "photoReferenceId": reference});
    let exchange = sent(context, caller, draft.json(body)).await?;
    calls.push(exchange.clone());
    if !exchange.is_success() {
        let observed = exchange.observed();
        return Err(Stop::skip(format!(
            "nobody could be enrolled: faceEnroll was answered {observed}"
        )));
    }
    let body = exchange.json().unwrap_or_default();
    let person_id = text(&body, "personId");
    let person_id = person_id
        .or_else(|| person.map(str::to_owned))
        .ok_or_else(|| Stop::skip("nobody could be enrolled: faceEnroll gave no personId"))?;
    Ok(Photo {
        jpeg,
        reference,
        face_id: text(&body, "faceId"),
        person_id,
    })
}

/// The picture with a comment in it: the same to whoever looks at it, and other bytes than any run before.
pub(super) fn marked(image: Image, comment: &str) -> Bytes {
    let (start, rest) = image.jpeg.split_at(2);
    let length = u16::try_from(comment.len() + 2).unwrap_or(2);
    let comment = &comment.as_bytes()[..usize::from(length) - 2];
    [start, &[0xFF, 0xFE], &length.to_be_bytes(), comment, rest]
        .concat()
        .into()
}

/// Leaves a name on a person that tells whoever finds it where it comes from. Whether putAlias works is another
/// family's question.
async fn name(context: &Context, person: &Person) {
    let Ok(operation) = context.operation("putAlias") else {
        return;
    };
    let Some(caller) = context.caller_of(operation) else {
        return;
    };
    let alias =
        json!({"firstName": "proofload", "lastName": person.photos[0].reference, "middleName": null, "title": null});
    let draft = Draft::of(operation);
    // Its failure is found, and told, where aliases are tested.
    let _ = sent(context, caller, draft.path("personId", &person.id).json(alias)).await;
    context.note(
        "The people that this run enrolled stay, for the API cannot remove them; their alias and photo reference begin with proofload.",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_picture_is_a_jpeg_with_a_comment() {
        let jpeg = marked(images::ALIGNED, "proofload-1");
        assert_eq!(jpeg[..6], [0xFF, 0xD8, 0xFF, 0xFE, 0, 13]);
        assert_eq!(&jpeg[6..17], b"proofload-1");
        assert_eq!(jpeg[17..], images::ALIGNED.jpeg[2..]);
        assert_ne!(jpeg, marked(images::ALIGNED, "proofload-2"));
    }
}
