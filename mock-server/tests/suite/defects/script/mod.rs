//! The script: enough calls for every defect to show in one of them.

mod crowd;
mod faces;
mod forms;
mod people;
mod sessions;

use crate::defects::transcript::{Session, Step, UNKNOWN};
use faces::{SEEDED, by_person, detections, documents, faces, frame};
use people::{people, tags};
use proofload_contract::Contract;
use proofload_mock_server::{Defect, SEEDED_PERSON, SEEDED_TAG};
use serde_json::{Value, json};
use sessions::{logins, renewals, tokens};

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
    odd(&mut session, &admin);
    crowd::crowd(&mut session, &admin, &others[3]);
    session.steps()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or(UNKNOWN).to_owned()
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
    // Somebody who may has been shown this person before.
    let person = format!("/api/v1/people/{SEEDED_PERSON}");
    session.call("getPerson", nobody, "GET", &person, &Value::Null);
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

/// Input that nobody expects.
fn odd(session: &mut Session, admin: &str) {
    let recognize = "/api/v1/faceEdge/recognize";
    for (header, value) in [("content-type", "text/plain"), ("accept", "application/xml")] {
        let request = http::Request::post(recognize).header("authorization", admin);
        let request = request.header(header, value).body(bytes::Bytes::from_static(b"{}"));
        session.send("recognize", &request.expect("a request"));
    }
    session.call("recognize", admin, "POST", recognize, &json!("null"));
    session.call(
        "putNote",
        admin,
        "PUT",
        "/api/v1/people/nobody/notes",
        &json!({"summary": "s"}),
    );
    let path = format!("/api/v1/people/detections/personId/{UNKNOWN}");
    for query in ["", "?take=ten"] {
        session.call(
            "listDetectionsByPerson",
            admin,
            "GET",
            &format!("{path}{query}"),
            &Value::Null,
        );
    }
}
