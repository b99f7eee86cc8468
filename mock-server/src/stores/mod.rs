//! Everything that is stored, each kind behind its own lock.

mod documents;
mod faces;
mod images;
mod log;
mod people;
mod tags;
mod zone;

use serde_json::{Value, json};

pub(crate) use documents::{Document, Documents};
pub(crate) use faces::{Face, Faces};
pub(crate) use images::{Image, Images, NoImage};
pub(crate) use log::{Detection, Sighting};
pub(crate) use people::{Address, Alias, EntityField, Note, People, Person, PersonTag};
pub(crate) use tags::{Tag, Tags, period};
pub(crate) use zone::Zone;

/// Everything that is stored.
#[derive(Default)]
pub(crate) struct Stores {
    pub(crate) people: People,
    pub(crate) faces: Faces,
    pub(crate) tags: Tags,
    pub(crate) documents: Documents,
    pub(crate) images: Images,
}

impl Stores {
    /// All that a client could have written, in an order that does not depend on hashing.
    pub(crate) fn fingerprint(&self) -> Value {
        json!({
            "people": self.people.all(),
            "faces": self.faces.fingerprint(),
            "tags": self.tags.all(),
            "documents": self.documents.fingerprint(),
        })
    }
}
