//! The four kinds of things that are kept about a person by the same rules.

use crate::behaviour::name::AWKWARD;
use serde_json::{Value, json};

/// A kind of thing that is kept about a person.
pub(super) struct Kind {
    /// What it is called in names, e.g. `note`.
    pub(super) noun: &'static str,
    pub(super) list: Option<&'static str>,
    pub(super) put: &'static str,
    pub(super) delete: Option<&'static str>,
    /// Its id, as a member.
    pub(super) id: &'static str,
    /// Its id, as a part of the path.
    pub(super) path_id: &'static str,
    /// The member that holds our mark, by which one is told from another.
    pub(super) key: &'static str,
    /// The member of a person that lists it.
    pub(super) member: &'static str,
    /// The case of getPerson that shows it.
    pub(super) shown: &'static str,
    /// The case of getPerson that shows nobody else's.
    pub(super) own: &'static str,
    /// One of it with a mark; the number varies everything else.
    pub(super) body: fn(&str, u8) -> Value,
}

pub(super) const ALIASES: Kind = Kind {
    noun: "alias",
    list: Some("listAliases"),
    put: "putAlias",
    delete: Some("deleteAlias"),
    id: "personAliasId",
    path_id: "aliasId",
    key: "lastName",
    member: "aliases",
    shown: "shows-aliases",
    own: "own-aliases",
    body: |mark, n| json!({"firstName": format!("{AWKWARD} {n}"), "lastName": mark, "middleName": format!("M{n}"), "title": format!("Dr. {n}")}),
};

pub(super) const NOTES: Kind = Kind {
    noun: "note",
    list: Some("listNotes"),
    put: "putNote",
    delete: Some("deleteNote"),
    id: "noteId",
    path_id: "noteId",
    key: "summary",
    member: "notes",
    shown: "shows-notes",
    own: "own-notes",
    body: |mark, n| json!({"summary": mark, "body": format!("{AWKWARD}\nsecond line {n}"), "author": format!("proofload {n}")}),
};

pub(super) const ENTITY_FIELDS: Kind = Kind {
    noun: "field",
    list: Some("listEntityFields"),
    put: "putEntityField",
    delete: Some("deleteEntityField"),
    id: "entityFieldId",
    path_id: "entityId",
    key: "name",
    member: "entityFields",
    shown: "shows-entity-fields",
    own: "own-entity-fields",
    body: |mark, n| match n {
        2 => json!({"name": mark, "numberValue": 12.5}),
        3 => json!({"name": mark, "boolValue": true}),
        4 => json!({"name": mark, "dateValue": "2026-01-31T18:32:05Z"}),
        _ => json!({"name": mark, "stringValue": format!("{AWKWARD} {n}")}),
    },
};

pub(super) const ADDRESSES: Kind = Kind {
    noun: "address",
    list: None,
    put: "putAddress",
    delete: None,
    id: "personAddressId",
    path_id: "addressId",
    key: "street",
    member: "addresses",
    shown: "shows-addresses",
    own: "own-addresses",
    body: |mark, n| json!({"street": mark, "street2": format!("{AWKWARD} {n}"), "city": format!("Reno {n}"), "state": "NV", "postalCode": format!("8950{n}"), "country": "USA"}),
};
