//! What `publishWithResponse` answers: the faces, as the guide lists their members. The JSON names are assumed, so that
//! an answer of another shape is left alone.

use super::accepted::with;
use super::faces::{faces, ids, lacking, out_of_range, size};
use crate::behaviour::declare::{assumed, custom, guide};
use crate::behaviour::limits;
use crate::behaviour::name::unique;
use crate::behaviour::operations::RESPOND;
use crate::behaviour::play::Play;
use proofload_deployment::images::{self, Image};
use proofload_probing::fill;
use proofload_probing::findings::{Finding, Stop};
use proofload_probing::messages::Exchange;
use proofload_probing::probe::Declared;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) const CASES: [Declared; 8] = [
    guide(RESPOND, "one-face", "A picture of one face is answered with one face."),
    guide(
        RESPOND,
        "face-members",
        "Each face comes with a face id, a detection id, a box, a confidence and a quality score.",
    ),
    assumed(
        RESPOND,
        "face-ranges",
        "Scores are in range and boxes lie within the picture.",
    ),
    guide(RESPOND, "own-detection-id", "Each detection has an id of its own."),
    guide(
        RESPOND,
        "largest-face-only",
        "With largestFaceOnly, one face at most is answered.",
    ),
    guide(
        RESPOND,
        "person-only-when-asked",
        "Without includePerson, no person is answered.",
    ),
    guide(
        RESPOND,
        "options-default",
        "The options are false unless given: leaving them out is as good as false.",
    ),
    custom(RESPOND, "no-face", "In a picture without a face none is found."),
];

/// Pictures of one face each.
const PORTRAITS: [Image; 4] = [images::FACE, images::ALIGNED, images::EXPANDED, images::SCENE];

pub(super) async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let detector = unique(play.context, "portrait");
    let mut detections = Vec::new();
    for (n, image) in PORTRAITS.into_iter().enumerate() {
        let body = fill::published(image, &format!("{detector}-{n}"));
        let body = with(body, "allowDoubleDetection", true.into());
        let Some(exchange) = published(play, body).await? else {
            continue;
        };
        let Some(faces) = shaped(&exchange) else {
            return Err(Stop::skip("its answer is shaped otherwise than assumed"));
        };
        portrait(play, &exchange, &faces, image);
        detections.extend(faces.iter().filter_map(|face| ids(face).1));
    }
    let distinct: BTreeSet<_> = detections.iter().collect();
    let unique = distinct.len() == detections.len();
    let observed = format!("{} ids for {} detections", distinct.len(), detections.len());
    play.report(
        RESPOND,
        "own-detection-id",
        Finding::verdict(unique, "an id for each", observed),
    );
    largest(play, &detector).await?;
    without_person(play, &detector).await?;
    let body = fill::published(images::NO_FACE, &format!("{detector}-none"));
    let exchange = play.attempt(RESPOND, play.draft(RESPOND)?.json(body)).await?;
    let count = shaped(&exchange)
        .filter(|_| exchange.is_success())
        .map_or(0, |faces| faces.len());
    play.judge(
        RESPOND,
        "no-face",
        &exchange,
        count == 0,
        "no face",
        format!("{count} faces"),
    );
    Ok(())
}

/// The answer to a proper picture; `None` where it is smaller than this site takes, which is its right.
async fn published(play: &mut Play<'_>, body: Value) -> Result<Option<Exchange>, Stop> {
    let exchange = play.attempt(RESPOND, play.draft(RESPOND)?.json(body)).await?;
    if limits::too_small(&exchange) {
        let note = limits::note(play.context.operation(RESPOND)?, &exchange, "a small picture");
        play.context.note(note);
        return Ok(None);
    }
    play.proper(RESPOND, &exchange)?;
    Ok(Some(exchange))
}

fn shaped(exchange: &Exchange) -> Option<Vec<Value>> {
    let body = exchange.json()?;
    // Some servers write null for a list of nothing.
    if body.get("faces").is_some_and(Value::is_null) {
        return Some(Vec::new());
    }
    faces(&body).cloned()
}

fn portrait(play: &mut Play<'_>, exchange: &Exchange, faces: &[Value], image: Image) {
    let count = faces.len();
    play.judge(
        RESPOND,
        "one-face",
        exchange,
        count == 1,
        "one face",
        format!("{count} faces"),
    );
    for face in faces {
        match lacking(face) {
            Some(lacking) => {
                let observed = if lacking.is_empty() {
                    String::new()
                } else {
                    format!("without {}, and without as many others", lacking.join(", "))
                };
                play.judge(
                    RESPOND,
                    "face-members",
                    exchange,
                    lacking.is_empty(),
                    "every member",
                    observed,
                );
            }
            None => play.report(
                RESPOND,
                "face-members",
                Finding::skip("its members have other names than assumed"),
            ),
        }
        if let Some(size) = size(image.jpeg) {
            let wrong = out_of_range(face, size);
            play.judge(
                RESPOND,
                "face-ranges",
                exchange,
                wrong.is_empty(),
                "everything in range",
                wrong.join("; "),
            );
        }
        let person = face.get("person").is_some_and(|person| !person.is_null());
        play.judge(
            RESPOND,
            "person-only-when-asked",
            exchange,
            !person,
            "no person",
            "a person",
        );
    }
}

async fn largest(play: &mut Play<'_>, detector: &str) -> Result<(), Stop> {
    for (n, image) in PORTRAITS.into_iter().enumerate() {
        let mut body = fill::published(image, &format!("{detector}-largest-{n}"));
        body["allowDoubleDetection"] = json!(true);
        body["largestFaceOnly"] = json!(true);
        let Some(exchange) = published(play, body).await? else {
            continue;
        };
        let count = shaped(&exchange).map_or(1, |faces| faces.len());
        play.judge(
            RESPOND,
            "largest-face-only",
            &exchange,
            count == 1,
            "one face",
            format!("{count} faces"),
        );
    }
    Ok(())
}

/// `includePerson` false, and every option false, are as good as left out.
async fn without_person(play: &mut Play<'_>, detector: &str) -> Result<(), Stop> {
    let mut body = fill::published(images::SCENE, &format!("{detector}-false"));
    for option in ["largestFaceOnly", "allowDoubleDetection", "includePerson"] {
        body[option] = json!(false);
    }
    let exchange = play.call(RESPOND, play.draft(RESPOND)?.json(body)).await?;
    let faces = shaped(&exchange).unwrap_or_default();
    let person = faces
        .iter()
        .any(|face| face.get("person").is_some_and(|person| !person.is_null()));
    play.judge(
        RESPOND,
        "person-only-when-asked",
        &exchange,
        !person,
        "no person",
        "a person",
    );
    play.judge(
        RESPOND,
        "options-default",
        &exchange,
        !person,
        "as without options",
        "a person",
    );
    Ok(())
}
