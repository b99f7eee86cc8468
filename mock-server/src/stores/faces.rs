//! Faces: those enrolled for a person, and those of strangers that cameras have seen.

use super::log::DetectionLog;
use crate::vision::Likeness;
use bytes::Bytes;
use parking_lot::{Mutex, RwLock};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use uuid::Uuid;

/// Strangers remembered; the oldest go first. Every unknown picture would otherwise stay for ever.
const MAX_STRANGERS: usize = 1_000;

/// A face, enrolled or a stranger's.
#[derive(Debug)]
pub(crate) struct Face {
    pub(crate) id: Uuid,
    /// Whose face it is; nobody's when it is a stranger's.
    pub(crate) person: Option<Uuid>,
    pub(crate) likeness: Likeness,
    /// The enrolment photo.
    pub(crate) photo: Option<Bytes>,
    /// The client's own name for the enrolment photo.
    pub(crate) reference: Option<String>,
    pub(crate) log: Mutex<DetectionLog>,
}

/// All faces.
#[derive(Default)]
pub(crate) struct Faces(RwLock<Index>);

#[derive(Default)]
struct Index {
    by_id: HashMap<Uuid, Arc<Face>>,
    /// In the order of enrolment.
    enrolled: Vec<Arc<Face>>,
    /// The face that was enrolled last for each likeness.
    newest: HashMap<Likeness, Arc<Face>>,
    strangers: HashMap<Likeness, Arc<Face>>,
    stranger_order: VecDeque<Arc<Face>>,
}

impl Faces {
    /// The enrolled face that a likeness belongs to; of equals the one enrolled last.
    pub(crate) fn recognise(&self, likeness: &Likeness) -> Option<Arc<Face>> {
        self.0.read().recognise(likeness)
    }

    /// The face a camera saw: an enrolled one, a known stranger's, or a new stranger's.
    pub(crate) fn seen(&self, likeness: &Likeness) -> Arc<Face> {
        {
            let index = self.0.read();
            if let Some(face) = index.recognise(likeness).or_else(|| index.stranger(likeness)) {
                return face;
            }
        }
        let mut index = self.0.write();
        if let Some(face) = index.recognise(likeness).or_else(|| index.stranger(likeness)) {
            return face; // another call was quicker
        }
        index.add_stranger(*likeness)
    }

    /// Enrols a face for a person.
    pub(crate) fn enrol(&self, face: Face) -> Arc<Face> {
        let face = Arc::new(face);
        let mut index = self.0.write();
        index.by_id.insert(face.id, Arc::clone(&face));
        index.newest.insert(face.likeness, Arc::clone(&face));
        index.enrolled.push(Arc::clone(&face));
        face
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<Arc<Face>> {
        self.0.read().by_id.get(&id).cloned()
    }

    /// The face that was enrolled first.
    pub(crate) fn first(&self) -> Option<Arc<Face>> {
        self.0.read().enrolled.first().cloned()
    }

    /// The faces of everybody who is enrolled.
    pub(crate) fn enrolled(&self) -> Vec<Arc<Face>> {
        self.0.read().enrolled.clone()
    }

    /// The faces enrolled for a person, in the order of enrolment.
    pub(crate) fn of_person(&self, person: Uuid) -> Vec<Arc<Face>> {
        let index = self.0.read();
        let faces = index.enrolled.iter().filter(|face| face.person == Some(person));
        faces.cloned().collect()
    }

    /// The face whose enrolment photo has a reference id.
    pub(crate) fn by_reference(&self, reference: &str) -> Option<Arc<Face>> {
        let index = self.0.read();
        let mut newest_first = index.enrolled.iter().rev();
        newest_first
            .find(|face| face.reference.as_deref() == Some(reference))
            .cloned()
    }

    pub(crate) fn fingerprint(&self) -> Value {
        let index = self.0.read();
        let faces: BTreeMap<String, Value> = index
            .by_id
            .iter()
            .map(|(id, face)| (id.to_string(), face.fingerprint()))
            .collect();
        json!(faces)
    }
}

impl Index {
    fn recognise(&self, likeness: &Likeness) -> Option<Arc<Face>> {
        if let Some(face) = self.newest.get(likeness) {
            return Some(Arc::clone(face));
        }
        let near = self
            .enrolled
            .iter()
            .rev()
            .filter(|face| face.likeness.is_near(likeness));
        near.min_by_key(|face| face.likeness.distance(likeness)).cloned()
    }

    fn stranger(&self, likeness: &Likeness) -> Option<Arc<Face>> {
        let near = || self.stranger_order.iter().find(|face| face.likeness.is_near(likeness));
        self.strangers.get(likeness).or_else(near).cloned()
    }

    fn add_stranger(&mut self, likeness: Likeness) -> Arc<Face> {
        if self.stranger_order.len() >= MAX_STRANGERS
            && let Some(oldest) = self.stranger_order.pop_front()
        {
            self.strangers.remove(&oldest.likeness);
            self.by_id.remove(&oldest.id);
        }
        let face = Arc::new(Face {
            id: Uuid::new_v4(),
            person: None,
            likeness,
            photo: None,
            reference: None,
            log: Mutex::default(),
        });
        self.by_id.insert(face.id, Arc::clone(&face));
        self.strangers.insert(likeness, Arc::clone(&face));
        self.stranger_order.push_back(Arc::clone(&face));
        face
    }
}

impl Face {
    fn fingerprint(&self) -> Value {
        let log = self.log.lock();
        let detections: Vec<Value> = log
            .iter()
            .map(|detection| json!([detection.id, detection.detected_ms, &*detection.detector]))
            .collect();
        let photo = self.photo.as_ref().map(|photo| format!("{:x?}", Sha256::digest(photo)));
        json!({ "person": self.person, "reference": self.reference, "photo": photo, "detections": detections })
    }
}
