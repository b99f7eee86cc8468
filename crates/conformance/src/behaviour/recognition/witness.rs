//! The three operations that recognise, asked about one picture.

use crate::behaviour::name::unique;
use crate::behaviour::operations::{LOOKUP, RECOGNIZE, RESPOND};
use crate::behaviour::play::Play;
use crate::behaviour::publish::faces;
use crate::behaviour::value::text;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use proofload_probing::body::{Body, Part};
use proofload_probing::context::shared::Photo;
use proofload_probing::findings::Stop;
use proofload_probing::messages::Exchange;
use serde_json::{Value, json};

/// What one operation says about a picture.
pub(super) struct Witness {
    pub(super) operation: &'static str,
    pub(super) exchange: Exchange,
    /// The person it names, as an `EdgePerson`.
    pub(super) person: Option<Value>,
}

impl Witness {
    pub(super) fn person_id(&self) -> Option<String> {
        text(self.person.as_ref()?, "personId")
    }
}

/// Asks all three; one that nobody may call or that does not answer is left out.
pub(super) async fn ask(play: &mut Play<'_>, jpeg: &Bytes) -> Vec<Witness> {
    let mut witnesses = Vec::new();
    for answer in [
        recognize(play, jpeg).await,
        lookup(play, jpeg).await,
        respond(play, jpeg).await,
    ] {
        witnesses.extend(answer.ok().flatten());
    }
    witnesses
}

/// A call of `recognize` with a picture.
pub(super) fn recognition(play: &Play<'_>, jpeg: &Bytes) -> Value {
    json!({
        "croppedAligned": STANDARD.encode(jpeg),
        "detectorName": unique(play.context, "recognizer"),
        "ianaTimeZone": "America/Los_Angeles",
        "detectTimeUtc": now(),
    })
}

pub(super) fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// A form of `lookup` with a picture.
pub(super) fn form(jpeg: &Bytes) -> Body {
    Body::Multipart(vec![
        Part::file("CroppedAligned", "face.jpg", jpeg.clone()).typed("image/jpeg"),
        Part::text("RecognitionModel", "arcface"),
    ])
}

async fn recognize(play: &mut Play<'_>, jpeg: &Bytes) -> Result<Option<Witness>, Stop> {
    let body = recognition(play, jpeg);
    let exchange = play.attempt(RECOGNIZE, play.draft(RECOGNIZE)?.json(body)).await?;
    Ok(Some(edge_person(play, RECOGNIZE, exchange)))
}

async fn lookup(play: &mut Play<'_>, jpeg: &Bytes) -> Result<Option<Witness>, Stop> {
    let exchange = play.attempt(LOOKUP, play.draft(LOOKUP)?.body(form(jpeg))).await?;
    Ok(Some(edge_person(play, LOOKUP, exchange)))
}

/// A 404 says that nobody matches; any other refusal is a finding of its own.
fn edge_person(play: &mut Play<'_>, operation: &'static str, exchange: Exchange) -> Witness {
    let matched = exchange.status() != 404 && play.proper(operation, &exchange).is_ok();
    let person = exchange.json().filter(|_| matched);
    Witness {
        operation,
        exchange,
        person,
    }
}

/// Asks `publishWithResponse`; nothing when its answer is shaped otherwise than assumed.
async fn respond(play: &mut Play<'_>, jpeg: &Bytes) -> Result<Option<Witness>, Stop> {
    let body = json!({
        "expanded": STANDARD.encode(jpeg),
        "detectorName": unique(play.context, "witness"),
        "ianaTimeZone": "America/Los_Angeles",
        "detectTimeUtc": now(),
        "allowDoubleDetection": true,
        "includePerson": true,
    });
    let exchange = play.attempt(RESPOND, play.draft(RESPOND)?.json(body)).await?;
    let body = exchange.json().unwrap_or_default();
    let Some(faces) = faces::faces(&body).filter(|_| exchange.is_success()) else {
        return Ok(None);
    };
    let person = faces
        .iter()
        .find_map(|face| face.get("person").filter(|person| person.is_object()).cloned());
    Ok(Some(Witness {
        operation: RESPOND,
        exchange,
        person,
    }))
}

/// The face id that belongs to a photo: as its enrolment named it, or as those say who recognise it.
pub(in crate::behaviour) async fn recognised_face(play: &mut Play<'_>, photo: &Photo) -> Option<String> {
    if let Some(face) = &photo.face_id {
        return Some(face.clone());
    }
    let witnesses = ask(play, &photo.jpeg).await;
    witnesses
        .iter()
        .find_map(|witness| text(witness.person.as_ref()?, "faceId"))
}
