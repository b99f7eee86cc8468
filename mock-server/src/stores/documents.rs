//! Files kept about people.

use bytes::Bytes;
use parking_lot::RwLock;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use uuid::Uuid;

/// A file about a person, byte for byte as it was sent.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) person: Uuid,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) content_type: String,
    pub(crate) data: Bytes,
}

/// All documents.
#[derive(Default)]
pub(crate) struct Documents(RwLock<HashMap<Uuid, Arc<Document>>>);

impl Documents {
    /// Stores a document and says under which id.
    pub(crate) fn add(&self, document: Document) -> Uuid {
        let id = Uuid::new_v4();
        self.put(id, document);
        id
    }

    /// Stores a document under an id.
    pub(crate) fn put(&self, id: Uuid, document: Document) {
        self.0.write().insert(id, Arc::new(document));
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<Arc<Document>> {
        self.0.read().get(&id).cloned()
    }

    pub(crate) fn fingerprint(&self) -> Value {
        let documents = self.0.read();
        let documents: BTreeMap<String, Value> = documents
            .iter()
            .map(|(id, document)| (id.to_string(), document.fingerprint()))
            .collect();
        json!(documents)
    }
}

impl Document {
    fn fingerprint(&self) -> Value {
        json!({
            "person": self.person,
            "name": self.name,
            "description": self.description,
            "contentType": self.content_type,
            "data": format!("{:x?}", Sha256::digest(&self.data)),
        })
    }
}
