//! What every mock starts with, so that reads find something.

use crate::stores::{Address, Alias, Document, EntityField, Face, Note, Person, PersonTag, Stores, Tag};
use crate::vision;
use bytes::Bytes;
use parking_lot::Mutex;
use uuid::Uuid;

/// A person with an alias, an address, an entity field, a tag, a note, a document and an enrolled face.
pub const SEEDED_PERSON_WITH_FACE: Uuid = Uuid::from_u128(0x1b2c_3d4e_0001_4a00_8000_0000_0000_0001);

/// A person with an alias and a tag, whose face is not enrolled.
pub const SEEDED_PERSON: Uuid = Uuid::from_u128(0x1b2c_3d4e_0001_4a00_8000_0000_0000_0002);

/// The tag `VIP`, which [`SEEDED_PERSON_WITH_FACE`] wears.
pub const SEEDED_TAG: Uuid = Uuid::from_u128(0x1b2c_3d4e_0002_4a00_8000_0000_0000_0001);

const STAFF_TAG: Uuid = Uuid::from_u128(0x1b2c_3d4e_0002_4a00_8000_0000_0000_0002);
const FACE: Uuid = Uuid::from_u128(0x1b2c_3d4e_0003_4a00_8000_0000_0000_0001);
const DOCUMENT: Uuid = Uuid::from_u128(0x1b2c_3d4e_0004_4a00_8000_0000_0000_0001);
const SEEDED_AT: &str = "2024-01-15T09:00:00.000Z";

/// An aligned face, a crop of a portrait that is in the public domain.
const PHOTO: &[u8] = include_bytes!("../../scenarios/images/face-aligned-112.jpg");

pub(crate) fn plant(stores: &Stores) {
    tags(stores);
    stores.people.add(person_with_face());
    stores.people.add(Person {
        id: SEEDED_PERSON,
        aliases: vec![alias(2, "Alan", "Shepard")],
        tags: vec![worn(STAFF_TAG)],
        ..Person::default()
    });
    let faces = vision::look(PHOTO).expect("the seeded photo is a JPEG");
    stores.faces.enrol(Face {
        id: FACE,
        person: Some(SEEDED_PERSON_WITH_FACE),
        likeness: faces[0].likeness,
        photo: Some(Bytes::from_static(PHOTO)),
        reference: Some("seeded-photo-1".to_owned()),
        log: Mutex::default(),
    });
    stores.documents.put(
        DOCUMENT,
        Document {
            person: SEEDED_PERSON_WITH_FACE,
            name: "Badge".to_owned(),
            description: Some("What the badge says".to_owned()),
            content_type: "text/plain".to_owned(),
            data: Bytes::from_static(b"Eileen Collins, commander\n"),
        },
    );
}

fn tags(stores: &Stores) {
    for (id, name, description, period) in [
        (SEEDED_TAG, "VIP", "To be greeted by name", "00:00:00"),
        (STAFF_TAG, "Staff", "Works here", "365.00:00:00"),
    ] {
        stores.tags.add(Tag {
            id: Some(id),
            name: Some(name.to_owned()),
            disabled: false,
            description: Some(description.to_owned()),
            default_expire_period: Some(period.to_owned()),
        });
    }
}

fn person_with_face() -> Person {
    Person {
        id: SEEDED_PERSON_WITH_FACE,
        aliases: vec![alias(1, "Eileen", "Collins")],
        addresses: vec![Address {
            id: Some(sub_id(5, 1)),
            street: Some("2101 NASA Parkway".to_owned()),
            city: Some("Houston".to_owned()),
            state: Some("TX".to_owned()),
            postal_code: Some("77058".to_owned()),
            country: Some("US".to_owned()),
            ..Address::default()
        }],
        entity_fields: vec![EntityField {
            id: Some(sub_id(6, 1)),
            name: Some("Badge".to_owned()),
            string_value: Some("A-1001".to_owned()),
            ..EntityField::default()
        }],
        tags: vec![worn(SEEDED_TAG)],
        notes: vec![Note {
            id: Some(sub_id(7, 1)),
            summary: Some("Arrival".to_owned()),
            body: Some("Uses the north entrance.".to_owned()),
            author: Some("admin".to_owned()),
            ..Note::default()
        }],
        ..Person::default()
    }
}

fn alias(number: u16, first: &str, last: &str) -> Alias {
    Alias {
        id: Some(sub_id(8, number)),
        first_name: Some(first.to_owned()),
        last_name: Some(last.to_owned()),
        ..Alias::default()
    }
}

fn worn(tag: Uuid) -> PersonTag {
    PersonTag {
        tag: Some(tag),
        expires: None,
        created: Some(SEEDED_AT.to_owned()),
    }
}

/// Ids of seeded sub-resources, told apart by kind and number.
fn sub_id(kind: u128, number: u16) -> Uuid {
    Uuid::from_u128(0x1b2c_3d4e_0000_4a00_8000_0000_0000_0000 | kind << 80 | u128::from(number))
}
