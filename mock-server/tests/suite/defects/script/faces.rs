//! Everything a camera sends, and what it leads to: faces, publishing, detections, photos and documents.

use super::forms::{form, upload};
use super::text;
use crate::defects::transcript::{Session, UNKNOWN};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use proofload_mock_server::{SEEDED_PERSON, SEEDED_PERSON_WITH_FACE};
use serde_json::{Value, json};

pub(super) const SEEDED: &[u8] = include_bytes!("../../../../../scenarios/images/face-aligned-112.jpg");
pub(super) const STRANGER: &[u8] = include_bytes!("../../../../../scenarios/images/face-crop-260x300.jpg");
const NO_FACE: &[u8] = include_bytes!("../../../../../scenarios/images/no-face-180.jpg");
/// Ids that later steps need.
pub(super) struct Ids {
    face: String,
    detection: String,
}

pub(super) fn frame(member: &str, image: &[u8], second: u32) -> Value {
    json!({
        member: BASE64_STANDARD.encode(image),
        "detectorName": "FrontDoorCam",
        "ianaTimeZone": "America/Los_Angeles",
        "detectTimeUtc": format!("2026-01-31T18:32:{second:02}Z"),
    })
}

pub(super) fn faces(session: &mut Session, admin: &str) -> Ids {
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

pub(super) fn by_person(session: &mut Session, operation: &'static str, admin: &str) -> Value {
    let path = format!("/api/v1/people/detections/personId/{SEEDED_PERSON_WITH_FACE}?take=100");
    session.call(operation, admin, "GET", &path, &Value::Null)
}

pub(super) fn documents(session: &mut Session, admin: &str, ids: &Ids) {
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

pub(super) fn detections(session: &mut Session, admin: &str, ids: &Ids) {
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
