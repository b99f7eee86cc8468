//! What is kept about a person: aliases, tags, notes, addresses, entity fields.
//!
//! A `PUT` with the id of something that exists replaces it, without an id it creates, and with an id that is
//! not the person's it is a `404`: otherwise a client could choose ids, or reach into another person.

use crate::answer::{self, Answer, Problem};
use crate::call::Call;
use crate::identities::Identities;
use crate::stores::{Address, Alias, EntityField, Note, Person, PersonTag, Tag};
use chrono::{SecondsFormat, TimeDelta};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// Something of which a person has several, each with its own id.
trait SubResource: Clone + Serialize + DeserializeOwned {
    fn id(&mut self) -> &mut Option<Uuid>;
    fn of(person: &mut Person) -> &mut Vec<Self>;
}

macro_rules! sub_resource {
    ($type:ty, $id:ident, $list:ident) => {
        impl SubResource for $type {
            fn id(&mut self) -> &mut Option<Uuid> {
                &mut self.$id
            }
            fn of(person: &mut Person) -> &mut Vec<Self> {
                &mut person.$list
            }
        }
    };
}

sub_resource!(Alias, id, aliases);
sub_resource!(Address, id, addresses);
sub_resource!(EntityField, id, entity_fields);
sub_resource!(Note, id, notes);
sub_resource!(PersonTag, tag, tags);

pub(super) fn list_aliases(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    read(server, call, |person| answer::json(&person.aliases))
}

pub(super) fn put_alias(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    put(server, call, call.json::<Alias>()?)
}

pub(super) fn delete_alias(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    delete::<Alias>(server, call)
}

/// The tags a person wears, all or those of exactly one name.
pub(super) fn list_tags(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let worn = read(server, call, |person| person.tags.clone())?;
    let name = call.query("tagName").filter(|name| !name.is_empty());
    let named = |worn: &PersonTag| name.is_none() || server.stores.tags.name_of(worn.tag) == name;
    let worn: Vec<_> = worn.into_iter().filter(named).collect();
    Ok(answer::json(&worn))
}

/// Puts a tag on a person, or changes when it comes off. There is one of each tag at most.
pub(super) fn put_tag(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let mut worn: PersonTag = call.json()?;
    let id = worn
        .tag
        .ok_or_else(|| Problem::invalid("tagId", "The tagId field is required."))?;
    let tag = server.stores.tags.get(id);
    let tag = tag.ok_or_else(|| Problem::invalid("tagId", "There is no such tag."))?;
    for (member, time) in [("expires", &worn.expires), ("created", &worn.created)] {
        check_instant(member, time.as_deref())?;
    }
    let now = server.settings.clock.now();
    if worn.expires.is_none() {
        worn.expires = period(&tag).map(|period| (now + period).to_rfc3339_opts(SecondsFormat::Millis, true));
    }
    let stored = server.stores.people.change(call.id(0)?, |person| {
        let earlier = person.tags.iter_mut().find(|other| other.tag == Some(id));
        let created = earlier.as_ref().and_then(|other| other.created.clone());
        let now = || now.to_rfc3339_opts(SecondsFormat::Millis, true);
        worn.created = Some(worn.created.take().or(created).unwrap_or_else(now));
        match earlier {
            Some(earlier) => *earlier = worn.clone(),
            None => person.tags.push(worn.clone()),
        }
        worn
    });
    stored.map(|worn| answer::json(&worn)).ok_or_else(nobody)
}

pub(super) fn delete_tag(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    delete::<PersonTag>(server, call)
}

pub(super) fn list_notes(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    read(server, call, |person| answer::json(&person.notes))
}

/// Stores a note; one without an author gets the caller's name.
pub(super) fn put_note(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let mut note: Note = call.json()?;
    note.author.get_or_insert_with(|| call.caller().name.to_owned());
    put(server, call, note)
}

pub(super) fn delete_note(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    delete::<Note>(server, call)
}

pub(super) fn put_address(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    put(server, call, call.json::<Address>()?)
}

/// A person's entity fields, all or those of exactly one name.
pub(super) fn list_entity_fields(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let name = call.query("fieldName").filter(|name| !name.is_empty());
    read(server, call, |person| {
        let named = |field: &&EntityField| name.is_none() || field.name == name;
        let fields: Vec<_> = person.entity_fields.iter().filter(named).collect();
        answer::json(&fields)
    })
}

pub(super) fn put_entity_field(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let field: EntityField = call.json()?;
    if field.name.as_deref().is_none_or(str::is_empty) {
        return Err(Problem::invalid("name", "The name field is required."));
    }
    check_instant("dateValue", field.date_value.as_deref())?;
    put(server, call, field)
}

pub(super) fn delete_entity_field(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    delete::<EntityField>(server, call)
}

fn read<T>(server: &Identities, call: &Call, read: impl FnOnce(&Person) -> T) -> Result<T, Problem> {
    server.stores.people.read(call.id(0)?, read).ok_or_else(nobody)
}

fn put<T: SubResource>(server: &Identities, call: &Call, mut item: T) -> Result<Answer, Problem> {
    let id = item.id().filter(|id| !id.is_nil()); // .NET clients send Guid.Empty for "none yet"
    let stored = server.stores.people.change(call.id(0)?, |person| {
        let items = T::of(person);
        if id.is_some() {
            let at = items.iter_mut().position(|other| *other.id() == id)?;
            items[at] = item.clone();
        } else {
            *item.id() = Some(Uuid::new_v4());
            items.push(item.clone());
        }
        Some(item)
    });
    let stored = stored.ok_or_else(nobody)?;
    stored.map(|item| answer::json(&item)).ok_or_else(not_theirs)
}

fn delete<T: SubResource>(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let id = Some(call.id(1)?);
    let removed = server.stores.people.change(call.id(0)?, |person| {
        let items = T::of(person);
        let at = items.iter_mut().position(|item| *item.id() == id)?;
        items.remove(at);
        Some(())
    });
    let removed = removed.ok_or_else(nobody)?;
    removed.map(|()| answer::empty()).ok_or_else(not_theirs)
}

fn nobody() -> Problem {
    Problem::not_found("There is no such person.")
}

fn not_theirs() -> Problem {
    Problem::not_found("The person has nothing of that id.")
}

/// A date may come with or without a time.
fn check_instant(member: &str, text: Option<&str>) -> Result<(), Problem> {
    match text {
        Some(text) if crate::call::instant(text).is_none() && text.parse::<chrono::NaiveDate>().is_err() => {
            Err(Problem::invalid(member, format!("'{text}' is not an ISO 8601 time.")))
        }
        _ => Ok(()),
    }
}

/// How long a tag is worn unless something else was said.
fn period(tag: &Tag) -> Option<TimeDelta> {
    super::tags::period(tag.default_expire_period.as_deref()?).filter(|period| !period.is_zero())
}
