//! Tags that people can wear.

use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A tag.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Tag {
    /// Given by the server.
    #[serde(rename = "tagId")]
    pub(crate) id: Option<Uuid>,
    #[serde(rename = "tagName")]
    pub(crate) name: Option<String>,
    pub(crate) disabled: bool,
    pub(crate) description: Option<String>,
    /// `days.hh:mm:ss`; `00:00:00` for none.
    pub(crate) default_expire_period: Option<String>,
}

/// All tags, in the order of their creation. There are few, so that they are simply looked through.
#[derive(Default)]
pub(crate) struct Tags(RwLock<Vec<Tag>>);

impl Tags {
    pub(crate) fn add(&self, tag: Tag) {
        self.0.write().push(tag);
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<Tag> {
        self.0.read().iter().find(|tag| tag.id == Some(id)).cloned()
    }

    pub(crate) fn name_of(&self, id: Option<Uuid>) -> Option<String> {
        self.get(id?)?.name
    }

    /// Replaces the tag of the same id; `false` when there is none.
    pub(crate) fn replace(&self, new: Tag) -> bool {
        let mut tags = self.0.write();
        match tags.iter_mut().find(|tag| tag.id == new.id) {
            Some(tag) => {
                *tag = new;
                true
            }
            None => false,
        }
    }

    pub(crate) fn remove(&self, id: Uuid) {
        self.0.write().retain(|tag| tag.id != Some(id));
    }

    pub(crate) fn all(&self) -> Vec<Tag> {
        self.0.read().clone()
    }
}
