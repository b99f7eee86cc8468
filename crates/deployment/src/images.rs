//! The pictures that are built into the program: what probes send, and cameras of a load unless told otherwise.

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

/// The picture of that name: its file's without the ending.
pub fn named(name: &str) -> Option<Image> {
    ALL.into_iter().find(|image| image.name() == name)
}

impl Image {
    /// What a scenario calls it: the file's name without its ending.
    pub fn name(self) -> &'static str {
        self.file.strip_suffix(".jpg").unwrap_or(self.file)
    }

    /// As JSON bodies carry it.
    pub fn base64(self) -> String {
        STANDARD.encode(self.jpeg)
    }

    /// As forms carry it.
    pub fn bytes(self) -> Bytes {
        Bytes::from_static(self.jpeg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_is_a_jpeg_and_goes_by_its_name() {
        for image in ALL {
            assert!(image.jpeg.starts_with(&[0xFF, 0xD8, 0xFF]), "{}", image.file);
            assert_eq!(named(image.name()), Some(image));
            assert_eq!(STANDARD.decode(image.base64()).expect("base64"), image.jpeg);
        }
        assert_eq!(named("face-aligned-112.jpg"), None);
    }
}
