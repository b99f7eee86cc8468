//! Tags.

use crate::answer::{self, Answer, Problem};
use crate::call::Call;
use crate::defects::Defect;
use crate::state::State;
use crate::stores::{Tag, period};
use uuid::Uuid;

/// What a tag that does not expire has for a period.
const NO_PERIOD: &str = "00:00:00";

/// All tags, or those of exactly one name.
pub(super) fn list(server: &State, call: &Call) -> Answer {
    let mut tags = server.stores.tags.all();
    if server.has(Defect::DeletedTagStillListed) {
        tags.extend_from_slice(&server.memory.deleted_tags.lock());
    }
    if server.has(Defect::CreatedTagNotListed) {
        let mut first_listed = server.memory.listed_tags.lock();
        tags.clone_from(first_listed.get_or_insert_with(|| tags.clone()));
    }
    let name = call.query("tagName").filter(|name| !name.is_empty());
    if let Some(name) = name.filter(|_| !server.has(Defect::TagFilterIgnored)) {
        let partly = server.has(Defect::TagFilterIsPart);
        let fits = |tag: &str| if partly { tag.contains(&name) } else { tag == name };
        tags.retain(|tag| tag.name.as_deref().is_some_and(fits));
    }
    answer::json(&tags)
}

pub(super) fn get(server: &State, call: &Call) -> Result<Answer, Problem> {
    let tag = server.stores.tags.get(call.id(0)?);
    tag.map(|tag| answer::json(&tag)).ok_or_else(unknown)
}

/// Creates a tag; its id is the server's to give.
pub(super) fn create(server: &State, call: &Call) -> Result<Answer, Problem> {
    let mut tag = checked(server, call)?;
    if tag.id.is_none() || !server.has(Defect::TagKeepsClientId) {
        tag.id = Some(Uuid::new_v4());
    }
    if server.has(Defect::TagDropsDescription) {
        tag.description = None;
    }
    server.stores.tags.add(tag.clone());
    Ok(answer::json(&tag))
}

pub(super) fn update(server: &State, call: &Call) -> Result<Answer, Problem> {
    let mut tag = checked(server, call)?;
    tag.id = Some(call.id(0)?);
    let known = server.stores.tags.name_of(tag.id).is_some();
    if known && server.has(Defect::UpdateTagNotStored) {
        return Ok(answer::json(&tag));
    }
    if known && server.has(Defect::UpdateTagCopies) {
        tag.id = Some(Uuid::new_v4());
        server.stores.tags.add(tag.clone());
        return Ok(answer::json(&tag));
    }
    if server.stores.tags.replace(tag.clone()) {
        Ok(answer::json(&tag))
    } else {
        Err(unknown())
    }
}

/// Deletes a tag and takes it off everybody who wears it.
pub(super) fn delete(server: &State, call: &Call) -> Result<Answer, Problem> {
    let id = call.id(0)?;
    let tag = server.stores.tags.get(id).ok_or_else(unknown)?;
    if server.has(Defect::DeletedTagStillFound) {
        server.stores.tags.replace(Tag { disabled: true, ..tag });
        return Ok(answer::empty());
    }
    if server.has(Defect::DeletedTagStillListed) {
        server.memory.deleted_tags.lock().push(tag);
    }
    server.stores.tags.remove(id);
    server.stores.people.forget_tag(id);
    Ok(answer::empty())
}

/// The tag of the body, with the id that the client gave it, in which it has no say.
fn checked(server: &State, call: &Call) -> Result<Tag, Problem> {
    let mut tag: Tag = call.json()?;
    if tag.name.as_deref().is_none_or(|name| name.trim().is_empty()) {
        return Err(Problem::invalid("tagName", "The tagName field is required."));
    }
    let text = tag.default_expire_period.get_or_insert_with(|| NO_PERIOD.to_owned());
    if period(text).is_none() {
        let message = format!("'{text}' is not of the form days.hh:mm:ss.");
        return Err(Problem::invalid("defaultExpirePeriod", message));
    }
    if server.has(Defect::TagDropsPeriod) {
        tag.default_expire_period = Some(NO_PERIOD.to_owned());
    }
    if server.has(Defect::TagDropsDisabled) {
        tag.disabled = false;
    }
    Ok(tag)
}

fn unknown() -> Problem {
    Problem::not_found("There is no such tag.")
}
