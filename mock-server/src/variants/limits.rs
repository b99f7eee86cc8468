//! What a site takes to be too long, too large, too small.

use super::{Variant, Variants, sent};
use crate::answer::{Answer, Problem};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{Method, Request, StatusCode};

/// The longest name, and the longest other text, in characters.
const LONGEST: [usize; 2] = [50, 200];
const LARGEST_FILE: usize = 64 * 1024;
const SMALLEST_PIXELS: u16 = 160;

/// Members that are names.
const NAMES: [&str; 7] = [
    "firstName",
    "lastName",
    "middleName",
    "title",
    "name",
    "tagName",
    "summary",
];
/// Members that carry a picture.
const PICTURES: [&str; 4] = ["expanded", "faceImage", "faceImage1", "faceImage2"];

/// Why a request that is right in itself is not taken here.
pub(super) fn refused(server: &Variants, request: &Request<Bytes>) -> Option<Answer> {
    if request.method() == Method::GET || request.method() == Method::DELETE {
        return None;
    }
    let path = request.uri().path();
    let body = sent(request);
    if server.has(Variant::TextsLimited) && (path.contains("/people/") || path.contains("/Tags")) {
        for (name, member) in body.as_object().into_iter().flatten() {
            let longest = LONGEST[usize::from(!NAMES.contains(&name.as_str()))];
            if member.as_str().is_some_and(|text| text.chars().count() > longest) {
                let message = format!("The field {name} must be a string with a maximum length of {longest}.");
                return Some(Problem::invalid(name, message).into_answer());
            }
        }
    }
    if server.has(Variant::FilesLimited) && path.ends_with("/upload") && request.body().len() > LARGEST_FILE {
        let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE).detail("A document has 64 KB at most.");
        return Some(problem.into_answer());
    }
    if server.has(Variant::PicturesNotSmall) {
        let in_json = body.as_object().into_iter().flatten();
        let in_json = in_json.filter(|(name, _)| PICTURES.contains(&name.as_str()));
        let pictures: Vec<Vec<u8>> = in_json
            .filter_map(|(_, member)| BASE64_STANDARD.decode(member.as_str().unwrap_or_default()).ok())
            .collect();
        if pictures
            .iter()
            .filter_map(|jpeg| pixels(jpeg))
            .any(|least| least < SMALLEST_PIXELS)
        {
            let problem = Problem::invalid(
                "",
                format!("A picture has at least {SMALLEST_PIXELS} pixels on each side."),
            );
            return Some(problem.into_answer());
        }
    }
    None
}

/// The shorter side of a JPEG.
fn pixels(jpeg: &[u8]) -> Option<u16> {
    let mut at = 2;
    while let Some(&[0xFF, marker, high, low]) = jpeg.get(at..at + 4) {
        if matches!(marker, 0xC0..=0xC3) {
            let frame = jpeg.get(at + 5..at + 9)?;
            let side = |at: usize| u16::from_be_bytes([frame[at], frame[at + 1]]);
            return Some(side(0).min(side(2)));
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
    None
}
