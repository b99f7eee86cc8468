//! `faceDetect` and `faceCompare`, of whose answers little is known.

use super::declare::{assumed, custom};
use super::family::Family;
use super::limits;
use super::play::Play;
use futures_util::future::FutureExt as _;
use proofload_deployment::images;
use proofload_probing::findings::Stop;
use proofload_probing::probe::{Declared, Sequence};
use serde_json::{Value, json};

const DETECT: &str = "faceDetect";
const COMPARE: &str = "faceCompare";

const CASES: [Declared; 6] = [
    assumed(DETECT, "one-face", "In a picture of one face, one is detected."),
    assumed(DETECT, "no-face", "In a picture without a face, none is detected."),
    custom(
        DETECT,
        "bad-picture",
        "Without a picture, or with one that is none, the request is refused.",
    ),
    assumed(
        COMPARE,
        "likeness",
        "A face is more like itself than like nobody: its similarity is the highest.",
    ),
    custom(
        COMPARE,
        "bad-picture",
        "Without two pictures, or with one that is none, the request is refused.",
    ),
    custom(
        COMPARE,
        "steady",
        "The same two pictures compare the same each time, whichever comes first.",
    ),
];

pub(super) fn family() -> Box<dyn Sequence> {
    Family::new("faces", &[DETECT, COMPARE], &CASES, |play| run(play).boxed()).boxed()
}

async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let detected = detect(play).await;
    let compared = compare(play).await;
    detected.and(compared)
}

async fn detect(play: &mut Play<'_>) -> Result<(), Stop> {
    for image in [images::FACE, images::ALIGNED, images::EXPANDED, images::SCENE] {
        let exchange = play
            .attempt(DETECT, play.draft(DETECT)?.json(json!({"faceImage": image.base64()})))
            .await?;
        if limits::too_small(&exchange) {
            let note = limits::note(play.context.operation(DETECT)?, &exchange, "a small picture");
            play.context.note(note);
            continue;
        }
        play.proper(DETECT, &exchange)?;
        let body = exchange.json().unwrap_or_default();
        if let Some(faces) = body.get("faces").and_then(Value::as_array) {
            let count = faces.len();
            play.judge(
                DETECT,
                "one-face",
                &exchange,
                count == 1,
                "one face",
                format!("{count} faces"),
            );
        }
    }
    let body = json!({"faceImage": images::NO_FACE.base64()});
    let exchange = play.attempt(DETECT, play.draft(DETECT)?.json(body)).await?;
    let body = exchange.json().unwrap_or_default();
    let count = body.get("faces").and_then(Value::as_array).map_or(0, Vec::len);
    play.judge(
        DETECT,
        "no-face",
        &exchange,
        count == 0,
        "no face",
        format!("{count} faces"),
    );
    for body in [
        json!({}),
        json!({"faceImage": "*** no base64 ***"}),
        json!({"faceImage": 5}),
    ] {
        let exchange = play.attempt(DETECT, play.draft(DETECT)?.json(body)).await?;
        let refused = matches!(exchange.status(), 400 | 404 | 413 | 415 | 422);
        play.judge(DETECT, "bad-picture", &exchange, refused, "400", "");
    }
    Ok(())
}

async fn compare(play: &mut Play<'_>) -> Result<(), Stop> {
    let (one, other) = (images::FACE.base64(), images::SCENE.base64());
    let mut likeness = Vec::new();
    for (first, second) in [(&one, &one), (&one, &other), (&other, &one), (&one, &other)] {
        let body = json!({"faceImage1": first, "faceImage2": second});
        let exchange = play.call(COMPARE, play.draft(COMPARE)?.json(body)).await?;
        let similarity = exchange.json().and_then(|body| body.get("similarity")?.as_f64());
        likeness.extend(similarity.map(|similarity| (similarity, exchange)));
    }
    if let [(itself, exchange), (other, _), (turned, _), (again, repeated)] = likeness.as_slice() {
        play.judge(
            COMPARE,
            "likeness",
            exchange,
            itself >= other,
            "the highest similarity",
            "less than with another picture",
        );
        let steady = (other - turned).abs() < 1e-3 && (other - again).abs() < 1e-3;
        play.judge(
            COMPARE,
            "steady",
            repeated,
            steady,
            "the same similarity",
            "another similarity",
        );
    }
    for body in [
        json!({}),
        json!({"faceImage1": one}),
        json!({"faceImage1": one, "faceImage2": "*** no base64 ***"}),
    ] {
        let exchange = play.attempt(COMPARE, play.draft(COMPARE)?.json(body)).await?;
        let refused = matches!(exchange.status(), 400 | 404 | 413 | 415 | 422);
        play.judge(COMPARE, "bad-picture", &exchange, refused, "400", "");
    }
    Ok(())
}
