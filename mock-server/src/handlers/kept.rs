//! Keeping several of something with a person: listing, putting and deleting, whatever it is.
//!
//! A `PUT` with the id of something that exists replaces it, without an id it creates, and with an id that is
//! not the person's it is a `404`: otherwise a client could choose ids, or reach into another person.

use crate::answer::{self, Answer, Problem};
use crate::call::Call;
use crate::defects::Defect;
use crate::faults::busy;
use crate::state::State;
use crate::stores::{Address, Alias, EntityField, Note, Person, PersonTag};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// Something of which a person has several, each with its own id.
pub(super) trait Kept: Clone + Serialize + DeserializeOwned {
    /// Makes listing show everybody's.
    const OF_EVERYBODY: Option<Defect>;
    /// Makes deleting do nothing.
    const DELETE_KEEPS: Option<Defect>;

    fn id(&self) -> Option<Uuid>;
    fn set_id(&mut self, id: Uuid);
    fn of(person: &Person) -> &Vec<Self>;
    fn of_mut(person: &mut Person) -> &mut Vec<Self>;
}

macro_rules! kept {
    ($type:ty, $id:ident, $list:ident, $of_everybody:expr, $delete_keeps:expr) => {
        impl Kept for $type {
            const OF_EVERYBODY: Option<Defect> = $of_everybody;
            const DELETE_KEEPS: Option<Defect> = $delete_keeps;

            fn id(&self) -> Option<Uuid> {
                self.$id
            }
            fn set_id(&mut self, id: Uuid) {
                self.$id = Some(id);
            }
            fn of(person: &Person) -> &Vec<Self> {
                &person.$list
            }
            fn of_mut(person: &mut Person) -> &mut Vec<Self> {
                &mut person.$list
            }
        }
    };
}

kept!(
    Alias,
    id,
    aliases,
    Some(Defect::AliasesOfEverybody),
    Some(Defect::DeleteAliasKeeps)
);
kept!(
    Note,
    id,
    notes,
    Some(Defect::NotesOfEverybody),
    Some(Defect::DeleteNoteKeeps)
);
kept!(
    PersonTag,
    tag,
    tags,
    Some(Defect::TagsOfEverybody),
    Some(Defect::DeletePersonTagKeeps)
);
kept!(
    EntityField,
    id,
    entity_fields,
    Some(Defect::EntityFieldsOfEverybody),
    Some(Defect::DeleteEntityFieldKeeps)
);
kept!(Address, id, addresses, None, None);

pub(super) fn list<T: Kept>(server: &State, call: &Call) -> Result<Vec<T>, Problem> {
    let own = server.stores.people.read(call.id(0)?, |person| T::of(person).clone());
    let own = own.ok_or_else(nobody)?;
    if T::OF_EVERYBODY.is_some_and(|defect| server.has(defect)) {
        let everybody = server.stores.people.all();
        return Ok(everybody.iter().flat_map(|person| T::of(person).clone()).collect());
    }
    Ok(own)
}

pub(super) fn put<T: Kept>(server: &State, call: &Call, mut item: T) -> Result<Answer, Problem> {
    let mut id = item.id().filter(|id| !id.is_nil()); // .NET clients send Guid.Empty for "none yet"
    if server.has(Defect::PutAlwaysCreates) {
        id = None;
    }
    let mut person = call.id(0)?;
    if server.has(Defect::PutIntoOtherPerson) {
        person = owner::<T>(server, id).unwrap_or(person);
    }
    let stored = server.stores.people.change(person, |person| {
        let items = T::of_mut(person);
        let at = match id {
            Some(_) => Some(items.iter().position(|other| other.id() == id)?),
            None => None,
        };
        if at.is_none() {
            item.set_id(Uuid::new_v4());
        }
        if server.has(Defect::PutNotStored) || busy::loses_put(server) {
            return Some(item);
        }
        if at.is_none() && server.has(Defect::PutReplacesAll) {
            items.clear();
        }
        match at {
            Some(at) => items[at] = item.clone(),
            None => items.push(item.clone()),
        }
        Some(item)
    });
    let stored = stored.ok_or_else(nobody)?;
    stored.map(|item| answer::json(&item)).ok_or_else(not_theirs)
}

pub(super) fn delete<T: Kept>(server: &State, call: &Call) -> Result<Answer, Problem> {
    delete_from::<T>(server, call, call.id(0)?)
}

/// Deletes it wherever it is, as a server does that looks at the item's id only.
pub(super) fn delete_of_anybody<T: Kept>(server: &State, call: &Call) -> Result<Answer, Problem> {
    let owner = owner::<T>(server, Some(call.id(1)?));
    delete_from::<T>(server, call, owner.unwrap_or(call.id(0)?))
}

fn delete_from<T: Kept>(server: &State, call: &Call, person: Uuid) -> Result<Answer, Problem> {
    let id = Some(call.id(1)?);
    let keeps = T::DELETE_KEEPS.is_some_and(|defect| server.has(defect));
    let removed = server.stores.people.change(person, |person| {
        let items = T::of_mut(person);
        let at = items.iter().position(|item| item.id() == id)?;
        if !keeps {
            items.remove(at);
        }
        Some(())
    });
    let removed = removed.ok_or_else(nobody)?;
    removed.map(|()| answer::empty()).ok_or_else(not_theirs)
}

/// Whose it is, when it is anybody's.
fn owner<T: Kept>(server: &State, id: Option<Uuid>) -> Option<Uuid> {
    id?;
    let has = |person: &Person| T::of(person).iter().any(|item| item.id() == id);
    server.stores.people.find(has).first().map(|person| person.id)
}

pub(super) fn nobody() -> Problem {
    Problem::not_found("There is no such person.")
}

fn not_theirs() -> Problem {
    Problem::not_found("The person has nothing of that id.")
}
