//! What is no enrolled face is nobody's.

use super::witness::{form, now, recognition};
use crate::behaviour::declare::{assumed, custom, guide};
use crate::behaviour::operations::{LOOKUP, RECOGNIZE};
use crate::behaviour::play::Play;
use crate::behaviour::value::text;
use bytes::Bytes;
use proofload_deployment::images;
use proofload_probing::body::{Body, Part};
use proofload_probing::findings::Stop;
use proofload_probing::messages::Exchange;
use proofload_probing::probe::Declared;
use serde_json::{Value, json};

pub(super) const CASES: [Declared; 7] = [
    guide(LOOKUP, "no-face-404", "A picture without a face is answered 404."),
    guide(LOOKUP, "no-false-match", "What is no picture of a face is nobody's."),
    custom(
        LOOKUP,
        "bad-form",
        "A form without a face, or no form at all, is refused.",
    ),
    assumed(
        RECOGNIZE,
        "no-face-404",
        "A picture without a face is answered 404, as lookup answers it.",
    ),
    guide(RECOGNIZE, "no-false-match", "What is no picture of a face is nobody's."),
    custom(
        RECOGNIZE,
        "missing-required",
        "A request without detectorName, ianaTimeZone or detectTimeUtc is answered 400.",
    ),
    custom(RECOGNIZE, "bad-picture", "A picture that is none is refused."),
];

pub(super) async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let no_face = images::NO_FACE.bytes();
    let no_picture = Bytes::from_static(b"proofload: this is no picture");
    let exchange = play.attempt(LOOKUP, play.draft(LOOKUP)?.body(form(&no_face))).await?;
    play.judge(LOOKUP, "no-face-404", &exchange, exchange.status() == 404, "404", "");
    nobody(play, LOOKUP, &exchange);
    let exchange = play
        .attempt(LOOKUP, play.draft(LOOKUP)?.body(form(&no_picture)))
        .await?;
    nobody(play, LOOKUP, &exchange);
    for body in [
        Body::Multipart(vec![Part::text("RecognitionModel", "arcface")]),
        Body::empty_form(),
        Body::Json(json!({"CroppedAligned": "proofload"})),
    ] {
        let exchange = play.attempt(LOOKUP, play.draft(LOOKUP)?.body(body)).await?;
        let refused = matches!(exchange.status(), 400 | 404 | 413 | 415 | 422);
        play.judge(LOOKUP, "bad-form", &exchange, refused, "400, 404 or 415", "");
        nobody(play, LOOKUP, &exchange);
    }
    let body = recognition(play, &no_face);
    let exchange = play.attempt(RECOGNIZE, play.draft(RECOGNIZE)?.json(body)).await?;
    play.judge(RECOGNIZE, "no-face-404", &exchange, exchange.status() == 404, "404", "");
    nobody(play, RECOGNIZE, &exchange);
    incomplete(play, &no_picture).await
}

async fn incomplete(play: &mut Play<'_>, no_picture: &Bytes) -> Result<(), Stop> {
    for member in ["detectorName", "ianaTimeZone", "detectTimeUtc"] {
        let mut body = recognition(play, &images::NO_FACE.bytes());
        if let Some(members) = body.as_object_mut() {
            members.remove(member);
        }
        let exchange = play.attempt(RECOGNIZE, play.draft(RECOGNIZE)?.json(body)).await?;
        play.judge(
            RECOGNIZE,
            "missing-required",
            &exchange,
            exchange.status() == 400,
            "400",
            "",
        );
    }
    let faceless = json!({"detectorName": "proofload", "ianaTimeZone": "UTC", "detectTimeUtc": now()});
    let exchange = play
        .attempt(RECOGNIZE, play.draft(RECOGNIZE)?.json(faceless.clone()))
        .await?;
    // Whether the picture is required is left open; that nobody is found without one is not.
    nobody(play, RECOGNIZE, &exchange);
    let mut broken = faceless;
    broken["croppedAligned"] = "*** no base64 ***".into();
    for body in [broken, recognition(play, no_picture)] {
        let exchange = play.attempt(RECOGNIZE, play.draft(RECOGNIZE)?.json(body)).await?;
        let refused = matches!(exchange.status(), 400 | 404 | 413 | 415 | 422);
        play.judge(RECOGNIZE, "bad-picture", &exchange, refused, "400", "");
        nobody(play, RECOGNIZE, &exchange);
    }
    Ok(())
}

fn nobody(play: &mut Play<'_>, operation: &str, exchange: &Exchange) {
    let body = exchange.json().filter(|_| exchange.is_success()).unwrap_or(Value::Null);
    let named = text(&body, "personId").is_some_and(|id| id.chars().any(|c| c.is_ascii_alphanumeric() && c != '0'));
    play.judge(operation, "no-false-match", exchange, !named, "nobody", "a person");
}
