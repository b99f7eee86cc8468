//! Photos and documents as a site keeps and sends them.

use super::{Variant, Variants, headers};
use crate::answer::Answer;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, LAST_MODIFIED};
use http::{Method, Request};

/// A comment in front of everything else makes other bytes of the same picture.
const COMMENT: &[u8] = b"\xFF\xFE\x00\x0Bkept here";

/// A photo or a document as it goes out.
pub(super) fn leaving(server: &Variants, request: &Request<Bytes>, answer: &mut Answer) {
    let path = request.uri().path();
    if request.method() != Method::GET || !answer.status().is_success() {
        return;
    }
    let is_photo = path.contains("Photo/");
    if is_photo && answer.body().starts_with(&[0xFF, 0xD8, 0xFF]) {
        let stripped = without_comments(answer.body());
        if server.has(Variant::PhotosStripped) {
            *answer.body_mut() = stripped.into();
        } else if server.has(Variant::PhotosEncodedAnew) {
            *answer.body_mut() = [&stripped[..2], COMMENT, &stripped[2..]].concat().into();
        }
    }
    if is_photo || path.contains("/fileDocuments/") {
        labelled(server, is_photo, answer);
    }
}

/// What its fields say of a file.
fn labelled(server: &Variants, is_photo: bool, answer: &mut Answer) {
    let tag = headers::tag_of(answer.body());
    let fields = answer.headers_mut();
    if is_photo && server.has(Variant::PhotosAsJpg) {
        headers::set(fields, CONTENT_TYPE, "image/jpg");
    }
    if server.has(Variant::PhotosNamed) {
        let name = "inline; filename=\"kept.jpg\"; filename*=UTF-8''kept.jpg";
        headers::set(fields, CONTENT_DISPOSITION, name);
    }
    if server.has(Variant::PhotosCached) {
        headers::set(fields, CACHE_CONTROL, "private, max-age=86400, immutable");
        headers::set(fields, ETAG, &tag);
        headers::set(fields, LAST_MODIFIED, "Sun, 22 Nov 2026 05:30:00 GMT");
    }
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
