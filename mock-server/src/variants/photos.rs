//! Photos as a site keeps them.

use super::{Variant, Variants};
use crate::answer::Answer;
use bytes::Bytes;
use http::{Method, Request};

/// A comment in front of everything else makes other bytes of the same picture.
const COMMENT: &[u8] = b"\xFF\xFE\x00\x0Bkept here";

pub(super) fn leaving(server: &Variants, request: &Request<Bytes>, answer: &mut Answer) {
    let is_photo = request.method() == Method::GET && request.uri().path().contains("Photo/");
    let body = answer.body();
    if !is_photo || !body.starts_with(&[0xFF, 0xD8, 0xFF]) {
        return;
    }
    let stripped = without_comments(body);
    let changed = if server.has(Variant::PhotosStripped) {
        stripped
    } else if server.has(Variant::PhotosEncodedAnew) {
        [&stripped[..2], COMMENT, &stripped[2..]].concat()
    } else {
        return;
    };
    *answer.body_mut() = changed.into();
}

fn without_comments(jpeg: &[u8]) -> Vec<u8> {
    let mut kept = jpeg[..2].to_vec();
    let mut at = 2;
    while let Some(&[0xFF, marker, high, low]) = jpeg.get(at..at + 4) {
        let end = at + 2 + usize::from(u16::from_be_bytes([high, low]));
        if marker == 0xDA || end > jpeg.len() {
            break;
        }
        if marker != 0xFE {
            kept.extend_from_slice(&jpeg[at..end]);
        }
        at = end;
    }
    kept.extend_from_slice(&jpeg[at..]);
    kept
}
