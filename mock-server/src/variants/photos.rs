//! Photos and documents as a site keeps and sends them.

use super::{Variant, Variants, headers};
use crate::answer::Answer;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, LAST_MODIFIED};
use http::{Method, Request};
use serde_json::Value;

/// A comment in front of everything else makes other bytes of the same picture.
const COMMENT: &[u8] = b"\xFF\xFE\x00\x0Bkept here";
/// What a site puts in front of a picture it keeps: a camera's data, a colour profile, where it comes from.
const SEGMENTS: [(Variant, &[u8]); 4] = [
    (Variant::PhotosEncodedAnew, COMMENT),
    (
        Variant::PhotosWithExif,
        b"\xFF\xE1\x00\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
    ),
    (
        Variant::PhotosWithProfile,
        b"\xFF\xE2\x00\x18ICC_PROFILE\0\x01\x01\0\0\0\0\0\0\0\0",
    ),
    (Variant::PhotosSigned, b"\xFF\xEB\x00\x0CJP\0\x01\0\0\0\x01\0\0"),
];
/// What some cameras leave behind the end of a picture.
const TRAILER: &[u8] = b"\0\0SEFT";

/// A photo or a document as it goes out.
pub(super) fn leaving(server: &Variants, request: &Request<Bytes>, answer: &mut Answer) {
    let path = request.uri().path();
    if request.method() != Method::GET || !answer.status().is_success() {
        return;
    }
    let is_photo = path.contains("Photo/");
    if is_photo && answer.body().starts_with(&[0xFF, 0xD8, 0xFF]) {
        let kept = kept(server, answer.body());
        *answer.body_mut() = kept.into();
    }
    if is_photo || path.contains("/fileDocuments/") {
        labelled(server, is_photo, answer);
    }
}

/// A JPEG as the site keeps it.
fn kept(server: &Variants, jpeg: &[u8]) -> Vec<u8> {
    let segment = SEGMENTS.iter().find(|(variant, _)| server.has(*variant));
    if let Some((_, segment)) = segment {
        let stripped = without_comments(jpeg);
        return [&stripped[..2], segment, &stripped[2..]].concat();
    }
    if server.has(Variant::PhotosStripped) {
        return without_comments(jpeg);
    }
    if server.has(Variant::PhotosWithTrailer) {
        return [jpeg, TRAILER].concat();
    }
    if server.has(Variant::PhotosPadded) {
        // Any number of these may stand in front of a marker.
        return [&jpeg[..2], b"\xFF\xFF\xFF", &jpeg[2..]].concat();
    }
    jpeg.to_vec()
}

/// A picture in a list of detections as the site keeps it.
pub(super) fn shown(server: &Variants, name: &str, member: &mut Value) {
    if name == "image"
        && server.has(Variant::PicturesInListsAnew)
        && let Some(jpeg) = member.as_str().and_then(|text| BASE64_STANDARD.decode(text).ok())
        && jpeg.starts_with(&[0xFF, 0xD8, 0xFF])
    {
        let stripped = without_comments(&jpeg);
        *member = BASE64_STANDARD
            .encode([&stripped[..2], COMMENT, &stripped[2..]].concat())
            .into();
    }
}

/// What its fields say of a file.
fn labelled(server: &Variants, is_photo: bool, answer: &mut Answer) {
    let tag = headers::tag_of(answer.body());
    let fields = answer.headers_mut();
    if is_photo && server.has(Variant::PhotosAsJpg) {
        headers::set(fields, CONTENT_TYPE, "image/jpg");
    }
    if !is_photo && server.has(Variant::DocumentsInline) {
        headers::set(fields, CONTENT_DISPOSITION, "inline");
    }
    if is_photo && server.has(Variant::PhotosAsAttachments) {
        let name = "attachment; filename=\"=?utf-8?B?a2VwdC5qcGc=?=\"";
        headers::set(fields, CONTENT_DISPOSITION, name);
    }
    if server.has(Variant::PhotosNeverKept) {
        headers::set(fields, CACHE_CONTROL, "no-store, max-age=0");
    }
    if server.has(Variant::PhotosRanged) {
        headers::set(fields, ACCEPT_RANGES, "bytes");
        headers::set(fields, ETAG, &tag);
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
