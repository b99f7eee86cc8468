//! JSON bodies with something wrong in them.

use crate::answer::Answer;
use crate::defects::Defect;
use crate::operation::{Operation, Row};
use crate::state::State;
use crate::stores::period;
use serde_json::{Map, Value, json};

pub(super) fn spoil(server: &State, row: &Row, answer: Answer) -> Answer {
    if !super::content_type(&answer).starts_with("application/json") {
        return answer;
    }
    let Ok(mut body) = serde_json::from_slice::<Value>(answer.body()) else {
        return answer;
    };
    let right = body.clone();
    session(server, row, &mut body);
    person(server, row, &mut body);
    listed(server, row, &mut body);
    if row.operation == Operation::CheckImageReference
        && body["exists"] == json!(true)
        && server.has(Defect::ImageReferenceIs500)
    {
        return super::refusals::server_error();
    }
    if server.has(Defect::AnswersInPascalCase) {
        capitalise(&mut body);
    }
    if body == right {
        return answer;
    }
    let (parts, _) = answer.into_parts();
    Answer::from_parts(parts, body.to_string().into())
}

fn session(server: &State, row: &Row, body: &mut Value) {
    let without = |defect: Defect, operation: Operation| server.has(defect) && row.operation == operation;
    if without(Defect::LoginWithoutUsername, Operation::Authenticate)
        || without(Defect::RenewWithoutUsername, Operation::RenewToken)
    {
        drop_member(body, "username");
    }
    if without(Defect::ProfileWithoutRoles, Operation::Profile) {
        drop_member(body, "roles");
    }
    if without(Defect::EnrollWithoutId, Operation::FaceEnroll) {
        drop_member(body, "personId");
    }
}

/// The person whom recognising or looking up found, or whom `getPerson` shows.
fn person(server: &State, row: &Row, body: &mut Value) {
    match row.operation {
        Operation::GetPerson if server.has(Defect::PersonLacksNotes) => drop_member(body, "notes"),
        Operation::FindPeopleByEntityField if server.has(Defect::FindIsObject) => *body = json!({ "people": body }),
        Operation::Recognize | Operation::Lookup => edge_person(server, body),
        _ => {}
    }
}

fn edge_person(server: &State, body: &mut Value) {
    if server.has(Defect::PersonWithoutId) {
        drop_member(body, "personId");
    }
    if server.has(Defect::PersonWithoutTags) {
        body["tags"] = json!([]);
    }
    if server.has(Defect::PersonTagsAsText)
        && let Some(tags) = body["tags"].as_array_mut()
    {
        for tag in tags {
            *tag = tag["name"].take();
        }
    }
    if server.has(Defect::PersonNamesSwapped) {
        let (first, last) = (body["firstName"].take(), body["lastName"].take());
        (body["firstName"], body["lastName"]) = (last, first);
    }
}

/// Members that are stored rightly and shown wrongly.
fn listed(server: &State, row: &Row, body: &mut Value) {
    if server.has(Defect::NumberValueAsText) && Defect::NumberValueAsText.shows_at(row) {
        change(body, "numberValue", &|value| match value {
            Value::Number(number) => json!(number.to_string()),
            other => other.clone(),
        });
    }
    if server.has(Defect::TagPeriodInSeconds) && Defect::TagPeriodInSeconds.shows_at(row) {
        let seconds = |value: &Value| value.as_str().and_then(period).map(|period| period.num_seconds());
        change(body, "defaultExpirePeriod", &|value| json!(seconds(value)));
    }
    if server.has(Defect::ConfidenceAsText) && Defect::ConfidenceAsText.shows_at(row) {
        change(body, "confidence", &|value| json!(value.to_string()));
    }
    if server.has(Defect::DetectionImageAsUrl) && Defect::DetectionImageAsUrl.shows_at(row) {
        change(body, "image", &|value| {
            json!(value.as_str().map(|image| format!("data:image/jpeg;base64,{image}")))
        });
    }
    if server.has(Defect::DetectorNameLowered) && Defect::DetectorNameLowered.shows_at(row) {
        change(body, "detector", &|value| json!(value.as_str().map(str::to_lowercase)));
    }
}

fn drop_member(body: &mut Value, name: &str) {
    if let Some(members) = body.as_object_mut() {
        members.shift_remove(name);
    }
}

/// Replaces every member of a name, however deep.
fn change(value: &mut Value, name: &str, to: &dyn Fn(&Value) -> Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| change(item, name, to)),
        Value::Object(members) => {
            for (key, member) in members {
                if key == name {
                    *member = to(member);
                } else {
                    change(member, name, to);
                }
            }
        }
        _ => {}
    }
}

fn capitalise(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(capitalise),
        Value::Object(members) => {
            let renamed: Map<String, Value> = std::mem::take(members)
                .into_iter()
                .map(|(name, mut member)| {
                    capitalise(&mut member);
                    (capitalised(&name), member)
                })
                .collect();
            *members = renamed;
        }
        _ => {}
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
