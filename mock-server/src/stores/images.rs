//! Images that were sent, looked at once each.
//!
//! A camera sends the same picture many times under load. What was seen in it is kept under a digest of what was
//! sent, so that a picture is decoded once and its bytes are stored once, however many detections show it.

use crate::vision::{self, SeenFace};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use foldhash::quality::RandomState;
use parking_lot::RwLock;
use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasher as _;
use std::sync::Arc;

/// Images are kept up to this many bytes in total; the oldest go first, and detections that showed them have none.
const MAX_TOTAL_BYTES: usize = 64 * 1024 * 1024;

/// An image and what was seen in it.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) bytes: Bytes,
    /// Largest first.
    pub(crate) faces: Vec<SeenFace>,
}

/// Why what was sent is no image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoImage {
    NotBase64,
    NotJpeg,
}

/// The images that were sent lately.
#[derive(Default)]
pub(crate) struct Images {
    hasher: RandomState,
    cache: RwLock<Cache>,
}

#[derive(Default)]
struct Cache {
    by_key: HashMap<u64, Arc<Image>>,
    /// Keys with the bytes each stands for, oldest first.
    order: VecDeque<(u64, usize)>,
    total_bytes: usize,
}

impl Images {
    /// The image behind base64 text.
    pub(crate) fn in_base64(&self, text: &str) -> Result<Arc<Image>, NoImage> {
        let key = self.hasher.hash_one(text);
        if let Some(image) = self.cached(key) {
            return Ok(image);
        }
        let bytes = BASE64_STANDARD.decode(text).map_err(|_| NoImage::NotBase64)?;
        self.look(key, bytes.into())
    }

    /// The image that bytes are.
    pub(crate) fn in_bytes(&self, bytes: Bytes) -> Result<Arc<Image>, NoImage> {
        let key = self.hasher.hash_one(&bytes);
        match self.cached(key) {
            Some(image) => Ok(image),
            None => self.look(key, bytes),
        }
    }

    fn cached(&self, key: u64) -> Option<Arc<Image>> {
        self.cache.read().by_key.get(&key).cloned()
    }

    /// Decodes outside the lock: two callers with the same new image both do the work, and nobody waits.
    fn look(&self, key: u64, bytes: Bytes) -> Result<Arc<Image>, NoImage> {
        let faces = vision::look(&bytes).ok_or(NoImage::NotJpeg)?;
        let image = Arc::new(Image { bytes, faces });
        let mut cache = self.cache.write();
        if let Some(earlier) = cache.by_key.get(&key) {
            return Ok(Arc::clone(earlier));
        }
        cache.total_bytes += image.bytes.len();
        cache.order.push_back((key, image.bytes.len()));
        cache.by_key.insert(key, Arc::clone(&image));
        while cache.total_bytes > MAX_TOTAL_BYTES
            && let Some((oldest, size)) = cache.order.pop_front()
        {
            cache.by_key.remove(&oldest);
            cache.total_bytes -= size;
        }
        Ok(image)
    }
}

impl NoImage {
    /// What is wrong, for a `400`.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::NotBase64 => "The value is not valid base64.",
            Self::NotJpeg => "The value is not a JPEG image that can be decoded.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_the_same_image() {
        let images = Images::default();
        let text = BASE64_STANDARD.encode(include_bytes!("../../../scenarios/images/face-aligned-112.jpg"));
        let first = images.in_base64(&text).expect("an image");
        let second = images.in_base64(&text).expect("an image");
        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(images.in_base64("%%%").err(), Some(NoImage::NotBase64));
        assert_eq!(images.in_base64("AAAA").err(), Some(NoImage::NotJpeg));
    }
}
