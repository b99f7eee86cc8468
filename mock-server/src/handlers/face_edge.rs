//! What cameras call: publishing, recognising, looking up.

use super::multipart;
use crate::answer::{self, Answer, Problem};
use crate::call::{Call, Text, instant};
use crate::defects::Defect;
use crate::faults::crowd;
use crate::state::State;
use crate::stores::{Face, Image, NoImage, Sighting, Zone};
use crate::vision::{BoundingBox, SeenFace};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;
use uuid::Uuid;

/// The body of `publish`, `publishWithResponse` and `recognize`. Text is borrowed: the image is not copied.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Frame<'a> {
    #[serde(borrow)]
    expanded: Option<Text<'a>>,
    #[serde(borrow)]
    cropped_aligned: Option<Text<'a>>,
    #[serde(borrow)]
    detector_name: Option<Text<'a>>,
    #[serde(borrow)]
    iana_time_zone: Option<Text<'a>>,
    #[serde(borrow)]
    detect_time_utc: Option<Text<'a>>,
    largest_face_only: bool,
    allow_double_detection: bool,
    include_person: bool,
}

/// What is left of a frame once it was checked.
struct Checked<'a> {
    image: Arc<Image>,
    detector: &'a str,
    time_zone: Zone,
    detected_ms: i64,
}

/// Which member holds the face.
#[derive(Clone, Copy)]
enum Holds {
    Expanded,
    CroppedAligned,
}

/// A person as cameras are told of them.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EdgePerson {
    face_id: Uuid,
    person_id: Uuid,
    first_name: Option<String>,
    last_name: Option<String>,
    tags: Vec<EdgeTag>,
}

#[derive(Clone, Serialize)]
struct EdgeTag {
    name: String,
}

#[derive(Serialize)]
struct PublishedFaces {
    faces: Vec<PublishedFace>,
}

#[derive(Clone, Serialize)]
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

pub(super) fn publish(server: &State, call: &Call) -> Result<Answer, Problem> {
    let frame: Frame = call.json()?;
    let checked = match frame.check(server, Holds::Expanded) {
        Err(_) if frame.is_overlooked(server) => return Ok(answer::empty()),
        checked => checked?,
    };
    if server.has(Defect::PublishNotRecorded) {
        return Ok(answer::empty());
    }
    for seen in &checked.image.faces {
        note(server, &checked, seen, false);
    }
    Ok(answer::empty())
}

pub(super) fn publish_with_response(server: &State, call: &Call) -> Result<Answer, Problem> {
    let frame: Frame = call.json()?;
    let mut checked = match frame.check(server, Holds::Expanded) {
        Err(_) if frame.is_overlooked(server) => return Ok(answer::json(&PublishedFaces { faces: Vec::new() })),
        checked => checked?,
    };
    checked.image = crowd::picture(server, checked.image);
    let largest_only = frame.largest_face_only;
    let wanted = match largest_only {
        true if server.has(Defect::LargestFaceOnlyFindsNone) => 0,
        true => 1,
        false => usize::MAX,
    };
    let allow_double = (frame.allow_double_detection && !server.has(Defect::DoubleDetectionIgnored))
        || server.has(Defect::DuplicatesNotPrevented);
    let include_person =
        (frame.include_person && !server.has(Defect::IncludePersonIgnored)) || server.has(Defect::PersonUnasked);
    let faces = checked.image.faces.iter().take(wanted).map(|seen| {
        let (face, detection_id) = note(server, &checked, seen, allow_double);
        PublishedFace {
            face_id: face.id,
            detection_id,
            bounding_box: seen.bounding_box,
            confidence: seen.confidence,
            quality: seen.quality,
            person: if include_person {
                edge_person(server, &face)
            } else {
                None
            },
        }
    });
    let mut faces: Vec<PublishedFace> = faces.collect();
    if largest_only && server.has(Defect::LargestFaceOnlyReturnsTwo) {
        faces.extend_from_within(..);
    }
    Ok(answer::json(&PublishedFaces { faces }))
}

pub(super) fn recognize(server: &State, call: &Call) -> Result<Answer, Problem> {
    let mut frame: Frame = call.json()?;
    if server.has(Defect::RecognizeWithoutDetector) {
        frame.detector_name.get_or_insert(Text(Cow::Borrowed("unknown")));
    }
    let checked = frame.check(server, Holds::CroppedAligned)?;
    if server.has(Defect::RecognizeFindsNobody) {
        return Err(no_match());
    }
    match_of(server, &checked.image)
}

pub(super) fn lookup(server: &State, call: &Call) -> Result<Answer, Problem> {
    let mut form = multipart::read(call)?;
    if let Some(model) = form.text("RecognitionModel")?
        && !model.eq_ignore_ascii_case("arcface")
    {
        return Err(Problem::invalid(
            "RecognitionModel",
            format!("The model '{model}' is not known; arcface is."),
        ));
    }
    let Some(part) = form.take("CroppedAligned") else {
        // There is no model here that embeddings could come from, so that they match nobody.
        return Err(match form.take("Embeddings") {
            Some(_) => no_match(),
            None => Problem::invalid("CroppedAligned", "The CroppedAligned field is required."),
        });
    };
    let image = server.stores.images.in_bytes(part.data);
    let image = image.map_err(|why| Problem::invalid("CroppedAligned", why.message()))?;
    if server.has(Defect::LookupFindsNobody) {
        return Err(no_match());
    }
    match_of(server, &image)
}

impl<'a> Frame<'a> {
    /// Checks everything, so that one answer names every member that is wrong.
    fn check(&'a self, server: &State, holds: Holds) -> Result<Checked<'a>, Problem> {
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
            let known = Zone::named(zone);
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

impl Frame<'_> {
    /// Whether a defect takes a frame in which something is missing or wrong.
    fn is_overlooked(&self, server: &State) -> bool {
        let missing = [
            (&self.expanded, Defect::PublishWithoutImage),
            (&self.detector_name, Defect::PublishWithoutDetector),
            (&self.iana_time_zone, Defect::PublishWithoutTimeZone),
            (&self.detect_time_utc, Defect::PublishWithoutTime),
        ];
        let image = self
            .expanded
            .as_deref()
            .map(|text| server.stores.images.in_base64(text));
        missing
            .iter()
            .any(|(member, defect)| member.is_none() && server.has(*defect))
            || (matches!(image, Some(Err(NoImage::NotBase64))) && server.has(Defect::BadBase64Published))
            || (matches!(image, Some(Err(NoImage::NotJpeg))) && server.has(Defect::NoImagePublished))
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
fn note(server: &State, checked: &Checked, seen: &SeenFace, allow_double: bool) -> (Arc<Face>, Uuid) {
    let mut face = server.stores.faces.seen(&seen.likeness);
    if server.has(Defect::PublishedAsSomebodyElse) {
        face = server.stores.faces.first().unwrap_or(face);
    }
    let sighting = Sighting {
        detector: checked.detector,
        detected_ms: if server.has(Defect::DetectionTimeOfArrival) {
            server.settings.clock.now_ms()
        } else {
            checked.detected_ms
        },
        time_zone: checked.time_zone,
        confidence: seen.confidence,
        image: &checked.image,
        allow_double,
    };
    let id = face.log.lock().note(&sighting);
    if server.has(Defect::PublishedTwice) {
        face.log.lock().note(&Sighting {
            allow_double: true,
            ..sighting
        });
    }
    (face, id)
}

/// The person whose face is the largest in the image; `404` without a face or a match.
fn match_of(server: &State, image: &Image) -> Result<Answer, Problem> {
    let largest = image.faces.first();
    let face = largest.and_then(|seen| {
        if server.has(Defect::RecognizesWrongPerson) {
            return server.stores.faces.first();
        }
        server.stores.faces.recognise(&seen.likeness)
    });
    let person = face.and_then(|face| edge_person(server, &face));
    person.map(|person| answer::json(&person)).ok_or_else(no_match)
}

fn no_match() -> Problem {
    Problem::not_found("No face was found, or it belongs to nobody who is enrolled.")
}

/// The person whose face it is; nobody for a stranger's.
fn edge_person(server: &State, face: &Face) -> Option<EdgePerson> {
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
