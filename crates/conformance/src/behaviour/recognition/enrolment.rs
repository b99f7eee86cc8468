//! `faceEnroll` and `checkImageReference`.

use crate::behaviour::claims::{Claim, settle};
use crate::behaviour::common;
use crate::behaviour::declare::{custom, guide};
use crate::behaviour::name::unique;
use crate::behaviour::operations::{ENROL, REFERENCE};
use crate::behaviour::people::enrolment;
use crate::behaviour::play::Play;
use crate::behaviour::settling;
use crate::behaviour::value::{same_id, text};
use proofload_probing::context::shared::Person;
use proofload_probing::findings::{Finding, Stop};
use proofload_probing::messages::Exchange;
use proofload_probing::probe::Declared;
use serde_json::{Value, json};
use std::time::Instant;

pub(super) const CASES: [Declared; 6] = [
    guide(ENROL, "creates-person", "The personId that comes back is a person's."),
    guide(
        ENROL,
        "adds-to-person",
        "With personId, the face is added to that person, and the same personId comes back.",
    ),
    custom(
        ENROL,
        "new-person",
        "Without personId and with forceEnrollment, a new person is created each time.",
    ),
    custom(
        ENROL,
        "no-image",
        "Without a picture, or with one that is none, nobody is enrolled.",
    ),
    guide("getPerson", "shows-enrolled", "A person who was enrolled is shown."),
    custom(
        REFERENCE,
        "tells-apart",
        "A reference that was enrolled is answered otherwise than one that was not.",
    ),
];

pub(super) async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let enrolment = enrolment(play.context).await?;
    for exchange in &enrolment.calls {
        let status = common::status(play.context.operation(ENROL)?, exchange);
        play.report(ENROL, common::STATUSES, status);
        // The first refusal is reported, and stands; the rest is still worth a look.
        let _ = play.proper(ENROL, exchange);
    }
    if let Some(exchange) = enrolment.calls.get(2).filter(|exchange| exchange.is_success()) {
        let asked = enrolment.calls[0]
            .json()
            .and_then(|body| text(&body, "personId"))
            .unwrap_or_default();
        let came = exchange
            .json()
            .and_then(|body| text(&body, "personId"))
            .unwrap_or_default();
        let same = same_id(&came, &asked);
        play.judge(
            ENROL,
            "adds-to-person",
            exchange,
            same,
            "the personId that was asked for",
            "another personId",
        );
    }
    let people = enrolment.people.clone()?;
    if let Some(exchange) = enrolment.calls.get(1).filter(|exchange| exchange.is_success()) {
        let fresh = people.second.is_ok();
        play.judge(
            ENROL,
            "new-person",
            exchange,
            fresh,
            "another personId",
            "the personId of the person before",
        );
    }
    for person in std::iter::once(&people.first).chain(&people.second) {
        exists(play, person).await?;
    }
    references(play, &people.first).await?;
    without_image(play).await
}

/// Whether the person is there: by the full record, or by the alias that was put on them.
async fn exists(play: &mut Play<'_>, person: &Person) -> Result<(), Stop> {
    let exchange = play
        .attempt("getPerson", play.draft("getPerson")?.path("personId", &person.id))
        .await?;
    let shown = exchange
        .json()
        .filter(|_| exchange.is_success())
        .and_then(|body| text(&body, "personId"));
    let mut claims = vec![Claim {
        operation: "getPerson",
        probe: Some("shows-enrolled"),
        shows: Some(shown.is_some_and(|id| same_id(&id, &person.id))),
        observed: exchange.observed(),
        exchange: Some(exchange),
    }];
    let draft = play.draft("listAliases")?.path("personId", &person.id);
    if let Ok(exchange) = play.attempt("listAliases", draft).await {
        let named = exchange
            .json()
            .is_some_and(|body| body.to_string().contains(&person.photos[0].reference));
        claims.push(Claim {
            operation: "listAliases",
            probe: Some("current"),
            shows: named.then_some(true),
            observed: exchange.observed(),
            exchange: Some(exchange),
        });
    }
    settle(play, ENROL, "creates-person", "the person who was enrolled", claims);
    Ok(())
}

/// What the answer is, is stated nowhere: only that it should not be the same for everything.
async fn references(play: &mut Play<'_>, person: &Person) -> Result<(), Stop> {
    let known = person.photos[0].reference.as_str();
    let unknown = unique(play.context, "no-photo");
    let found = play
        .call(REFERENCE, play.draft(REFERENCE)?.path("referenceId", known))
        .await?;
    let other = play
        .attempt(REFERENCE, play.draft(REFERENCE)?.path("referenceId", &unknown))
        .await?;
    let is_apart = |found: &Exchange| other.status() != found.status() || told(found, known) != told(&other, &unknown);
    let context = play.context;
    let look = || async {
        let draft = context.call(REFERENCE)?.path("referenceId", known);
        settling::asked(context, REFERENCE, draft)
            .await
            .map(|found| is_apart(&found))
    };
    // An index of references may be a moment behind the enrolment.
    let apart = is_apart(&found) || settling::found(context, look, Instant::now(), 1).await.is_some();
    play.judge(
        REFERENCE,
        "tells-apart",
        &found,
        apart,
        "another answer than for an unknown reference",
        "the same answer",
    );
    let turned = says(&found) == Some(false) && says(&other) == Some(true);
    if turned {
        play.judge(
            REFERENCE,
            "tells-apart",
            &found,
            false,
            "that it exists",
            "that it does not, and that an unknown one does",
        );
    }
    Ok(())
}

fn told(exchange: &Exchange, reference: &str) -> String {
    String::from_utf8_lossy(&exchange.answer().body).replace(reference, "{reference}")
}

/// The one truth value in an answer, be it the answer or a member of it.
fn says(exchange: &Exchange) -> Option<bool> {
    match exchange.json()? {
        Value::Bool(says) => Some(says),
        Value::Object(members) => {
            let mut said = members.values().filter_map(Value::as_bool);
            said.next().filter(|_| said.next().is_none())
        }
        _ => None,
    }
}

async fn without_image(play: &mut Play<'_>) -> Result<(), Stop> {
    let reference = unique(play.context, "no-image");
    for body in [
        json!({"photoReferenceId": reference}),
        json!({"photoReferenceId": reference, "faceImage": "*** no base64 ***"}),
        json!({"photoReferenceId": reference, "faceImage": "cHJvb2Zsb2FkOiBubyBwaWN0dXJl"}),
    ] {
        let exchange = play.attempt(ENROL, play.draft(ENROL)?.json(body)).await?;
        let holds = matches!(exchange.status(), 400 | 404 | 409 | 413 | 415 | 422);
        play.report(ENROL, "no-image", Finding::judge(exchange, holds, "400"));
    }
    Ok(())
}
