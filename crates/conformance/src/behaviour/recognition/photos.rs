//! Photos come back: the one a face was enrolled with, and the one of each detection.

use super::witness::{now, recognised_face};
use crate::behaviour::declare::{custom, guide};
use crate::behaviour::name::unique;
use crate::behaviour::operations::{DETECTED_PHOTO, ENROLLED_PHOTO, RESPOND};
use crate::behaviour::people::people;
use crate::behaviour::play::Play;
use crate::behaviour::publish::faces;
use bytes::Bytes;
use proofload_contract::Source;
use proofload_probing::context::shared::Photo;
use proofload_probing::fill;
use proofload_probing::findings::{Finding, Stop};
use proofload_probing::messages::Exchange;
use proofload_probing::probe::Declared;
use serde_json::json;

/// So many bytes may stand behind the end of a JPEG.
const PADDED: usize = 16;

pub(super) const CASES: [Declared; 7] = [
    guide(ENROLLED_PHOTO, "jpeg", "The photo is a JPEG."),
    guide(
        ENROLLED_PHOTO,
        "same-photo",
        "The photo is the one that the face was enrolled with: the same bytes, or the same picture written anew.",
    ),
    custom(ENROLLED_PHOTO, "unknown-face", "For an unknown face there is no photo."),
    guide(DETECTED_PHOTO, "jpeg", "The photo is a JPEG."),
    custom(
        DETECTED_PHOTO,
        "same-photo",
        "The photo is the one that was published: the same bytes, or the same picture written anew.",
    ),
    custom(
        DETECTED_PHOTO,
        "own-face-only",
        "Under another face's id, a face's detection has no photo.",
    ),
    custom(
        DETECTED_PHOTO,
        "unknown-detection",
        "For an unknown detection there is no photo.",
    ),
];

pub(super) async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    unknown(play).await?;
    let people = people(play.context).await?;
    let mut photos = people.first.photos;
    photos.extend(people.second.into_iter().flat_map(|person| person.photos));
    let enrolled = enrolled(play, &photos).await;
    let detected = detected(play, &photos).await;
    enrolled.and(detected)
}

async fn unknown(play: &mut Play<'_>) -> Result<(), Stop> {
    let mut random = play.context.random("unknown photo");
    let (face, detection) = (fill::guid(&mut random), fill::guid(&mut random));
    let draft = play.draft(ENROLLED_PHOTO)?.path("faceId", &face);
    let exchange = play.attempt(ENROLLED_PHOTO, draft).await?;
    let none = !exchange.is_success() || exchange.answer().body.is_empty();
    play.judge(ENROLLED_PHOTO, "unknown-face", &exchange, none, "404", "");
    let draft = play
        .draft(DETECTED_PHOTO)?
        .path("faceId", &face)
        .path("detectionId", &detection);
    let exchange = play.attempt(DETECTED_PHOTO, draft).await?;
    let none = !exchange.is_success() || exchange.answer().body.is_empty();
    play.judge(DETECTED_PHOTO, "unknown-detection", &exchange, none, "404", "");
    Ok(())
}

fn is_jpeg(exchange: &Exchange) -> bool {
    exchange.answer().body.starts_with(&[0xFF, 0xD8, 0xFF])
}

async fn enrolled(play: &mut Play<'_>, photos: &[Photo]) -> Result<(), Stop> {
    for photo in photos {
        let Some(face) = recognised_face(play, photo).await else {
            continue;
        };
        let draft = play.draft(ENROLLED_PHOTO)?.path("faceId", &face);
        let exchange = play.call(ENROLLED_PHOTO, draft).await?;
        play.judge(
            ENROLLED_PHOTO,
            "jpeg",
            &exchange,
            is_jpeg(&exchange),
            "a JPEG",
            "something else",
        );
        // Where the enrolment did not name the face, it may be any of the person's.
        let any = photo.face_id.is_none();
        let mut own = photos
            .iter()
            .filter(|other| other.reference == photo.reference || (any && other.person_id == photo.person_id));
        let same = own.any(|own| {
            shows(
                &exchange.answer().body,
                &own.jpeg,
                photos.iter().map(|other| &other.jpeg),
            )
        });
        let observed = other_than(&exchange, &photo.jpeg);
        play.judge(
            ENROLLED_PHOTO,
            "same-photo",
            &exchange,
            same,
            "the photo of the enrolment",
            observed,
        );
    }
    Ok(())
}

async fn detected(play: &mut Play<'_>, photos: &[Photo]) -> Result<(), Stop> {
    let detector = unique(play.context, "photo");
    let mut published = Vec::new();
    for (n, photo) in photos.iter().enumerate() {
        let body = json!({
            "expanded": photo.base64(), "detectorName": format!("{detector}-{n}"), "ianaTimeZone": "UTC",
            "detectTimeUtc": now(), "allowDoubleDetection": true,
        });
        let exchange = play.call(RESPOND, play.draft(RESPOND)?.json(body)).await?;
        let body = exchange.json().unwrap_or_default();
        let ids = faces::faces(&body).into_iter().flatten().map(faces::ids);
        published.extend(ids.filter_map(|(face, detection)| Some((face?, detection?, photo.jpeg.clone()))));
    }
    if published.is_empty() {
        return Err(Stop::skip("publishWithResponse named no detection"));
    }
    for (face, detection, jpeg) in &published {
        let draft = play
            .draft(DETECTED_PHOTO)?
            .path("faceId", face)
            .path("detectionId", detection);
        let exchange = play.call(DETECTED_PHOTO, draft).await?;
        play.judge(
            DETECTED_PHOTO,
            "jpeg",
            &exchange,
            is_jpeg(&exchange),
            "a JPEG",
            "something else",
        );
        let came = &exchange.answer().body;
        let same = shows(came, jpeg, published.iter().map(|(_, _, other)| other));
        let finding = Finding::judge(exchange.clone(), same, "the photo that was published")
            .observed(other_than(&exchange, jpeg));
        // A server may keep but a part of a photo; another photo is another matter.
        let foreign = !same && published.iter().any(|(_, _, other)| other == came);
        let finding = if foreign {
            finding.weighed_by(Source::Guide)
        } else {
            finding
        };
        play.report(DETECTED_PHOTO, "same-photo", finding);
    }
    let (face, _, _) = &published[0];
    if let Some((_, detection, _)) = published.iter().find(|(other, _, _)| other != face) {
        let draft = play
            .draft(DETECTED_PHOTO)?
            .path("faceId", face)
            .path("detectionId", detection);
        let exchange = play.attempt(DETECTED_PHOTO, draft).await?;
        let none = !exchange.is_success() || exchange.answer().body.is_empty();
        play.judge(DETECTED_PHOTO, "own-face-only", &exchange, none, "404", "");
    }
    Ok(())
}

/// Whether a photo is the one that was sent: its bytes, or a whole JPEG of the same size that is none of the others. A site
/// may write photos anew, or take out what else stands in the file.
fn shows<'a>(came: &Bytes, sent: &Bytes, mut ours: impl Iterator<Item = &'a Bytes>) -> bool {
    if came == sent {
        return true;
    }
    let end = &came[came.len().saturating_sub(PADDED)..];
    let is_whole = came.starts_with(&[0xFF, 0xD8, 0xFF]) && end.windows(2).any(|pair| pair == [0xFF, 0xD9]);
    let size = faces::size(came);
    is_whole && size.is_some() && size == faces::size(sent) && !ours.any(|other| other == came)
}

fn other_than(exchange: &Exchange, jpeg: &Bytes) -> String {
    let came = &exchange.answer().body;
    if came == jpeg {
        "the same bytes".to_owned()
    } else {
        format!("{} other bytes for {}", came.len(), jpeg.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behaviour::people::marked;
    use proofload_deployment::images;

    #[test]
    fn a_photo_may_be_written_anew_but_not_be_cut_or_another() {
        let (one, other) = (marked(images::SCENE, "one"), marked(images::EXPANDED, "other"));
        let ours = [one.clone(), other.clone()];
        let is_one = |came: &Bytes| shows(came, &one, ours.iter());
        assert!(is_one(&one));
        assert!(is_one(&images::SCENE.bytes()), "without its comment");
        assert!(!is_one(&one.slice(..one.len() / 2)));
        assert!(!is_one(&other));
        assert!(!is_one(&images::EXPANDED.bytes()), "another size");
        assert!(
            !shows(
                &marked(images::SCENE, "two"),
                &one,
                [marked(images::SCENE, "two")].iter()
            ),
            "ours, and another's"
        );
        assert!(!is_one(&Bytes::from_static(b"\xFF\xD8\xFF no picture \xFF\xD9")));
    }
}
