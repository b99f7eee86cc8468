//! Reading people.

use crate::answer::{self, Answer, Problem};
use crate::call::Call;
use crate::defects::Defect;
use crate::state::State;
use crate::stores::{EntityField, Person};
use uuid::Uuid;

pub(super) fn get(server: &State, call: &Call) -> Result<Answer, Problem> {
    let mut id = call.id(0)?;
    if server.has(Defect::PersonOfAnotherId) && server.stores.people.contains(id) {
        id = server.stores.people.all()[0].id;
    }
    let found = server.stores.people.read(id, answer::json);
    found.ok_or_else(|| Problem::not_found("There is no such person."))
}

/// People by tag, by entity field, by both; everybody without a query.
pub(super) fn search(server: &State, call: &Call) -> Result<Answer, Problem> {
    let tag: Option<Uuid> = call.query_as("tagId")?;
    let tag = tag.filter(|_| !server.has(Defect::SearchIgnoresTag));
    let field = call.query("entityFieldName").filter(|name| !name.is_empty());
    let field = field.filter(|_| !server.has(Defect::SearchIgnoresField));
    let value = call.query("entityFieldStringValue");
    let value = value.filter(|_| !server.has(Defect::SearchIgnoresValue));
    let wears = |person: &Person| tag.is_none() || person.tags.iter().any(|worn| worn.tag == tag);
    let has = |person: &Person| {
        field
            .as_deref()
            .is_none_or(|name| has_field(person, name, value.as_deref()))
    };
    let found = server.stores.people.find(|person| wears(person) && has(person));
    Ok(answer::json(&found))
}

pub(super) fn by_entity_field(server: &State, call: &Call) -> Answer {
    let (name, value) = (call.value(0), call.value(1));
    let value = (!server.has(Defect::FindIgnoresValue)).then_some(value);
    answer::json(&server.stores.people.find(|person| has_field(person, name, value)))
}

/// Whether a person has a field of exactly that name, and of exactly that text when one is asked for.
fn has_field(person: &Person, name: &str, value: Option<&str>) -> bool {
    let fits = |field: &EntityField| {
        field.name.as_deref() == Some(name) && value.is_none_or(|value| field.string_value.as_deref() == Some(value))
    };
    person.entity_fields.iter().any(fits)
}
