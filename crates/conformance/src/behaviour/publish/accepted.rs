//! What publishing accepts: every picture of a face, every spelling of a time and a zone that ISO 8601 and IANA have.

use crate::behaviour::common;
use crate::behaviour::declare::{custom, guide};
use crate::behaviour::limits;
use crate::behaviour::name::unique;
use crate::behaviour::operations::{PUBLISH, RESPOND};
use crate::behaviour::play::Play;
use proofload_deployment::images;
use proofload_probing::fill;
use proofload_probing::findings::Stop;
use proofload_probing::probe::Declared;
use serde_json::Value;

/// The cases at one of the two operations.
pub(super) fn cases(operation: &'static str) -> Vec<Declared> {
    let mut cases = vec![
        guide(
            operation,
            "every-picture",
            "A picture of a face of any usual size is accepted.",
        ),
        guide(operation, "time-zones", "Any IANA time zone is accepted."),
        guide(
            operation,
            "time-utc",
            "A time in UTC is accepted with and without fractions of a second.",
        ),
        custom(
            operation,
            "without-face",
            "A picture without a face is no cause for a server error.",
        ),
    ];
    if operation == PUBLISH {
        cases.push(guide(operation, "empty-body", "The body of a success is empty."));
    }
    cases
}

pub(super) async fn run(play: &mut Play<'_>, operation: &str) -> Result<(), Stop> {
    let detector = unique(play.context, "camera");
    let body = |n: usize| fill::published(images::FACE, &format!("{detector}-{n}"));
    let exchange = play.call(operation, play.draft(operation)?.json(body(0))).await?;
    let quiet = exchange.answer().body.trim_ascii().is_empty();
    if operation == PUBLISH {
        play.judge(operation, "empty-body", &exchange, quiet, "an empty body", "a body");
    }
    for (n, image) in [images::ALIGNED, images::EXPANDED, images::SCENE]
        .into_iter()
        .enumerate()
    {
        let published = fill::published(image, &format!("{detector}-picture-{n}"));
        accepts(play, operation, "every-picture", published).await?;
    }
    for (n, zone) in ["Europe/Berlin", "Asia/Kolkata", "UTC", "America/Argentina/Buenos_Aires"]
        .into_iter()
        .enumerate()
    {
        accepts(
            play,
            operation,
            "time-zones",
            with(body(10 + n), "ianaTimeZone", zone.into()),
        )
        .await?;
    }
    for (n, time) in ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%.3fZ", "%Y-%m-%dT%H:%M:%S%.6fZ"]
        .into_iter()
        .enumerate()
    {
        let time = chrono::Utc::now().format(time).to_string();
        accepts(
            play,
            operation,
            "time-utc",
            with(body(20 + n), "detectTimeUtc", time.into()),
        )
        .await?;
    }
    let published = fill::published(images::NO_FACE, &format!("{detector}-none"));
    let exchange = play.attempt(operation, play.draft(operation)?.json(published)).await?;
    let failed = exchange.is_server_error();
    play.judge(operation, "without-face", &exchange, !failed, "no server error", "");
    Ok(())
}

pub(super) fn with(mut body: Value, member: &str, value: Value) -> Value {
    body[member] = value;
    body
}

async fn accepts(play: &mut Play<'_>, operation: &str, probe: &str, body: Value) -> Result<(), Stop> {
    let exchange = play.attempt(operation, play.draft(operation)?.json(body)).await?;
    let known = play.context.operation(operation)?;
    let holds = common::is_success(known, &exchange);
    if probe == "every-picture" && limits::too_small(&exchange) {
        play.context.note(limits::note(known, &exchange, "a small picture"));
        return Ok(());
    }
    play.judge(operation, probe, &exchange, holds, "200", "");
    if holds && operation == RESPOND {
        play.proper(operation, &exchange)?;
    }
    Ok(())
}
