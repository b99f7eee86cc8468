//! The detections of one face.

use super::images::Image;
use super::zone::Zone;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Weak};
use uuid::Uuid;

/// Detections kept of one face; the oldest go first. Without a bound a night under load would fill the memory.
const MAX_DETECTIONS: usize = 1_000;

/// Detectors remembered of one face for duplicate prevention.
const MAX_DETECTORS: usize = 10_000;

/// The same face before the same detector within this time is the same detection.
const DUPLICATE_WINDOW_MS: i64 = 5_000;

/// One detection of a face.
#[derive(Debug, Clone)]
pub(crate) struct Detection {
    pub(crate) id: Uuid,
    /// When the camera saw the face, in milliseconds since the Unix epoch.
    pub(crate) detected_ms: i64,
    pub(crate) time_zone: Zone,
    pub(crate) detector: Arc<str>,
    pub(crate) confidence: f64,
    /// Shared with the image cache, and gone when it is gone there.
    pub(crate) image: Weak<Image>,
}

/// What a camera saw, before it is known to be new.
pub(crate) struct Sighting<'a> {
    pub(crate) detector: &'a str,
    pub(crate) detected_ms: i64,
    pub(crate) time_zone: Zone,
    pub(crate) confidence: f64,
    pub(crate) image: &'a Arc<Image>,
    /// Whether a second detection within the window is wanted.
    pub(crate) allow_double: bool,
}

/// The detections of one face, in the order of their arrival, and when each detector saw it last.
#[derive(Debug, Default)]
pub(crate) struct DetectionLog {
    detections: VecDeque<Detection>,
    last: HashMap<Arc<str>, (i64, Uuid)>,
}

impl DetectionLog {
    /// Notes a sighting, and says under which id: its own, or that of the detection it repeats.
    pub(crate) fn note(&mut self, sighting: &Sighting) -> Uuid {
        let known = self.last.get_key_value(sighting.detector);
        if let Some((_, (at, id))) = known
            && !sighting.allow_double
            && sighting.detected_ms.abs_diff(*at) < DUPLICATE_WINDOW_MS.unsigned_abs()
        {
            return *id;
        }
        let detector = known.map_or_else(|| Arc::from(sighting.detector), |(name, _)| Arc::clone(name));
        if self.last.len() >= MAX_DETECTORS {
            self.last.clear();
        }
        if self.detections.len() >= MAX_DETECTIONS {
            self.detections.pop_front();
        }
        let id = Uuid::new_v4();
        self.last.insert(Arc::clone(&detector), (sighting.detected_ms, id));
        self.detections.push_back(Detection {
            id,
            detected_ms: sighting.detected_ms,
            time_zone: sighting.time_zone,
            detector,
            confidence: sighting.confidence,
            image: Arc::downgrade(sighting.image),
        });
        id
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Detection> {
        self.detections.iter()
    }

    pub(crate) fn find(&self, id: Uuid) -> Option<&Detection> {
        self.detections.iter().rev().find(|detection| detection.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn image() -> Arc<Image> {
        Arc::new(Image {
            bytes: Bytes::new(),
            faces: Vec::new(),
        })
    }

    fn sighting<'a>(image: &'a Arc<Image>, detector: &'a str, detected_ms: i64, allow_double: bool) -> Sighting<'a> {
        Sighting {
            detector,
            detected_ms,
            time_zone: Zone::UTC,
            confidence: 1.0,
            image,
            allow_double,
        }
    }

    #[test]
    fn a_repetition_within_the_window_is_the_same_detection() {
        let (image, mut log) = (image(), DetectionLog::default());
        let first = log.note(&sighting(&image, "door", 10_000, false));
        for (detector, at, allow_double, same) in [
            ("door", 14_999, false, true),
            ("door", 5_001, false, true),
            ("gate", 10_000, false, false),
            ("door", 10_001, true, false),
            ("door", 15_001, false, false),
        ] {
            let id = log.note(&sighting(&image, detector, at, allow_double));
            assert_eq!(id == first, same, "{detector} at {at}");
        }
    }

    #[test]
    fn the_oldest_go_first() {
        let (image, mut log) = (image(), DetectionLog::default());
        let first = log.note(&sighting(&image, "door", 0, true));
        for at in 1..=1_000 {
            log.note(&sighting(&image, "door", at, true));
        }
        assert_eq!(log.iter().count(), MAX_DETECTIONS);
        assert!(log.find(first).is_none());
    }
}
