//! People and what is kept about them.

use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// A person, as `getPerson` shows it.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Person {
    #[serde(rename = "personId")]
    pub(crate) id: Uuid,
    pub(crate) aliases: Vec<Alias>,
    pub(crate) addresses: Vec<Address>,
    pub(crate) entity_fields: Vec<EntityField>,
    pub(crate) tags: Vec<PersonTag>,
    pub(crate) notes: Vec<Note>,
    /// People are listed in the order of their creation.
    #[serde(skip)]
    pub(crate) ordinal: usize,
}

/// A name that a person goes by.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Alias {
    #[serde(rename = "personAliasId")]
    pub(crate) id: Option<Uuid>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) middle_name: Option<String>,
    pub(crate) title: Option<String>,
}

/// Where a person lives.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Address {
    #[serde(rename = "personAddressId")]
    pub(crate) id: Option<Uuid>,
    pub(crate) street: Option<String>,
    pub(crate) street2: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) postal_code: Option<String>,
    pub(crate) country: Option<String>,
}

/// A field that an installation keeps about its people.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct EntityField {
    #[serde(rename = "entityFieldId")]
    pub(crate) id: Option<Uuid>,
    pub(crate) name: Option<String>,
    pub(crate) string_value: Option<String>,
    pub(crate) date_value: Option<String>,
    pub(crate) number_value: Option<f64>,
    pub(crate) bool_value: Option<bool>,
}

/// A tag that a person wears; its `tagId` names the tag, and the tag on the person.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PersonTag {
    #[serde(rename = "tagId")]
    pub(crate) tag: Option<Uuid>,
    pub(crate) expires: Option<String>,
    pub(crate) created: Option<String>,
}

/// A note about a person.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Note {
    #[serde(rename = "noteId")]
    pub(crate) id: Option<Uuid>,
    pub(crate) summary: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) shared_id: Option<String>,
}

/// All people.
#[derive(Default)]
pub(crate) struct People(RwLock<HashMap<Uuid, Person>>);

impl People {
    /// Stores a new person under a given id.
    pub(crate) fn add(&self, person: Person) {
        let mut people = self.0.write();
        let ordinal = people.len();
        people.insert(person.id, Person { ordinal, ..person });
    }

    pub(crate) fn contains(&self, id: Uuid) -> bool {
        self.0.read().contains_key(&id)
    }

    /// Reads something off a person; `None` when there is no such person.
    pub(crate) fn read<T>(&self, id: Uuid, read: impl FnOnce(&Person) -> T) -> Option<T> {
        self.0.read().get(&id).map(read)
    }

    /// Changes a person; `None` when there is no such person.
    pub(crate) fn change<T>(&self, id: Uuid, change: impl FnOnce(&mut Person) -> T) -> Option<T> {
        self.0.write().get_mut(&id).map(change)
    }

    /// Takes a tag off everybody.
    pub(crate) fn forget_tag(&self, tag: Uuid) {
        for person in self.0.write().values_mut() {
            person.tags.retain(|worn| worn.tag != Some(tag));
        }
    }

    /// Those for whom `wanted` holds, in the order of their creation.
    pub(crate) fn find(&self, wanted: impl Fn(&Person) -> bool) -> Vec<Person> {
        let mut found: Vec<Person> = self
            .0
            .read()
            .values()
            .filter(|person| wanted(person))
            .cloned()
            .collect();
        found.sort_by_key(|person| person.ordinal);
        found
    }

    pub(crate) fn all(&self) -> Vec<Person> {
        self.find(|_| true)
    }
}
