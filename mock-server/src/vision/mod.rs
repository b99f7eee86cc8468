//! What the server sees in an image.
//!
//! This is no face recognition. It is a documented stand-in that answers the same way every time: a face is a
//! compact patch of skin tones, and two images show the same person when they look alike as a whole.

mod decode;
mod likeness;
mod skin;

use serde::Serialize;

pub(crate) use likeness::Likeness;

/// Where a face is, in pixels from the upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct BoundingBox {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// A face in an image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SeenFace {
    pub(crate) bounding_box: BoundingBox,
    /// How sure it is that this is a face, from 0 to 1.
    pub(crate) confidence: f64,
    /// How good the face's picture is, from 0 to 1.
    pub(crate) quality: f64,
    /// What the face's part of the image looks like.
    pub(crate) likeness: Likeness,
}

/// Looks at an image: its faces, largest first. `None` when the bytes are no JPEG that can be decoded.
pub(crate) fn look(bytes: &[u8]) -> Option<Vec<SeenFace>> {
    let picture = decode::decode(bytes)?;
    let patches = skin::patches(&picture);
    let single = patches.len() == 1;
    let faces = patches.into_iter().map(|patch| SeenFace {
        bounding_box: patch.bounding_box,
        confidence: patch.confidence,
        quality: patch.quality,
        // One face is known by its whole picture: its patch may shift by a cell when the picture is encoded anew.
        likeness: Likeness::of(&picture, (!single).then_some(patch.bounding_box)),
    });
    Some(faces.collect())
}
