//! What pictures show, as it was seen before a load: an answer with the faces of another picture than the one that was sent is
//! somebody else's. Unless both pictures are of one person, and the server found that out meanwhile: then it gives one id to both
//! from now on.

use parking_lot::Mutex;
use proofload_results::load::Breach;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

/// So many answers for a picture wait at most until it is known what they were.
const MOST_WAITING: usize = 20;

/// What was seen in a picture, in a form that is the same whenever the same was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Portrait {
    /// Ids and places of the faces.
    faces: String,
    /// Their places alone.
    places: String,
}

impl Portrait {
    /// What an answer shows; none where no face was seen, or they are named otherwise than assumed.
    pub(crate) fn of(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Answer {
            Wrapped { faces: Vec<Face> },
            Bare(Vec<Face>),
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Face {
            face_id: String,
            bounding_box: Value,
        }
        let (Answer::Wrapped { faces } | Answer::Bare(faces)) = serde_json::from_slice(body).ok()?;
        let joined = |mut parts: Vec<String>| {
            parts.sort_unstable();
            parts.join(" ")
        };
        let places = faces.iter().map(|face| face.bounding_box.to_string()).collect();
        let whole = faces.iter().map(|face| {
            let mut one = String::new();
            let _ = write!(one, "{} {}", face.face_id, face.bounding_box);
            one
        });
        let portrait = Self {
            faces: joined(whole.collect()),
            places: joined(places),
        };
        (!faces.is_empty()).then_some(portrait)
    }
}

/// What an answer shows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// What the picture that was sent showed before.
    Own,
    /// To the letter what another picture showed, and certainly not the one that was sent.
    Another,
    /// What another picture showed, with its faces where those of the one that was sent were: ids may be one by now.
    PerhapsAnother,
    /// Something that nobody saw before.
    New,
}

/// What the pictures of a step showed before the load.
#[derive(Debug, Default)]
pub(crate) struct Portraits {
    learnt: Vec<Option<Portrait>>,
    /// Whether any answers wait; cheap to look at.
    any: AtomicBool,
    /// By picture: answers that may have shown another, and when the last of them came.
    waiting: Mutex<BTreeMap<usize, Waiting>>,
}

#[derive(Debug, Default)]
struct Waiting {
    breaches: Vec<Breach>,
    last_ns: u64,
}

impl Portraits {
    pub(crate) fn new(learnt: Vec<Option<Portrait>>) -> Self {
        Self {
            learnt,
            ..Self::default()
        }
    }

    /// What an answer shows for the picture at `sent`.
    pub(crate) fn show(&self, sent: usize, seen: &Portrait) -> Shown {
        match self.learnt.get(sent) {
            Some(Some(own)) if own == seen => Shown::Own,
            Some(Some(own)) if self.learnt.iter().flatten().any(|other| other == seen) => {
                if own.places == seen.places {
                    Shown::PerhapsAnother
                } else {
                    Shown::Another
                }
            }
            _ => Shown::New,
        }
    }

    /// An answer for the picture at `sent`, which came at `now_ns`, perhaps shows another: that is known when the picture shows
    /// itself again.
    pub(crate) fn wait(&self, sent: usize, now_ns: u64, breach: Breach) {
        let mut waiting = self.waiting.lock();
        let waiting = waiting.entry(sent).or_default();
        waiting.last_ns = waiting.last_ns.max(now_ns);
        if waiting.breaches.len() < MOST_WAITING {
            waiting.breaches.push(breach);
        }
        self.any.store(true, Ordering::Release);
    }

    /// The picture at `sent` showed itself, in answer to a call that was made at `sent_ns`: what showed another before that did so
    /// though nothing had changed.
    pub(crate) fn shown_again(&self, sent: usize, sent_ns: u64) -> Vec<Breach> {
        if !self.any.load(Ordering::Acquire) {
            return Vec::new();
        }
        let mut waiting = self.waiting.lock();
        if waiting.get(&sent).is_none_or(|waiting| waiting.last_ns >= sent_ns) {
            return Vec::new();
        }
        let breaches = waiting.remove(&sent).map(|waiting| waiting.breaches);
        self.any.store(!waiting.is_empty(), Ordering::Release);
        breaches.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(id: &str, x: u32) -> Option<Portrait> {
        let face = json!({"faceId": id, "detectionId": x, "boundingBox": {"x": x, "y": 1}, "confidence": 0.5});
        Portrait::of(json!({"faces": [face]}).to_string().as_bytes())
    }

    fn breach(at_s: f64) -> Breach {
        Breach {
            guard: None,
            operation: "publishWithResponse".to_owned(),
            status: 200,
            at_s,
            in_flight: 1,
            what: "its faces are those of another picture".to_owned(),
        }
    }

    #[test]
    fn faces_are_of_another_picture_only_where_they_are_its_to_the_letter() {
        let portraits = Portraits::new(vec![answer("a", 1), answer("b", 2), None, answer("c", 1)]);
        let shown = |sent, seen: Option<Portrait>| portraits.show(sent, &seen.unwrap());
        assert_eq!(shown(0, answer("a", 1)), Shown::Own);
        assert_eq!(shown(0, answer("b", 2)), Shown::Another);
        assert_eq!(shown(0, answer("c", 1)), Shown::PerhapsAnother, "in the same place");
        assert_eq!(shown(0, answer("c", 3)), Shown::New, "a face that nobody saw before");
        assert_eq!(
            shown(2, answer("b", 2)),
            Shown::New,
            "nothing is known of what was sent"
        );
        assert_eq!(shown(9, answer("b", 2)), Shown::New);
        assert_eq!(Portrait::of(br#"{"faces":[]}"#), None);
        assert_eq!(Portrait::of(br#"{"faces":[{"id":1}]}"#), None);
        assert!(Portrait::of(br#"[{"faceId":"a","boundingBox":null}]"#).is_some());
    }

    #[test]
    fn one_id_for_two_pictures_is_a_breach_only_where_the_picture_shows_its_own_again() {
        let portraits = Portraits::new(vec![answer("a", 1), answer("b", 1)]);
        assert_eq!(portraits.shown_again(0, 5).len(), 0);
        portraits.wait(0, 10, breach(1.0));
        portraits.wait(0, 20, breach(2.0));
        portraits.wait(1, 30, breach(3.0));
        assert_eq!(portraits.shown_again(0, 21).len(), 2);
        assert_eq!(portraits.shown_again(0, 22).len(), 0, "told once");
        // A call that was under way meanwhile proves nothing.
        assert_eq!(portraits.shown_again(1, 30).len(), 0);
        for at_ns in 0..100 {
            portraits.wait(1, at_ns, breach(3.0));
        }
        assert_eq!(portraits.shown_again(1, 100).len(), MOST_WAITING);
    }
}
