//! The script: enough calls for every defect to show in one of them.

use crate::forge;
use crate::transcript::{Session, Step, UNKNOWN};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{Request, header};
use proofload_contract::Contract;
use proofload_mock_server::{Defect, SEEDED_PERSON, SEEDED_PERSON_WITH_FACE, SEEDED_TAG};
use serde_json::{Value, json};

const SEEDED: &[u8] = include_bytes!("../../../scenarios/images/face-aligned-112.jpg");
const STRANGER: &[u8] = include_bytes!("../../../scenarios/images/face-crop-260x300.jpg");
const NO_FACE: &[u8] = include_bytes!("../../../scenarios/images/no-face-180.jpg");
/// When the tokens are sent, by the script's clock.
const NOW_S: i64 = 1_750_000_002;

/// Runs the script on a new server.
pub(crate) fn run(defects: &[Defect]) -> Vec<Step> {
    let mut session = Session::new(defects);
    logins(&mut session);
    let admin = session.log_in("admin", &json!("admin-pass"));
    let others = ["publisher", "recognizer", "reader", "nobody"];
    let others = others.map(|name| session.log_in(name, &json!(format!("{name}-pass"))));
    renewals(&mut session, &admin, &others[2], &others[3]);
    tokens(&mut session, &admin);
    let ids = faces(&mut session, &admin);
    people(&mut session, &admin);
    tags(&mut session, &admin);
    documents(&mut session, &admin, &ids);
    detections(&mut session, &admin, &ids);
    permissions(&mut session, &admin, &others);
    protocol(&mut session);
    session.steps()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or(UNKNOWN).to_owned()
}

fn logins(session: &mut Session) {
    for (username, password) in [
        ("ADMIN", json!("admin-pass")),
        ("admin", json!("wrong")),
        ("stranger", json!("wrong")),
        ("admin", json!("admin-pa")),
        ("admin", json!("ADMIN-PASS")),
        ("admin", json!(" admin-pass ")),
        ("admin", json!("")),
        ("admin", Value::Null),
        ("admin' --", json!("x")),
    ] {
        session.log_in(username, &password);
    }
    for body in [json!({"username": "admin"}), json!("{\"username\": ")] {
        session.call("authenticate", "", "POST", "/api/v1/authenticate", &body);
    }
}

fn renewals(session: &mut Session, admin: &str, reader: &str, nobody: &str) {
    session.clock.advance(2_000);
    let renew = |session: &mut Session, authorization: &str| {
        let answer = session.call("renewToken", authorization, "GET", "/api/v1/renewToken", &Value::Null);
        format!("Bearer {}", text(&answer["token"]))
    };
    let renewed = renew(session, reader);
    renew(session, nobody);
    renew(session, &renewed);
    renew(session, admin);
    session.call("renewToken", &renewed, "GET", "/api/v1/Tags", &Value::Null);
    for who in [admin, reader, nobody] {
        session.call("profile", who, "GET", "/auth/v1/user/profile", &Value::Null);
    }
}

fn tokens(session: &mut Session, admin: &str) {
    let photo = "/api/v1/people/enrollmentPhoto/1b2c3d4e-0003-4a00-8000-000000000001";
    let token = admin.strip_prefix("Bearer ").unwrap_or_default();
    let mut sent: Vec<String> = ["", "Bearer", "Bearer ", token].map(str::to_owned).into();
    sent.extend([format!("bearer {token}"), format!("Basic {token}")]);
    sent.extend(forge::tokens(NOW_S).into_iter().map(|token| format!("Bearer {token}")));
    for authorization in &sent {
        for (operation, path) in [
            ("renewToken", "/api/v1/renewToken"),
            ("profile", "/auth/v1/user/profile"),
            ("listTags", "/api/v1/Tags"),
            ("getEnrollmentPhoto", photo),
        ] {
            session.call(operation, authorization, "GET", path, &Value::Null);
        }
    }
    session.call(
        "listTags",
        "",
        "GET",
        &format!("/api/v1/Tags?access_token={token}"),
        &Value::Null,
    );
    session.call("listTags", "", "GET", "/API/V1/TAGS", &Value::Null);
    session.call("createTag", "", "POST", "/api/v1/Tags", &json!({}));
}

/// Ids that later steps need.
struct Ids {
    face: String,
    detection: String,
}

fn frame(member: &str, image: &[u8], second: u32) -> Value {
    json!({
        member: BASE64_STANDARD.encode(image),
        "detectorName": "FrontDoorCam",
        "ianaTimeZone": "America/Los_Angeles",
        "detectTimeUtc": format!("2026-01-31T18:32:{second:02}Z"),
    })
}

fn faces(session: &mut Session, admin: &str) -> Ids {
    let post = |session: &mut Session, operation, path: &str, body: &Value| {
        session.call(operation, admin, "POST", &format!("/api/v1/{path}"), body)
    };
    let enrol = json!({"faceImage": BASE64_STANDARD.encode(STRANGER), "photoReferenceId": "ref"});
    let enrolled = post(session, "faceEnroll", "faces/faceEnroll", &enrol);
    let into = format!(
        "faces/faceEnroll?forceEnrollment=true&personId={}",
        text(&enrolled["personId"])
    );
    let enrolled = post(session, "faceEnroll", &into, &enrol);
    let face = text(&enrolled["faceId"]); // the one that is recognised from now on: the newest
    session.call(
        "checkImageReference",
        admin,
        "GET",
        "/api/v1/faces/checkImageReference/ref",
        &Value::Null,
    );
    let detect = json!({"faceImage": enrol["faceImage"]});
    post(session, "faceDetect", "faces/faceDetect", &detect);
    let compare = json!({"faceImage1": enrol["faceImage"], "faceImage2": enrol["faceImage"]});
    post(session, "faceCompare", "faces/faceCompare", &compare);
    for image in [STRANGER, SEEDED, NO_FACE] {
        post(
            session,
            "recognize",
            "faceEdge/recognize",
            &frame("croppedAligned", image, 0),
        );
        let form = form(&[], Some(("CroppedAligned", "image/jpeg", image)));
        session.send("lookup", &upload(admin, "/api/v1/faceEdge/lookup", form));
    }
    let mut nameless = frame("croppedAligned", SEEDED, 0);
    nameless.as_object_mut().expect("an object").remove("detectorName");
    post(session, "recognize", "faceEdge/recognize", &nameless);
    let detection = publishing(session, admin);
    for path in [
        "enrollmentPhoto/1b2c3d4e-0003-4a00-8000-000000000001".to_owned(),
        format!("enrollmentPhoto/{face}"),
    ] {
        session.call(
            "getEnrollmentPhoto",
            admin,
            "GET",
            &format!("/api/v1/people/{path}"),
            &Value::Null,
        );
    }
    Ids { face, detection }
}

fn publishing(session: &mut Session, admin: &str) -> String {
    let publish = ("publish", "/api/v1/faceEdge/publish");
    let with_response = ("publishWithResponse", "/api/v1/faceEdge/publishWithResponse");
    let mut detection = UNKNOWN.to_owned();
    for (operation, path) in [publish, with_response] {
        let mut bodies = vec![
            frame("expanded", SEEDED, 0),
            frame("expanded", STRANGER, 10),
            frame("expanded", NO_FACE, 0),
        ];
        for member in ["expanded", "detectorName", "ianaTimeZone", "detectTimeUtc"] {
            let mut body = frame("expanded", SEEDED, 20);
            body.as_object_mut().expect("an object").remove(member);
            bodies.push(body);
        }
        for wrong in ["%%%", "AAAA"] {
            let mut body = frame("expanded", SEEDED, 20);
            body["expanded"] = json!(wrong);
            bodies.push(body);
        }
        for flags in [
            ["largestFaceOnly", "includePerson"],
            ["allowDoubleDetection", ""],
            ["", ""],
        ] {
            let mut body = frame("expanded", SEEDED, 21);
            flags
                .iter()
                .filter(|flag| !flag.is_empty())
                .for_each(|flag| body[*flag] = json!(true));
            bodies.push(body);
        }
        for body in bodies {
            let answer = session.call(operation, admin, "POST", path, &body);
            if let Some(id) = answer["faces"][0]["detectionId"].as_str() {
                id.clone_into(&mut detection);
            }
        }
        by_person(session, operation, admin);
    }
    detection
}

fn by_person(session: &mut Session, operation: &'static str, admin: &str) -> Value {
    let path = format!("/api/v1/people/detections/personId/{SEEDED_PERSON_WITH_FACE}?take=100");
    session.call(operation, admin, "GET", &path, &Value::Null)
}

fn people(session: &mut Session, admin: &str) {
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

fn tags(session: &mut Session, admin: &str) {
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

/// A form's body, its boundary `XX`.
fn form(fields: &[(&str, &str)], file: Option<(&str, &str, &[u8])>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    if let Some((name, content_type, data)) = file {
        let head = format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f\"\r\n");
        body.extend_from_slice(format!("{head}Content-Type: {content_type}\r\n\r\n").as_bytes());
        body.extend_from_slice(data);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--XX--\r\n");
    body
}

fn upload(authorization: &str, path: &str, form: Vec<u8>) -> Request<Bytes> {
    let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX");
    let request = request.header(header::AUTHORIZATION, authorization);
    request.body(form.into()).expect("a request")
}

fn documents(session: &mut Session, admin: &str, ids: &Ids) {
    let person = SEEDED_PERSON.to_string();
    let file = Some(("file", "image/png", &b"one\ntwo\0three"[..]));
    let store = |session: &mut Session, fields: &[(&str, &str)]| {
        session.send(
            "uploadDocument",
            &upload(admin, "/api/v1/people/fileDocuments/upload", form(fields, file)),
        )
    };
    let stored = store(session, &[("personId", &person), ("name", "n")]);
    store(session, &[("personId", &person)]);
    let document = text(&stored["documentId"]);
    for person in [SEEDED_PERSON, SEEDED_PERSON_WITH_FACE] {
        let path = format!("/api/v1/people/{person}/fileDocuments/{document}/data");
        session.call("getDocumentData", admin, "GET", &path, &Value::Null);
        session.call("getDocumentData", "", "GET", &path, &Value::Null);
    }
    for face in ["1b2c3d4e-0003-4a00-8000-000000000001", ids.face.as_str()] {
        let path = format!("/api/v1/people/detectionPhoto/{face}/{}", ids.detection);
        session.call("getDetectionPhoto", admin, "GET", &path, &Value::Null);
        session.call("getDetectionPhoto", "", "GET", &path, &Value::Null);
    }
}

fn detections(session: &mut Session, admin: &str, ids: &Ids) {
    let fill = |second: u32| {
        let mut body = frame("expanded", SEEDED, second);
        body["detectorName"] = json!(format!("Cam {second}"));
        body
    };
    for second in 30..50 {
        session.call("publish", admin, "POST", "/api/v1/faceEdge/publish", &fill(second));
    }
    let by_person = format!("personId/{SEEDED_PERSON_WITH_FACE}");
    let by_face = format!("faceId/{}", ids.face);
    for (operation, path) in [("listDetectionsByPerson", by_person), ("listDetectionsByFace", by_face)] {
        for query in [
            "",
            "?skip=2",
            "?take=3",
            "?take=100",
            "?dateAscending=false&take=3",
            "?epochStartMs=1769884360000",
            "?epochEndMs=1769884325000",
        ] {
            let path = format!("/api/v1/people/detections/{path}{query}");
            session.call(operation, admin, "GET", &path, &Value::Null);
        }
        session.call(
            operation,
            "",
            "GET",
            &format!("/api/v1/people/detections/{path}"),
            &Value::Null,
        );
    }
}

/// Everybody calls everything, with a body that would be refused; then what must not be written is tried for.
fn permissions(session: &mut Session, admin: &str, others: &[String; 4]) {
    let [.., reader, nobody] = others;
    for operation in Contract::bundled().operations() {
        let segments = operation.path.split('/');
        let path: Vec<&str> = segments
            .map(|part| if part.starts_with('{') { UNKNOWN } else { part })
            .collect();
        let body = if operation.request_body.is_some() {
            json!({})
        } else {
            Value::Null
        };
        for who in [admin].into_iter().chain(others.iter().map(String::as_str)).chain([""]) {
            session.call(&operation.id, who, operation.method.as_str(), &path.join("/"), &body);
        }
    }
    session.call(
        "createTag",
        nobody,
        "POST",
        "/api/v1/Tags",
        &json!({"tagName": "Forbidden"}),
    );
    session.call("createTag", admin, "GET", "/api/v1/Tags", &Value::Null);
    session.call(
        "publish",
        reader,
        "POST",
        "/api/v1/faceEdge/publish",
        &frame("expanded", SEEDED, 59),
    );
    by_person(session, "publish", admin);
    session.call(
        "deleteTag",
        nobody,
        "DELETE",
        &format!("/api/v1/Tags/{SEEDED_TAG}"),
        &Value::Null,
    );
    session.call("deleteTag", admin, "GET", "/api/v1/Tags", &Value::Null);
}

fn protocol(session: &mut Session) {
    session.call("listTags", "", "GET", "/api/v1/nothing", &Value::Null);
    session.call("listTags", "", "PATCH", "/api/v1/Tags", &Value::Null);
}
