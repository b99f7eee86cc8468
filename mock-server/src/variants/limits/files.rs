//! What a site has against documents and pictures.

use super::of;
use crate::answer::{Answer, Problem};
use crate::variants::{Variant, Variants};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::StatusCode;
use serde_json::Value;

/// The largest document, with the form around it, in bytes.
const LARGEST_FILE: [(Variant, usize); 2] = [
    (Variant::FilesLimited, 64 * 1024),
    (Variant::FilesOfFourKilobytes, 4 * 1024),
];
/// The fewest pixels on the shorter side of a picture.
const SMALLEST_PIXELS: [(Variant, u16); 2] = [(Variant::PicturesNotSmall, 160), (Variant::PicturesOfHundred, 100)];
/// The largest picture, in bytes.
const LARGEST_PICTURE: [(Variant, usize); 1] = [(Variant::PicturesNotLarge, 200_000)];

/// Members that carry a picture.
const PICTURES: [&str; 4] = ["expanded", "faceImage", "faceImage1", "faceImage2"];

/// What a site has against a document.
pub(super) fn refused(server: &Variants, form: &[u8]) -> Option<Answer> {
    if of(server, &LARGEST_FILE).is_some_and(|largest| form.len() > largest) {
        let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE).detail("The document is too large.");
        return Some(problem.into_answer());
    }
    let known = ["image/", "application/pdf", "text/"];
    let type_of_file = |line: &[u8]| {
        let line = String::from_utf8_lossy(line).to_ascii_lowercase();
        line.strip_prefix("content-type:").map(|kind| kind.trim().to_owned())
    };
    let types = form
        .split(|byte| *byte == b'\n')
        .filter(|line| line.len() < 200)
        .filter_map(type_of_file);
    let foreign = types
        .into_iter()
        .any(|kind| !known.iter().any(|known| kind.starts_with(known)));
    (server.has(Variant::KindsOfFilesLimited) && foreign)
        .then(|| Problem::bad_request("A document is a picture, PDF or text.").into_answer())
}

/// What a site has against the pictures of a body.
pub(super) fn picture(server: &Variants, body: &Value) -> Option<String> {
    let (smallest, largest) = (of(server, &SMALLEST_PIXELS), of(server, &LARGEST_PICTURE));
    if smallest.is_none() && largest.is_none() {
        return None;
    }
    let members = body.as_object().into_iter().flatten();
    let pictures = members.filter(|(name, _)| PICTURES.contains(&name.as_str()));
    let pictures = pictures.filter_map(|(_, member)| BASE64_STANDARD.decode(member.as_str().unwrap_or_default()).ok());
    for jpeg in pictures {
        if let Some(smallest) = smallest
            && pixels(&jpeg).is_some_and(|pixels| pixels < smallest)
        {
            return Some(format!("A picture has at least {smallest} pixels on each side."));
        }
        if let Some(largest) = largest
            && jpeg.len() > largest
        {
            return Some(format!("A picture has {largest} bytes at most."));
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
