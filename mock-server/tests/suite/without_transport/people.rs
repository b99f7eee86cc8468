//! People, what is kept about them, tags, documents and pages of detections.

use super::fixture::{Fixture, Reply, request};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header;
use proofload_mock_server::{SEEDED_PERSON, SEEDED_PERSON_WITH_FACE, SEEDED_TAG};
use serde_json::{Value, json};

const STRANGER: &str = "00000000-0000-4000-8000-000000000000";

fn ids(reply: &Reply, member: &str) -> Vec<String> {
    let list = reply.json();
    let list = list.as_array().expect("a list").iter();
    list.map(|item| item[member].as_str().expect("an id").to_owned())
        .collect()
}

#[test]
fn a_person_is_shown_whole() {
    let fixture = Fixture::new();
    let reader = fixture.token("reader");
    let person = fixture
        .get(&reader, &format!("/api/v1/people/{SEEDED_PERSON_WITH_FACE}"))
        .expect(200)
        .json();
    for list in ["aliases", "addresses", "entityFields", "tags", "notes"] {
        assert_eq!(person[list].as_array().map(Vec::len), Some(1), "{list}");
    }
    fixture.get(&reader, &format!("/api/v1/people/{STRANGER}")).expect(404);
    fixture.get(&reader, "/api/v1/people/not-an-id").expect(400);
}

#[test]
fn people_are_found_by_tag_and_by_entity_field() {
    let fixture = Fixture::new();
    let reader = fixture.token("reader");
    let found = |query: &str| {
        ids(
            &fixture.get(&reader, &format!("/api/v1/people{query}")).expect(200),
            "personId",
        )
    };
    let (with_face, other) = (SEEDED_PERSON_WITH_FACE.to_string(), SEEDED_PERSON.to_string());
    assert_eq!(found(""), [with_face.clone(), other]);
    for query in [
        format!("?tagId={SEEDED_TAG}"),
        "?entityFieldName=Badge".to_owned(),
        "?EntityFieldName=Badge&entityFieldStringValue=A-1001".to_owned(),
        format!("?tagId={SEEDED_TAG}&entityFieldName=Badge"),
        "/entityField/Badge/entityValue/A-1001".to_owned(),
    ] {
        assert_eq!(found(&query), std::slice::from_ref(&with_face), "{query}");
    }
    for query in [
        format!("?tagId={STRANGER}"),
        "?entityFieldName=badge".to_owned(),
        "?entityFieldName=Badge&entityFieldStringValue=A-10".to_owned(),
        "/entityField/Badge/entityValue/A-1002".to_owned(),
    ] {
        assert_eq!(found(&query), Vec::<String>::new(), "{query}");
    }
    fixture.get(&reader, "/api/v1/people?tagId=x").expect(400);
}

#[test]
fn sub_resources_are_created_changed_in_place_and_deleted_for_good() {
    let fixture = Fixture::new();
    let admin = fixture.admin();
    for (list, id, body, changed) in [
        (
            "aliases",
            "personAliasId",
            json!({"firstName": "A", "title": "Dr"}),
            json!({"firstName": "B"}),
        ),
        (
            "notes",
            "noteId",
            json!({"summary": "s", "body": "b", "author": "me"}),
            json!({"summary": "t"}),
        ),
        (
            "entityFields",
            "entityFieldId",
            json!({"name": "n", "numberValue": 1.5}),
            json!({"name": "n", "boolValue": true}),
        ),
    ] {
        let path = format!("/api/v1/people/{SEEDED_PERSON}/{list}");
        let before = fixture.get(&admin, &path).expect(200).json();
        let created = fixture.call(&admin, "PUT", &path, &body).expect(200).json();
        for (member, value) in body.as_object().expect("an object") {
            assert_eq!(&created[member], value, "{list}");
        }
        let mut change = changed.clone();
        change[id] = created[id].clone();
        let updated = fixture.call(&admin, "PUT", &path, &change).expect(200).json();
        assert_eq!(updated[id], created[id]);
        let listed = fixture.get(&admin, &path).expect(200).json();
        assert_eq!(
            listed.as_array().map(Vec::len),
            before.as_array().map(|list| list.len() + 1)
        );
        assert!(listed.as_array().expect("a list").contains(&updated), "{listed}");
        // Another person neither sees nor reaches it.
        let others = format!("/api/v1/people/{SEEDED_PERSON_WITH_FACE}/{list}");
        assert!(
            !fixture
                .get(&admin, &others)
                .expect(200)
                .json()
                .to_string()
                .contains(created[id].as_str().expect("id"))
        );
        fixture.call(&admin, "PUT", &others, &change).expect(404);
        let at = |path: &str| format!("{path}/{}", created[id].as_str().expect("an id"));
        fixture.call(&admin, "DELETE", &at(&others), &Value::Null).expect(404);
        fixture.call(&admin, "DELETE", &at(&path), &Value::Null).expect(200);
        assert_eq!(fixture.get(&admin, &path).expect(200).json(), before);
        fixture.call(&admin, "DELETE", &at(&path), &Value::Null).expect(404);
        fixture
            .call(&admin, "PUT", &format!("/api/v1/people/{STRANGER}/{list}"), &body)
            .expect(404);
        fixture
            .get(&admin, &format!("/api/v1/people/{STRANGER}/{list}"))
            .expect(404);
    }
}

#[test]
fn an_address_is_created_and_changed() {
    let fixture = Fixture::new();
    let admin = fixture.admin();
    let path = format!("/api/v1/people/{SEEDED_PERSON}/addresses");
    let mut address = fixture
        .call(&admin, "PUT", &path, &json!({"city": "Reno"}))
        .expect(200)
        .json();
    address["city"] = json!("Elko");
    fixture.call(&admin, "PUT", &path, &address).expect(200);
    let person = fixture
        .get(&admin, &format!("/api/v1/people/{SEEDED_PERSON}"))
        .expect(200)
        .json();
    assert_eq!(person["addresses"], json!([address]));
}

#[test]
fn a_note_without_an_author_is_the_callers() {
    let fixture = Fixture::new();
    let path = format!("/api/v1/people/{SEEDED_PERSON}/notes");
    let note = fixture
        .call(&fixture.admin(), "PUT", &path, &json!({"summary": "s"}))
        .expect(200)
        .json();
    assert_eq!(note["author"], "admin");
}

#[test]
fn entity_fields_are_listed_by_exact_name() {
    let fixture = Fixture::new();
    let reader = fixture.token("reader");
    let listed = |query: &str| {
        let path = format!("/api/v1/people/{SEEDED_PERSON_WITH_FACE}/entityFields{query}");
        fixture.get(&reader, &path).expect(200).json().as_array().map(Vec::len)
    };
    assert_eq!(
        (listed("?fieldName=Badge"), listed("?fieldName=Bad")),
        (Some(1), Some(0))
    );
    let path = format!("/api/v1/people/{SEEDED_PERSON_WITH_FACE}/entityFields");
    fixture
        .call(&fixture.admin(), "PUT", &path, &json!({"stringValue": "x"}))
        .expect(400);
    fixture
        .call(
            &fixture.admin(),
            "PUT",
            &path,
            &json!({"name": "d", "dateValue": "soon"}),
        )
        .expect(400);
}

#[test]
fn tags_are_worn_once_and_until_they_expire() {
    let fixture = Fixture::new();
    let admin = fixture.admin();
    let tag = json!({"tagName": "Guest pass", "defaultExpirePeriod": "1.00:00:00"});
    let tag = fixture.call(&admin, "POST", "/api/v1/Tags", &tag).expect(200).json();
    let path = format!("/api/v1/people/{SEEDED_PERSON}/tags");
    let worn = fixture
        .call(&admin, "PUT", &path, &json!({"tagId": tag["tagId"]}))
        .expect(200)
        .json();
    assert_eq!(worn["created"], "2025-06-15T15:06:40.000Z");
    assert_eq!(worn["expires"], "2025-06-16T15:06:40.000Z");
    let again = json!({"tagId": tag["tagId"], "expires": "2030-01-01T00:00:00Z"});
    fixture.call(&admin, "PUT", &path, &again).expect(200);
    let listed = fixture
        .get(&admin, &format!("{path}?tagName=Guest%20pass"))
        .expect(200)
        .json();
    assert_eq!(
        listed,
        json!([{
            "tagId": tag["tagId"], "expires": "2030-01-01T00:00:00Z", "created": "2025-06-15T15:06:40.000Z"
        }])
    );
    assert_eq!(
        fixture.get(&admin, &format!("{path}?tagName=guest")).expect(200).json(),
        json!([])
    );
    fixture
        .call(&admin, "PUT", &path, &json!({"tagId": STRANGER}))
        .expect(400);
    fixture.call(&admin, "PUT", &path, &json!({})).expect(400);
    fixture
        .call(
            &admin,
            "PUT",
            &path,
            &json!({"tagId": tag["tagId"], "expires": "never"}),
        )
        .expect(400);
    let at = format!("{path}/{}", tag["tagId"].as_str().expect("an id"));
    fixture.call(&admin, "DELETE", &at, &Value::Null).expect(200);
    assert_eq!(
        fixture.get(&admin, &path).expect(200).json().as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn tags_are_created_listed_changed_and_deleted_everywhere() {
    let fixture = Fixture::new();
    let admin = fixture.admin();
    let body = json!({"tagId": STRANGER, "tagName": "A & B", "description": "d", "disabled": true});
    let tag = fixture.call(&admin, "POST", "/api/v1/Tags", &body).expect(200).json();
    assert_ne!(tag["tagId"], STRANGER);
    assert_eq!(tag["defaultExpirePeriod"], "00:00:00");
    let path = format!("/api/v1/Tags/{}", tag["tagId"].as_str().expect("an id"));
    assert_eq!(fixture.get(&admin, &path).expect(200).json(), tag);
    assert_eq!(
        fixture.get(&admin, "/api/v1/tags?tagName=A+%26+B").expect(200).json(),
        json!([tag])
    );
    assert_eq!(
        fixture.get(&admin, "/api/v1/Tags?tagName=A").expect(200).json(),
        json!([])
    );
    let change = json!({"tagName": "C", "defaultExpirePeriod": "30.00:00:00"});
    let changed = fixture.call(&admin, "PUT", &path, &change).expect(200).json();
    assert_eq!(changed["tagId"], tag["tagId"]);
    assert_eq!(fixture.get(&admin, &path).expect(200).json(), changed);
    let worn = format!("/api/v1/people/{SEEDED_PERSON}/tags");
    fixture
        .call(&admin, "PUT", &worn, &json!({"tagId": tag["tagId"]}))
        .expect(200);
    fixture.call(&admin, "DELETE", &path, &Value::Null).expect(200);
    fixture.get(&admin, &path).expect(404);
    fixture.call(&admin, "PUT", &path, &change).expect(404);
    fixture.call(&admin, "DELETE", &path, &Value::Null).expect(404);
    assert!(
        !ids(&fixture.get(&admin, &worn).expect(200), "tagId").contains(&tag["tagId"].as_str().expect("id").into())
    );
    for wrong in [
        json!({}),
        json!({"tagName": " "}),
        json!({"tagName": "x", "defaultExpirePeriod": "a week"}),
    ] {
        fixture.call(&admin, "POST", "/api/v1/Tags", &wrong).expect(400);
    }
}

fn upload(fixture: &Fixture, token: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Reply {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    if let Some((content_type, data)) = file {
        let head = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\nContent-Type: ";
        body.extend_from_slice(format!("{head}{content_type}\r\n\r\n").as_bytes());
        body.extend_from_slice(data);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--XX--\r\n");
    let request = request(token, "POST", "/api/v1/people/fileDocuments/upload");
    let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX");
    fixture.send(&request.body(Bytes::from(body)).expect("a request"))
}

#[test]
fn a_document_comes_back_byte_for_byte_to_its_own_person_only() {
    let fixture = Fixture::new();
    let admin = fixture.admin();
    let data: Vec<u8> = (0..=255).chain(*b"\r\n--XY\r\n\0").collect();
    let person = SEEDED_PERSON.to_string();
    let fields = [
        ("personId", person.as_str()),
        ("name", "Passport"),
        ("description", "scan"),
    ];
    let stored = upload(&fixture, &admin, &fields, Some(("image/png", &data)))
        .expect(200)
        .json();
    let id = stored["documentId"].as_str().expect("an id");
    let path = |person: &str, id: &str| format!("/api/v1/people/{person}/fileDocuments/{id}/data");
    let back = fixture.get(&admin, &path(&person, id)).expect(200);
    assert_eq!(back.header("content-type"), "image/png");
    assert_eq!(back.body, data);
    fixture
        .get(&admin, &path(&SEEDED_PERSON_WITH_FACE.to_string(), id))
        .expect(404);
    fixture.get(&admin, &path(&person, STRANGER)).expect(404);
    upload(&fixture, &admin, &fields[..1], None).expect(400);
    upload(&fixture, &admin, &fields[1..], None).expect(400);
    upload(&fixture, &admin, &[("personId", "x"), ("name", "y")], None).expect(400);
    upload(&fixture, &admin, &[("personId", STRANGER), ("name", "y")], None).expect(404);
}

#[test]
fn detections_come_in_pages_in_either_order() {
    let fixture = Fixture::new();
    let admin = fixture.admin();
    let image = BASE64_STANDARD.encode(include_bytes!("../../../../scenarios/images/face-aligned-112.jpg"));
    // Sent out of order: what counts is when the camera saw them.
    for second in [30, 10, 50, 20, 40, 0, 11, 12, 13, 14, 15, 16] {
        let body = json!({
            "expanded": image, "detectorName": format!("cam-{second}"), "ianaTimeZone": "UTC",
            "detectTimeUtc": format!("2026-01-31T18:32:{second:02}Z"),
        });
        fixture
            .call(&admin, "POST", "/api/v1/faceEdge/publish", &body)
            .expect(200);
    }
    let path = format!("/api/v1/people/detections/personId/{SEEDED_PERSON_WITH_FACE}");
    let seconds = |query: &str| -> Vec<String> {
        let detectors = ids(&fixture.get(&admin, &format!("{path}{query}")).expect(200), "detector");
        detectors.iter().map(|detector| detector.replace("cam-", "")).collect()
    };
    assert_eq!(seconds(""), ["0", "10", "11", "12", "13", "14", "15", "16", "20", "30"]);
    assert_eq!(seconds("?skip=10"), ["40", "50"]);
    assert_eq!(seconds("?take=3&dateAscending=false"), ["50", "40", "30"]);
    assert_eq!(seconds("?skip=1&take=2&dateAscending=FALSE"), ["40", "30"]);
    assert_eq!(
        seconds("?epochStartMs=1769884330000&epochEndMs=1769884331000"),
        ["10", "11"]
    );
    assert_eq!(seconds("?take=0"), Vec::<String>::new());
    for wrong in [
        "?skip=-1",
        "?take=x",
        "?epochStartMs=now",
        "?dateAscending=2",
        "?take=99999999999999999999",
    ] {
        fixture.get(&admin, &format!("{path}{wrong}")).expect(400);
    }
    fixture
        .get(&admin, &format!("/api/v1/people/detections/faceId/{STRANGER}"))
        .expect(404);
    fixture
        .get(&admin, &format!("/api/v1/people/detections/personId/{STRANGER}"))
        .expect(404);
}
