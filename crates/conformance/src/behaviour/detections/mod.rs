//! Detections: what was published is listed, by person and by face, in order, page by page, within a time.

mod listing;
mod pages;
mod published;

use super::declare::guide;
use super::family::Family;
use super::operations::{BY_FACE, BY_PERSON, PUBLISH, RESPOND};
use super::play::Play;
use futures_util::future::FutureExt as _;
use proofload_probing::findings::Stop;
use proofload_probing::probe::{Declared, Sequence};

/// The cases of one of the two lists.
fn cases(operation: &'static str) -> Vec<Declared> {
    vec![
        guide(
            operation,
            "current",
            "Every detection that was published is listed, once.",
        ),
        guide(
            operation,
            "as-published",
            "A detection is listed with the time, the zone and the detector it was published with.",
        ),
        guide(
            operation,
            "image",
            "The image of a detection is a JPEG in base64, or null.",
        ),
        guide(operation, "confidence", "The confidence of a detection is a number."),
        guide(
            operation,
            "own-only",
            "No detections of another person or face are listed.",
        ),
        guide(
            operation,
            "unknown",
            "For nobody and no face, no detections are listed.",
        ),
        guide(operation, "oldest-first", "The oldest detection comes first."),
        guide(
            operation,
            "newest-first",
            "With dateAscending=false, the newest detection comes first.",
        ),
        guide(operation, "take-default", "Without take, ten detections are listed."),
        guide(operation, "take", "take is the most that are listed."),
        guide(
            operation,
            "skip",
            "skip leaves out that many detections: pages follow each other without gaps and overlaps.",
        ),
        guide(
            operation,
            "epoch-start",
            "With epochStartMs, nothing older is listed, and nothing newer is left out.",
        ),
        guide(
            operation,
            "epoch-end",
            "With epochEndMs, nothing newer is listed, and nothing older is left out.",
        ),
    ]
}

pub(super) fn family() -> Box<dyn Sequence> {
    let own = [
        cases(BY_PERSON),
        cases(BY_FACE),
        vec![
            guide(
                RESPOND,
                "listed-as-detection",
                "What was published appears among the detections.",
            ),
            guide(
                PUBLISH,
                "listed-as-detection",
                "What was published appears among the detections.",
            ),
        ],
    ]
    .concat();
    Family::new("detections", &[BY_PERSON, BY_FACE], &own, |play| run(play).boxed()).boxed()
}

async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    listing::unknown(play).await?;
    let feed = published::feed(play).await?;
    let listings = feed.listings();
    let in_time = published::listed(play, &feed, &listings).await?;
    for listing in &listings {
        // One list that is out of order leaves the other to be tested.
        let _ = pages::run(play, listing, &feed).await;
        let _ = published::apart(play, listing, &feed).await;
    }
    if !in_time {
        return Err(Stop::skip("the lists read times wrongly, and so cannot tell"));
    }
    published::silently(play, &feed, &listings).await
}
