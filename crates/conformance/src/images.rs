//! The pictures that probes send, built into the program.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

/// A picture of `scenarios/images/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image {
    /// Its file name there.
    pub file: &'static str,
    /// Its bytes, JPEG.
    pub jpeg: &'static [u8],
}

macro_rules! image {
    ($file:literal) => {
        Image {
            file: $file,
            jpeg: include_bytes!(concat!("../../../scenarios/images/", $file)),
        }
    };
}

/// An aligned face of 112 by 112 pixels.
pub const ALIGNED: Image = image!("face-aligned-112.jpg");
/// A face as an ordinary camera crops it.
pub const FACE: Image = image!("face-crop-260x300.jpg");
/// A face with much around it.
pub const EXPANDED: Image = image!("face-expanded-768.jpg");
/// A whole portrait.
pub const SCENE: Image = image!("scene-512.jpg");
/// No face at all.
pub const NO_FACE: Image = image!("no-face-180.jpg");

/// Every picture.
pub const ALL: [Image; 5] = [ALIGNED, FACE, EXPANDED, SCENE, NO_FACE];

impl Image {
    /// As JSON bodies carry it.
    pub fn base64(self) -> String {
        STANDARD.encode(self.jpeg)
    }

    /// As forms carry it.
    pub fn bytes(self) -> Bytes {
        Bytes::from_static(self.jpeg)
    }
}
