//! People and what belongs to them, and tags.

use super::text;
use crate::defects::transcript::{Session, UNKNOWN};
use proofload_mock_server::{SEEDED_PERSON, SEEDED_PERSON_WITH_FACE, SEEDED_TAG};
use serde_json::{Value, json};

pub(super) fn people(session: &mut Session, admin: &str) {
    let mut get = |operation, path: &str| session.call(operation, admin, "GET", path, &Value::Null);
    get("getPerson", &format!("/api/v1/people/{SEEDED_PERSON}"));
    get("getPerson", &format!("/api/v1/people/{UNKNOWN}"));
    for query in [
        "?tagId=1b2c3d4e-0002-4a00-8000-000000000001",
        "?entityFieldName=Badge",
        "?entityFieldName=Badge&entityFieldStringValue=B",
    ] {
        get("searchPeople", &format!("/api/v1/people{query}"));
    }
    for value in ["A-1001", "B"] {
        get(
            "findPeopleByEntityField",
            &format!("/api/v1/people/entityField/Badge/entityValue/{value}"),
        );
    }
    for (list, put, delete, id, body) in [
        (
            "aliases",
            "putAlias",
            "deleteAlias",
            "personAliasId",
            json!({"firstName": "Zoë", "middleName": "M"}),
        ),
        (
            "notes",
            "putNote",
            "deleteNote",
            "noteId",
            json!({"summary": "s", "body": "b"}),
        ),
        (
            "entityFields",
            "putEntityField",
            "deleteEntityField",
            "entityFieldId",
            json!({"name": "n", "numberValue": 1}),
        ),
        (
            "addresses",
            "putAddress",
            "",
            "personAddressId",
            json!({"city": "Reno"}),
        ),
    ] {
        kept(session, admin, [list, put, delete, id], &body);
    }
    worn_tags(session, admin);
}

/// Puts two, changes one, reaches for it from another person, deletes it; looks after every step.
fn kept(session: &mut Session, admin: &str, [list, put, delete, id]: [&'static str; 4], body: &Value) {
    let [own, other] = [SEEDED_PERSON, SEEDED_PERSON_WITH_FACE].map(|person| format!("/api/v1/people/{person}"));
    let operation = match list {
        "aliases" => "listAliases",
        "notes" => "listNotes",
        "entityFields" => "listEntityFields",
        _ => "getPerson",
    };
    let look = |session: &mut Session, about: &'static str| {
        let path = if operation == "getPerson" {
            own.clone()
        } else {
            format!("{own}/{list}")
        };
        session.call(about, admin, "GET", &path, &Value::Null);
    };
    session.call(put, admin, "PUT", &format!("{own}/{list}"), body);
    let mut created = session.call(put, admin, "PUT", &format!("{own}/{list}"), body);
    look(session, operation);
    look(session, put);
    if created.is_object() {
        created["summary"] = json!("changed");
    }
    session.call(put, admin, "PUT", &format!("{own}/{list}"), &created);
    look(session, put);
    session.call(put, admin, "PUT", &format!("{other}/{list}"), &created);
    look(session, put);
    if operation == "listEntityFields" {
        session.call(
            operation,
            admin,
            "GET",
            &format!("{own}/{list}?fieldName=other"),
            &Value::Null,
        );
    }
    if !delete.is_empty() {
        let created = text(&created[id]);
        for person in [&other, &own] {
            session.call(
                delete,
                admin,
                "DELETE",
                &format!("{person}/{list}/{created}"),
                &Value::Null,
            );
            look(session, delete);
        }
    }
}

fn worn_tags(session: &mut Session, admin: &str) {
    let tags = format!("/api/v1/people/{SEEDED_PERSON}/tags");
    session.call("putPersonTag", admin, "PUT", &tags, &json!({"tagId": SEEDED_TAG}));
    for query in ["", "?tagName=VIP"] {
        session.call("listPersonTags", admin, "GET", &format!("{tags}{query}"), &Value::Null);
    }
    session.call(
        "deletePersonTag",
        admin,
        "DELETE",
        &format!("{tags}/{SEEDED_TAG}"),
        &Value::Null,
    );
    session.call("deletePersonTag", admin, "GET", &tags, &Value::Null);
}

pub(super) fn tags(session: &mut Session, admin: &str) {
    let mut call = |operation, method: &str, path: &str, body: &Value| {
        session.call(operation, admin, method, &format!("/api/v1/Tags{path}"), body)
    };
    let body = json!({
        "tagId": UNKNOWN, "tagName": "VIP lounge", "description": "d", "disabled": true, "defaultExpirePeriod": "1.00:00:00",
    });
    let tag = call("createTag", "POST", "", &body);
    let at = format!("/{}", text(&tag["tagId"]));
    for path in ["", "?tagName=VIP", &at] {
        call(
            if path == at { "getTag" } else { "listTags" },
            "GET",
            path,
            &Value::Null,
        );
    }
    call("updateTag", "PUT", &at, &json!({"tagName": "Lounge"}));
    call("updateTag", "GET", &at, &Value::Null);
    call("updateTag", "GET", "", &Value::Null);
    call("deleteTag", "DELETE", &at, &Value::Null);
    call("deleteTag", "GET", &at, &Value::Null);
    call("deleteTag", "GET", "", &Value::Null);
    call("getTag", "GET", &format!("/{UNKNOWN}"), &Value::Null);
    call("createTag", "POST", "", &json!("{"));
    call("createTag", "POST", "", &json!({}));
}
