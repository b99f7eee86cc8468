//! Duplicate prevention: a detection that is published twice counts once, unless `allowDoubleDetection` is set. Size and
//! key of the window are stated nowhere, so that only the very same request, sent twice at once, is held against it.

use super::faces::{faces, ids};
use crate::behaviour::declare::guide;
use crate::behaviour::name::unique;
use crate::behaviour::operations::RESPOND;
use crate::behaviour::play::Play;
use proofload_deployment::images;
use proofload_probing::fill;
use proofload_probing::findings::{Finding, Stop};
use proofload_probing::messages::Exchange;
use proofload_probing::probe::Declared;
use serde_json::json;

pub(super) const CASES: [Declared; 2] = [
    guide(
        RESPOND,
        "duplicate-prevention",
        "The very same detection, published twice at once, is not a new one the second time.",
    ),
    guide(
        RESPOND,
        "allow-double-detection",
        "With allowDoubleDetection, the same detection is a new one each time.",
    ),
];

/// So often a window may have closed between two requests before it is held to be none.
const ATTEMPTS: usize = 3;

pub(super) async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let (first, second) = twice(play, true).await?;
    let (Some(before), Some(after)) = (detections(&first), detections(&second)) else {
        return Err(Stop::skip("its answer is shaped otherwise than assumed"));
    };
    if before.is_empty() {
        return Err(Stop::skip("nothing was detected the first time"));
    }
    let again = !after.is_empty() && after.iter().all(|id| !before.contains(id));
    play.judge(
        RESPOND,
        "allow-double-detection",
        &second,
        again,
        "a new detection",
        "none, or the former one",
    );
    for attempt in 1..=ATTEMPTS {
        let (first, second) = twice(play, false).await?;
        let (before, after) = (
            detections(&first).unwrap_or_default(),
            detections(&second).unwrap_or_default(),
        );
        if before.is_empty() {
            let reason = "the first of the two was prevented already: the window must have been open from before";
            play.report(RESPOND, "duplicate-prevention", Finding::skip(reason));
            return Ok(());
        }
        let prevented = after.iter().all(|id| before.contains(id));
        if prevented || attempt == ATTEMPTS {
            play.judge(
                RESPOND,
                "duplicate-prevention",
                &second,
                prevented,
                "no new detection",
                "a new detection",
            );
            break;
        }
    }
    Ok(())
}

async fn twice(play: &mut Play<'_>, allowed: bool) -> Result<(Exchange, Exchange), Stop> {
    let mut body = fill::published(images::FACE, &unique(play.context, "double"));
    body["allowDoubleDetection"] = json!(allowed);
    let first = play.call(RESPOND, play.draft(RESPOND)?.json(body.clone())).await?;
    let second = play.call(RESPOND, play.draft(RESPOND)?.json(body)).await?;
    Ok((first, second))
}

/// The detections of an answer; `None` when they have other names than assumed.
fn detections(exchange: &Exchange) -> Option<Vec<String>> {
    let body = exchange.json()?;
    let faces = faces(&body)?;
    faces.iter().map(|face| ids(face).1).collect()
}
