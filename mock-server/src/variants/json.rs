//! Lists and objects of other members, in another order.

use super::{Variant, Variants, photos, values};
use serde_json::{Map, Value, json};

/// Lists whose order nobody states.
const UNORDERED: [&str; 6] = ["aliases", "addresses", "entityFields", "tags", "notes", "roles"];

/// What a variant makes of a body.
pub(super) fn reshaped(server: &Variants, path: &str, value: &mut Value) {
    let top = path.contains("/people") && !path.contains("/detections/") || path.contains("/Tags");
    if let Value::Array(entries) = value
        && server.has(Variant::ListsTurned)
        && top
    {
        entries.reverse();
    }
    each(server, value);
}

fn each(server: &Variants, value: &mut Value) {
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(|entry| each(server, entry)),
        Value::Object(members) => {
            let names: Vec<String> = members.keys().cloned().collect();
            for name in names {
                let Some(member) = members.get_mut(&name) else { continue };
                turned(server, &name, member);
                values::shown(server, &name, member);
                photos::shown(server, &name, member);
                each(server, member);
                if server.has(Variant::NullsLeftOut) && member.is_null() {
                    members.remove(&name);
                }
            }
            with_more(server, members);
        }
        _ => {}
    }
}

fn turned(server: &Variants, name: &str, member: &mut Value) {
    if server.has(Variant::ListsTurned)
        && UNORDERED.contains(&name)
        && let Value::Array(entries) = member
    {
        entries.reverse();
    }
}

fn with_more(server: &Variants, members: &mut Map<String, Value>) {
    if server.has(Variant::MembersAdded) {
        members.insert("links".to_owned(), json!({"self": null}));
        members.insert("version".to_owned(), json!(3));
    }
    if server.has(Variant::LinksAdded) {
        let link = json!({"href": "/identities/api/v1", "templated": false});
        members.insert("_links".to_owned(), json!({"self": link, "next": null}));
    }
    if server.has(Variant::NullsAdded) {
        for name in ["deletedAt", "modifiedBy", "externalReference", "parentId"] {
            members.insert(name.to_owned(), Value::Null);
        }
    }
    if server.has(Variant::IdsDoubled)
        && let Some(id) = members
            .iter()
            .find(|(name, _)| name.ends_with("Id"))
            .map(|(_, id)| id.clone())
    {
        members.insert("id".to_owned(), id);
    }
    if server.has(Variant::MembersNested) {
        let history = json!([{"at": "2026-11-22T05:30:00Z", "by": {"user": null, "groups": [[1, 2], []]}}]);
        members.insert("history".to_owned(), history);
        members.insert(
            "_embedded".to_owned(),
            json!({"site": {"name": "Main", "zones": ["A", "B"]}}),
        );
    }
    let first = if server.has(Variant::TypesNamed) {
        Some(("$type".to_owned(), json!("Api.V1.Model, Api")))
    } else if server.has(Variant::ObjectsNumbered) {
        Some(("$id".to_owned(), json!(server.counted().to_string())))
    } else {
        None
    };
    if server.has(Variant::MembersSorted) {
        members.sort_keys();
    }
    if server.has(Variant::MembersTurned) {
        *members = std::mem::take(members).into_iter().rev().collect();
    }
    if first.is_some() {
        *members = first.into_iter().chain(std::mem::take(members)).collect();
    }
}
