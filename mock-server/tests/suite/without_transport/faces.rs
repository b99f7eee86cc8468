//! Publishing, recognising, looking up, enrolling, detecting, comparing; and the photos that come of it.

use super::fixture::{Fixture, Reply, request};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header;
use proofload_mock_server::SEEDED_PERSON_WITH_FACE;
use serde_json::{Value, json};

const ALIGNED: &[u8] = include_bytes!("../../../../scenarios/images/face-aligned-112.jpg");
const CROP: &[u8] = include_bytes!("../../../../scenarios/images/face-crop-260x300.jpg");
const EXPANDED: &[u8] = include_bytes!("../../../../scenarios/images/face-expanded-768.jpg");
const SCENE: &[u8] = include_bytes!("../../../../scenarios/images/scene-512.jpg");
const NO_FACE: &[u8] = include_bytes!("../../../../scenarios/images/no-face-180.jpg");

const PUBLISH: &str = "/api/v1/faceEdge/publish";
const PUBLISH_WITH_RESPONSE: &str = "/api/v1/faceEdge/publishWithResponse";
const RECOGNIZE: &str = "/api/v1/faceEdge/recognize";
const ENROLL: &str = "/api/v1/faces/faceEnroll";

fn frame(member: &str, image: &[u8]) -> Value {
    json!({
        member: BASE64_STANDARD.encode(image),
        "detectorName": "FrontDoorCam",
        "ianaTimeZone": "America/Los_Angeles",
        "detectTimeUtc": "2026-01-31T18:32:05Z",
    })
}

fn with(mut body: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().expect("an object") {
        body[name] = value.clone();
    }
    body
}

fn faces(fixture: &Fixture, token: &str, body: &Value) -> Vec<Value> {
    let reply = fixture
        .call(token, "POST", PUBLISH_WITH_RESPONSE, body)
        .expect(200)
        .json();
    reply["faces"].as_array().expect("faces").clone()
}

fn enrol(fixture: &Fixture, token: &str, query: &str, image: &[u8]) -> Reply {
    let body = json!({"faceImage": BASE64_STANDARD.encode(image), "photoReferenceId": "ref/1"});
    fixture.call(token, "POST", &format!("{ENROLL}{query}"), &body)
}

fn detections(fixture: &Fixture, token: &str, kind: &str, id: &Value) -> Vec<Value> {
    let id = id.as_str().expect("an id");
    let reply = fixture
        .get(token, &format!("/api/v1/people/detections/{kind}/{id}"))
        .expect(200);
    reply.json().as_array().expect("a list").clone()
}

#[test]
fn every_portrait_shows_one_face_and_the_flag_none() {
    let fixture = Fixture::new();
    let admin = fixture.admin();
    for (image, side, expected) in [
        (ALIGNED, 112, 1),
        (CROP, 300, 1),
        (EXPANDED, 768, 1),
        (SCENE, 512, 1),
        (NO_FACE, 180, 0),
    ] {
        let found = faces(&fixture, &admin, &frame("expanded", image));
        assert_eq!(found.len(), expected);
        for face in found {
            let within = |at: &str, length: &str| {
                let part = |name: &str| face["boundingBox"][name].as_u64().expect("a number");
                part(length) > 0 && part(at) + part(length) <= side
            };
            assert!(within("x", "width") && within("y", "height"), "{face}");
            for share in ["confidence", "quality"] {
                assert!((0.0..=1.0).contains(&face[share].as_f64().expect("a number")), "{face}");
            }
        }
    }
}

#[test]
fn what_is_wrong_with_a_publish_is_named() {
    let fixture = Fixture::new();
    let publisher = fixture.token("publisher");
    let good = frame("expanded", CROP);
    for path in [PUBLISH, PUBLISH_WITH_RESPONSE] {
        let reply = fixture.call(&publisher, "POST", path, &json!({})).expect(400).json();
        for member in ["expanded", "detectorName", "ianaTimeZone", "detectTimeUtc"] {
            assert_eq!(reply["errors"][member][0], format!("The {member} field is required."));
            let mut lacking = good.clone();
            lacking.as_object_mut().expect("an object").remove(member);
            fixture.call(&publisher, "POST", path, &lacking).expect(400);
        }
        for wrong in [
            json!({"expanded": "%%%"}),
            json!({"expanded": BASE64_STANDARD.encode(b"no image")}),
            json!({"expanded": BASE64_STANDARD.encode(&CROP[..600])}),
            json!({"ianaTimeZone": "Mars/Olympus"}),
            json!({"detectTimeUtc": "yesterday"}),
            json!({"detectorName": " "}),
            json!({"largestFaceOnly": "yes"}),
        ] {
            fixture
                .call(&publisher, "POST", path, &with(good.clone(), &wrong))
                .expect(400);
        }
    }
    assert!(
        fixture
            .call(&publisher, "POST", PUBLISH, &good)
            .expect(200)
            .body
            .is_empty()
    );
}

#[test]
fn an_enrolled_face_is_recognised_and_its_detections_are_listed() {
    let fixture = Fixture::new();
    let admin = fixture.admin();
    let enrolled = enrol(&fixture, &admin, "", CROP).expect(200).json();
    let (person, face) = (&enrolled["personId"], &enrolled["faceId"]);
    let alias = json!({"firstName": "Ada", "lastName": "Example"});
    let id = person.as_str().expect("an id");
    fixture
        .call(&admin, "PUT", &format!("/api/v1/people/{id}/aliases"), &alias)
        .expect(200);
    fixture
        .call(&admin, "POST", PUBLISH, &frame("expanded", CROP))
        .expect(200);
    let body = with(
        frame("expanded", CROP),
        &json!({"includePerson": true, "allowDoubleDetection": true}),
    );
    let published = faces(&fixture, &admin, &body);
    assert_eq!(&published[0]["person"]["personId"], person);
    assert_eq!(published[0]["person"]["firstName"], "Ada");
    assert_eq!(&published[0]["faceId"], face);
    for (kind, id) in [("personId", person), ("faceId", face)] {
        let listed = detections(&fixture, &admin, kind, id);
        assert_eq!(listed.len(), 2, "{kind}");
        assert_eq!(listed[0]["detector"], "FrontDoorCam");
        assert_eq!(listed[0]["timeZone"], "America/Los_Angeles");
        assert_eq!(listed[0]["dateTimeUtc"], "2026-01-31T18:32:05.000Z");
        assert_eq!(listed[0]["image"], BASE64_STANDARD.encode(CROP));
    }
    let (face, detection) = (
        face.as_str().expect("an id"),
        published[0]["detectionId"].as_str().expect("an id"),
    );
    for path in [
        format!("enrollmentPhoto/{face}"),
        format!("detectionPhoto/{face}/{detection}"),
    ] {
        let photo = fixture
            .get(&fixture.token("nobody"), &format!("/api/v1/people/{path}"))
            .expect(200);
        assert_eq!(photo.header("content-type"), "image/jpeg");
        assert_eq!(photo.body, CROP);
    }
    let person = fixture
        .call(&admin, "POST", RECOGNIZE, &frame("croppedAligned", CROP))
        .expect(200)
        .json();
    assert_eq!(person["personId"], id);
}

#[test]
fn a_stranger_has_a_face_and_detections_but_is_nobody() {
    let fixture = Fixture::new();
    let admin = fixture.admin();
    let body = with(frame("expanded", SCENE), &json!({"includePerson": true}));
    let first = faces(&fixture, &admin, &body);
    let again = faces(&fixture, &admin, &with(body, &json!({"detectorName": "Other"})));
    assert_eq!(first[0]["faceId"], again[0]["faceId"]);
    assert!(first[0].get("person").is_none());
    assert_eq!(detections(&fixture, &admin, "faceId", &first[0]["faceId"]).len(), 2);
    fixture
        .call(&admin, "POST", RECOGNIZE, &frame("croppedAligned", SCENE))
        .expect(404);
    let face = first[0]["faceId"].as_str().expect("an id");
    fixture
        .get(&admin, &format!("/api/v1/people/enrollmentPhoto/{face}"))
        .expect(404);
}

#[test]
fn the_same_face_at_the_same_detector_is_one_detection_unless_two_are_wanted() {
    let fixture = Fixture::new();
    let admin = fixture.admin();
    let body = frame("expanded", SCENE);
    let first = faces(&fixture, &admin, &body);
    for (change, listed) in [
        (json!({}), 1),
        (json!({"allowDoubleDetection": true}), 2),
        (json!({"detectorName": "BackDoorCam"}), 3),
        (json!({"detectTimeUtc": "2026-01-31T18:33:05Z"}), 4),
    ] {
        let again = faces(&fixture, &admin, &with(body.clone(), &change));
        assert_eq!(again.len(), 1);
        assert_eq!(
            detections(&fixture, &admin, "faceId", &first[0]["faceId"]).len(),
            listed,
            "{change}"
        );
    }
}

#[test]
fn enrolling_a_known_face_again_needs_force() {
    let fixture = Fixture::new();
    let admin = fixture.admin();
    let first = enrol(&fixture, &admin, "", EXPANDED).expect(200).json();
    assert_eq!(enrol(&fixture, &admin, "", EXPANDED).expect(200).json(), first);
    let other = format!("?personId={SEEDED_PERSON_WITH_FACE}");
    enrol(&fixture, &admin, &other, EXPANDED).expect(409);
    let forced = enrol(&fixture, &admin, &format!("{other}&forceEnrollment=true"), EXPANDED)
        .expect(200)
        .json();
    assert_eq!(forced["personId"], SEEDED_PERSON_WITH_FACE.to_string());
    let anew = enrol(&fixture, &admin, "?forceEnrollment=true", EXPANDED)
        .expect(200)
        .json();
    assert_ne!(anew["personId"], first["personId"]);
    let found = fixture
        .call(&admin, "POST", RECOGNIZE, &frame("croppedAligned", EXPANDED))
        .expect(200)
        .json();
    assert_eq!(found["personId"], anew["personId"]);
    enrol(&fixture, &admin, "", NO_FACE).expect(400);
    enrol(&fixture, &admin, "?personId=x", CROP).expect(400);
    enrol(&fixture, &admin, "?forceEnrollment=maybe", CROP).expect(400);
    enrol(&fixture, &admin, "?personId=00000000-0000-4000-8000-000000000000", CROP).expect(404);
}

#[test]
fn an_image_reference_is_found_once_it_is_enrolled() {
    let fixture = Fixture::new();
    let admin = fixture.admin();
    let path = "/api/v1/faces/checkImageReference/ref%2F1";
    assert_eq!(fixture.get(&admin, path).expect(200).json()["exists"], false);
    let enrolled = enrol(&fixture, &admin, "", SCENE).expect(200).json();
    let found = fixture.get(&admin, path).expect(200).json();
    assert_eq!(found["exists"], true);
    assert_eq!(found["personId"], enrolled["personId"]);
}

#[test]
fn detecting_and_comparing() {
    let fixture = Fixture::new();
    let admin = fixture.admin();
    let before = fixture.server.fingerprint_of_state();
    let detect = |image: &[u8]| {
        let body = json!({"faceImage": BASE64_STANDARD.encode(image)});
        let reply = fixture
            .call(&admin, "POST", "/api/v1/faces/faceDetect", &body)
            .expect(200);
        reply.json()["faces"].as_array().expect("faces").len()
    };
    assert_eq!((detect(SCENE), detect(NO_FACE)), (1, 0));
    let compare = |first: &[u8], second: &[u8]| {
        let body = json!({
            "faceImage1": BASE64_STANDARD.encode(first),
            "faceImage2": BASE64_STANDARD.encode(second),
        });
        fixture.call(&admin, "POST", "/api/v1/faces/faceCompare", &body)
    };
    assert_eq!(
        compare(CROP, CROP).expect(200).json(),
        json!({"similarity": 1.0, "match": true})
    );
    let apart = compare(CROP, SCENE).expect(200).json();
    assert_eq!(apart["match"], false);
    assert!(apart["similarity"].as_f64().expect("a number") < 0.7, "{apart}");
    compare(CROP, NO_FACE).expect(400);
    compare(CROP, b"").expect(400);
    assert_eq!(fixture.server.fingerprint_of_state(), before);
}

#[test]
fn lookup_takes_a_form() {
    let fixture = Fixture::new();
    let recognizer = fixture.token("recognizer");
    let lookup = |parts: &[(&str, &[u8])]| {
        let mut body = Vec::new();
        for (name, data) in parts {
            let file = if name.starts_with("Recog") {
                ""
            } else {
                "; filename=\"f\""
            };
            let head = format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(data);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--XX--\r\n");
        let request = request(&recognizer, "POST", "/api/v1/faceEdge/lookup");
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX");
        fixture.send(&request.body(Bytes::from(body)).expect("a request"))
    };
    let model = ("RecognitionModel", &b"arcface"[..]);
    let found = lookup(&[("CroppedAligned", ALIGNED), ("Embeddings", &[0; 2048]), model])
        .expect(200)
        .json();
    assert_eq!(found["personId"], SEEDED_PERSON_WITH_FACE.to_string());
    assert_eq!(found["tags"], json!([{"name": "VIP"}]));
    lookup(&[("CroppedAligned", SCENE), model]).expect(404);
    lookup(&[("CroppedAligned", NO_FACE), model]).expect(404);
    lookup(&[("Embeddings", &[0; 2048]), model]).expect(404);
    lookup(&[("CroppedAligned", b"no image"), model]).expect(400);
    lookup(&[("CroppedAligned", ALIGNED), ("RecognitionModel", b"other")]).expect(400);
    lookup(&[model]).expect(400);
}

#[test]
fn a_picture_encoded_anew_still_shows_the_same_person() {
    // A comment segment changes the bytes and not one pixel.
    let mut commented = CROP[..2].to_vec();
    commented.extend_from_slice(b"\xff\xfe\x00\x09comment");
    commented.extend_from_slice(&CROP[2..]);
    let fixture = Fixture::new();
    let admin = fixture.admin();
    let enrolled = enrol(&fixture, &admin, "", CROP).expect(200).json();
    let found = fixture
        .call(&admin, "POST", RECOGNIZE, &frame("croppedAligned", &commented))
        .expect(200)
        .json();
    assert_eq!(found["personId"], enrolled["personId"]);
}
