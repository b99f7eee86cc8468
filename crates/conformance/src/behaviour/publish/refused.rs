//! What publishing refuses: bodies that lack what is required, or have it wrong.

use super::accepted::with;
use crate::behaviour::declare::{custom, guide};
use crate::behaviour::name::unique;
use crate::behaviour::play::Play;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proofload_deployment::images;
use proofload_probing::body::Body;
use proofload_probing::fill;
use proofload_probing::findings::Stop;
use proofload_probing::messages::Exchange;
use proofload_probing::probe::Declared;
use serde_json::{Value, json};

/// The required members, and the case in which each is missing.
const REQUIRED: [(&str, &str); 4] = [
    ("expanded", "missing-expanded"),
    ("detectorName", "missing-detector-name"),
    ("ianaTimeZone", "missing-time-zone"),
    ("detectTimeUtc", "missing-detect-time"),
];

/// The cases at one of the two operations.
pub(super) fn cases(operation: &'static str) -> Vec<Declared> {
    vec![
        guide(
            operation,
            "missing-expanded",
            "A request without expanded is answered 400.",
        ),
        guide(
            operation,
            "missing-detector-name",
            "A request without detectorName is answered 400.",
        ),
        guide(
            operation,
            "missing-time-zone",
            "A request without ianaTimeZone is answered 400.",
        ),
        guide(
            operation,
            "missing-detect-time",
            "A request without detectTimeUtc is answered 400.",
        ),
        custom(
            operation,
            "null-required",
            "A required member that is null is as good as missing: 400.",
        ),
        custom(operation, "empty-expanded", "An empty picture is refused."),
        custom(operation, "bad-base64", "A picture that is no base64 is refused."),
        custom(operation, "no-picture", "A picture that is none is refused."),
        custom(operation, "wrong-types", "Members of another type are refused."),
        custom(operation, "bad-time", "A time that is none is refused."),
        custom(
            operation,
            "malformed-json",
            "Malformed JSON, none at all, or JSON of another shape is refused.",
        ),
        custom(
            operation,
            "unknown-time-zone",
            "Whatever an unknown time zone is answered, it is no server error.",
        ),
    ]
}

pub(super) async fn run(play: &mut Play<'_>, operation: &str) -> Result<(), Stop> {
    let detector = unique(play.context, "refused");
    let whole = || fill::published(images::FACE, &detector);
    for (member, probe) in REQUIRED {
        let mut body = whole();
        if let Some(members) = body.as_object_mut() {
            members.remove(member);
        }
        let exchange = send(play, operation, body).await?;
        let holds = exchange.status() == 400;
        play.judge(operation, probe, &exchange, holds, "400", "");
        let exchange = send(play, operation, with(whole(), member, Value::Null)).await?;
        refused(play, operation, "null-required", &exchange);
    }
    let text = STANDARD.encode("proofload: this is no picture");
    for (probe, member, value) in [
        ("empty-expanded", "expanded", json!("")),
        ("bad-base64", "expanded", json!("*** no base64 ***")),
        ("no-picture", "expanded", json!(text)),
        ("wrong-types", "expanded", json!(5)),
        ("wrong-types", "detectorName", json!({"name": detector})),
        ("bad-time", "detectTimeUtc", json!("the day before yesterday")),
    ] {
        let exchange = send(play, operation, with(whole(), member, value)).await?;
        refused(play, operation, probe, &exchange);
    }
    let empty = Body::Raw {
        content_type: "application/json".to_owned(),
        bytes: bytes::Bytes::new(),
    };
    for body in [
        Body::broken_json(),
        empty,
        Body::Json(json!([])),
        Body::Json(json!("text")),
    ] {
        let exchange = play.attempt(operation, play.draft(operation)?.body(body)).await?;
        refused(play, operation, "malformed-json", &exchange);
    }
    let exchange = send(
        play,
        operation,
        with(whole(), "ianaTimeZone", json!("Mars/Olympus_Mons")),
    )
    .await?;
    let failed = exchange.is_server_error();
    play.judge(
        operation,
        "unknown-time-zone",
        &exchange,
        !failed,
        "no server error",
        "",
    );
    Ok(())
}

async fn send(play: &mut Play<'_>, operation: &str, body: Value) -> Result<Exchange, Stop> {
    play.attempt(operation, play.draft(operation)?.json(body)).await
}

fn refused(play: &mut Play<'_>, operation: &str, probe: &str, exchange: &Exchange) {
    let holds = matches!(exchange.status(), 400 | 413 | 415 | 422);
    play.judge(operation, probe, exchange, holds, "400", "");
}
