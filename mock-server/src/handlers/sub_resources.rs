//! What is kept about a person: aliases, tags, notes, addresses, entity fields.

use super::kept::{delete, delete_of_anybody, list, nobody, put};
use crate::answer::{self, Answer, Problem};
use crate::call::Call;
use crate::defects::Defect;
use crate::state::State;
use crate::stores::{self, Address, Alias, EntityField, Note, PersonTag, Tag};
use chrono::{SecondsFormat, TimeDelta};
use uuid::Uuid;

pub(super) fn list_aliases(server: &State, call: &Call) -> Result<Answer, Problem> {
    Ok(answer::json(&list::<Alias>(server, call)?))
}

pub(super) fn put_alias(server: &State, call: &Call) -> Result<Answer, Problem> {
    let mut alias: Alias = call.json()?;
    if server.has(Defect::PutAliasDropsMiddleName) {
        alias.middle_name = None;
    }
    if server.has(Defect::NamesLoseAccents) {
        for name in [&mut alias.first_name, &mut alias.last_name, &mut alias.middle_name] {
            *name = name.as_deref().map(in_ascii);
        }
    }
    put(server, call, alias)
}

pub(super) fn delete_alias(server: &State, call: &Call) -> Result<Answer, Problem> {
    if server.has(Defect::DeleteAliasOfAnybody) {
        return delete_of_anybody::<Alias>(server, call);
    }
    delete::<Alias>(server, call)
}

/// The tags a person wears, all or those of exactly one name.
pub(super) fn list_tags(server: &State, call: &Call) -> Result<Answer, Problem> {
    let mut worn = list::<PersonTag>(server, call)?;
    let name = call.query("tagName").filter(|name| !name.is_empty());
    if name.is_some() && !server.has(Defect::PersonTagFilterIgnored) {
        worn.retain(|worn| server.stores.tags.name_of(worn.tag) == name);
    }
    Ok(answer::json(&worn))
}

/// Puts a tag on a person, or changes when it comes off. There is one of each tag at most.
pub(super) fn put_tag(server: &State, call: &Call) -> Result<Answer, Problem> {
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

pub(super) fn delete_tag(server: &State, call: &Call) -> Result<Answer, Problem> {
    delete::<PersonTag>(server, call)
}

pub(super) fn list_notes(server: &State, call: &Call) -> Result<Answer, Problem> {
    Ok(answer::json(&list::<Note>(server, call)?))
}

/// Stores a note; one without an author gets the caller's name.
pub(super) fn put_note(server: &State, call: &Call) -> Result<Answer, Problem> {
    let mut note: Note = call.json()?;
    note.author.get_or_insert_with(|| call.caller().name.to_owned());
    if server.has(Defect::PutNoteDropsBody) {
        note.body = None;
    }
    if server.has(Defect::PutNoteAlwaysCreates) {
        note.id = None;
    }
    put(server, call, note)
}

pub(super) fn delete_note(server: &State, call: &Call) -> Result<Answer, Problem> {
    let answer = delete::<Note>(server, call)?;
    if server.has(Defect::DeleteNoteDeletesAll) {
        server.stores.people.change(call.id(0)?, |person| person.notes.clear());
    }
    Ok(answer)
}

pub(super) fn put_address(server: &State, call: &Call) -> Result<Answer, Problem> {
    let mut address: Address = call.json()?;
    if server.has(Defect::PutAddressNotShown) {
        address.id.get_or_insert_with(Uuid::new_v4);
        return Ok(answer::json(&address));
    }
    put(server, call, address)
}

/// A person's entity fields, all or those of exactly one name.
pub(super) fn list_entity_fields(server: &State, call: &Call) -> Result<Answer, Problem> {
    let mut fields = list::<EntityField>(server, call)?;
    let name = call.query("fieldName").filter(|name| !name.is_empty());
    if name.is_some() && !server.has(Defect::EntityFieldFilterIgnored) {
        fields.retain(|field| field.name == name);
    }
    Ok(answer::json(&fields))
}

pub(super) fn put_entity_field(server: &State, call: &Call) -> Result<Answer, Problem> {
    let field: EntityField = call.json()?;
    if field.name.as_deref().is_none_or(str::is_empty) {
        return Err(Problem::invalid("name", "The name field is required."));
    }
    check_instant("dateValue", field.date_value.as_deref())?;
    put(server, call, field)
}

pub(super) fn delete_entity_field(server: &State, call: &Call) -> Result<Answer, Problem> {
    delete::<EntityField>(server, call)
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
    stores::period(tag.default_expire_period.as_deref()?).filter(|period| !period.is_zero())
}

/// What is left of a text in a database column that holds ASCII.
fn in_ascii(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_ascii() { letter } else { '?' })
        .collect()
}
