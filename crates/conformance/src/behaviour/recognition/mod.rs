//! Enrolment and recognition: who was enrolled is found by everybody who recognises, and photos come back.

mod content;
mod enrolment;
mod matching;
mod photos;
mod strangers;
mod witness;

use super::family::Family;
use super::operations::{DETECTED_PHOTO, ENROL, ENROLLED_PHOTO, LOOKUP, RECOGNIZE, REFERENCE};
use super::play::Play;
use futures_util::future::FutureExt as _;
use proofload_probing::findings::Stop;
use proofload_probing::probe::Sequence;

pub(super) use witness::recognised_face;

pub(super) fn all() -> Vec<Box<dyn Sequence>> {
    let recognition = [
        enrolment::CASES.to_vec(),
        matching::CASES.to_vec(),
        content::CASES.to_vec(),
        strangers::CASES.to_vec(),
    ]
    .concat();
    vec![
        Family::new(
            "recognition",
            &[ENROL, RECOGNIZE, LOOKUP, REFERENCE],
            &recognition,
            |play| recognition_of(play).boxed(),
        )
        .boxed(),
        Family::new("photos", &[ENROLLED_PHOTO, DETECTED_PHOTO], &photos::CASES, |play| {
            photos::run(play).boxed()
        })
        .boxed(),
    ]
}

/// The steps stand on their own: one that cannot be taken leaves the others to be tested.
async fn recognition_of(play: &mut Play<'_>) -> Result<(), Stop> {
    let strangers = strangers::run(play).await;
    let enrolled = enrolment::run(play).await;
    let matched = matching::run(play).await;
    let told = content::run(play).await;
    enrolled.and(strangers).and(matched).and(told)
}
