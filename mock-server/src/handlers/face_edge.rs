//! What cameras call: publishing, recognising, looking up.

use super::multipart;
use crate::answer::{self, Answer, Problem};
use crate::call::{Call, instant};
use crate::identities::Identities;
use crate::stores::{Face, Image, Sighting};
use crate::vision::{BoundingBox, SeenFace};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::str::FromStr;
use std::sync::Arc;
use uuid::Uuid;

/// The body of `publish`, `publishWithResponse` and `recognize`. Text is borrowed: the image is not copied.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Frame<'a> {
    #[serde(borrow)]
    expanded: Option<Cow<'a, str>>,
    #[serde(borrow)]
    cropped_aligned: Option<Cow<'a, str>>,
    #[serde(borrow)]
    detector_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    iana_time_zone: Option<Cow<'a, str>>,
    #[serde(borrow)]
    detect_time_utc: Option<Cow<'a, str>>,
    largest_face_only: bool,
    allow_double_detection: bool,
    include_person: bool,
}

/// What is left of a frame once it was checked.
struct Checked<'a> {
    image: Arc<Image>,
    detector: &'a str,
    time_zone: Tz,
    detected_ms: i64,
}

/// Which member holds the face.
#[derive(Clone, Copy)]
enum Holds {
    Expanded,
    CroppedAligned,
}

/// A person as cameras are told of them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EdgePerson {
    face_id: Uuid,
    person_id: Uuid,
    first_name: Option<String>,
    last_name: Option<String>,
    tags: Vec<EdgeTag>,
}

#[derive(Serialize)]
struct EdgeTag {
    name: String,
}

#[derive(Serialize)]
struct PublishedFaces {
    faces: Vec<PublishedFace>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PublishedFace {
    face_id: Uuid,
    detection_id: Uuid,
    bounding_box: BoundingBox,
    confidence: f64,
    quality: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<EdgePerson>,
}

pub(super) fn publish(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let frame: Frame = call.json()?;
    let checked = frame.check(server, Holds::Expanded)?;
    for seen in &checked.image.faces {
        note(server, &checked, seen, false);
    }
    Ok(answer::empty())
}

pub(super) fn publish_with_response(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let frame: Frame = call.json()?;
    let checked = frame.check(server, Holds::Expanded)?;
    let wanted = if frame.largest_face_only { 1 } else { usize::MAX };
    let faces = checked.image.faces.iter().take(wanted).map(|seen| {
        let (face, detection_id) = note(server, &checked, seen, frame.allow_double_detection);
        PublishedFace {
            face_id: face.id,
            detection_id,
            bounding_box: seen.bounding_box,
            confidence: seen.confidence,
            quality: seen.quality,
            person: if frame.include_person {
                edge_person(server, &face)
            } else {
                None
            },
        }
    });
    Ok(answer::json(&PublishedFaces { faces: faces.collect() }))
}

pub(super) fn recognize(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let frame: Frame = call.json()?;
    let checked = frame.check(server, Holds::CroppedAligned)?;
    match_of(server, &checked.image)
}

pub(super) fn lookup(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let mut form = multipart::read(call)?;
    if let Some(model) = form.text("RecognitionModel")?
        && !model.eq_ignore_ascii_case("arcface")
    {
        return Err(Problem::invalid(
            "RecognitionModel",
            format!("The model '{model}' is not known; arcface is."),
        ));
    }
    match form.take("CroppedAligned") {
        Some(part) => {
            let image = server.stores.images.in_bytes(part.data);
            match_of(
                server,
                &*image.map_err(|why| Problem::invalid("CroppedAligned", why.message()))?,
            )
        }
        // There is no model here that embeddings could come from, so that they match nobody.
        None if form.take("Embeddings").is_some() => Err(no_match()),
        None => Err(Problem::invalid(
            "CroppedAligned",
            "The CroppedAligned field is required.",
        )),
    }
}

impl<'a> Frame<'a> {
    /// Checks everything, so that one answer names every member that is wrong.
    fn check(&'a self, server: &Identities, holds: Holds) -> Result<Checked<'a>, Problem> {
        let mut errors = Vec::new();
        let (member, value) = match holds {
            Holds::Expanded => ("expanded", self.expanded.as_deref()),
            Holds::CroppedAligned => ("croppedAligned", self.cropped_aligned.as_deref()),
        };
        let text = required(member, value, &mut errors);
        let detector = required("detectorName", self.detector_name.as_deref(), &mut errors);
        let zone = required("ianaTimeZone", self.iana_time_zone.as_deref(), &mut errors);
        let time = required("detectTimeUtc", self.detect_time_utc.as_deref(), &mut errors);
        let time_zone = zone.and_then(|zone| {
            let known = Tz::from_str(zone).ok();
            if known.is_none() {
                errors.push(("ianaTimeZone".to_owned(), format!("'{zone}' is not an IANA time zone.")));
            }
            known
        });
        let detected_ms = time.and_then(|time| {
            let known = instant(time).map(|time| time.timestamp_millis());
            if known.is_none() {
                errors.push(("detectTimeUtc".to_owned(), format!("'{time}' is not an ISO 8601 time.")));
            }
            known
        });
        let image = text.and_then(|text| match server.stores.images.in_base64(text) {
            Ok(image) => Some(image),
            Err(why) => {
                errors.push((member.to_owned(), why.message().to_owned()));
                None
            }
        });
        match (image, detector, time_zone, detected_ms) {
            (Some(image), Some(detector), Some(time_zone), Some(detected_ms)) => Ok(Checked {
                image,
                detector,
                time_zone,
                detected_ms,
            }),
            _ => Err(Problem::validation(errors)),
        }
    }
}

/// The text of a member, or a message that it is missing.
fn required<'a>(member: &str, value: Option<&'a str>, errors: &mut Vec<(String, String)>) -> Option<&'a str> {
    let text = value.filter(|text| !text.trim().is_empty());
    if text.is_none() {
        errors.push((member.to_owned(), format!("The {member} field is required.")));
    }
    text
}

/// Stores a detection of a face, and says whose and under which id.
fn note(server: &Identities, checked: &Checked, seen: &SeenFace, allow_double: bool) -> (Arc<Face>, Uuid) {
    let face = server.stores.faces.seen(&seen.likeness);
    let sighting = Sighting {
        detector: checked.detector,
        detected_ms: checked.detected_ms,
        time_zone: checked.time_zone,
        confidence: seen.confidence,
        image: &checked.image,
        allow_double,
    };
    let id = face.log.lock().note(&sighting);
    (face, id)
}

/// The person whose face is the largest in the image; `404` without a face or a match.
fn match_of(server: &Identities, image: &Image) -> Result<Answer, Problem> {
    let largest = image.faces.first();
    let face = largest.and_then(|seen| server.stores.faces.recognise(&seen.likeness));
    let person = face.and_then(|face| edge_person(server, &face));
    person.map(|person| answer::json(&person)).ok_or_else(no_match)
}

fn no_match() -> Problem {
    Problem::not_found("No face was found, or it belongs to nobody who is enrolled.")
}

/// The person whose face it is; nobody for a stranger's.
fn edge_person(server: &Identities, face: &Face) -> Option<EdgePerson> {
    let person_id = face.person?;
    let (alias, tag_ids) = server.stores.people.read(person_id, |person| {
        let tags: Vec<_> = person.tags.iter().map(|worn| worn.tag).collect();
        (person.aliases.first().cloned().unwrap_or_default(), tags)
    })?;
    let names = tag_ids.into_iter().filter_map(|id| server.stores.tags.name_of(id));
    Some(EdgePerson {
        face_id: face.id,
        person_id,
        first_name: alias.first_name,
        last_name: alias.last_name,
        tags: names.map(|name| EdgeTag { name }).collect(),
    })
}
