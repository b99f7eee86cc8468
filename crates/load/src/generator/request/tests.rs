//! Requests as they go out.

use super::factory::BOUNDARY;
use super::*;
use crate::workload::{ImageSource, Journey, Step, load_images};
use proofload_deployment::{BaseUrl, OwnHeaders};
use serde_json::Value;
use std::collections::BTreeMap;

fn composed(base: &str, step: &Step, number: u64) -> (String, Vec<u8>) {
    composed_with(&OwnHeaders::default(), base, step, number)
}

fn composed_with(headers: &OwnHeaders, base: &str, step: &Step, number: u64) -> (String, Vec<u8>) {
    let base = BaseUrl::parse(base).unwrap();
    let names = ["face-aligned-112", "no-face-180"].map(str::to_owned).to_vec();
    let images = load_images(&ImageSource::BuiltIn(names)).unwrap().sent;
    let factory = Factory {
        base: &base,
        account: None,
        images: &images,
        headers,
        proxy: None,
        tails: Tails::default(),
    };
    let journey = Journey {
        name: "camera".into(),
        weight: 1.0,
        cameras: 3,
        mix: false,
        steps: vec![],
    };
    let prepared = factory.step(&journey, step);
    let mut head = Vec::new();
    let frame = Frame {
        number,
        cameras: 3,
        unix_ms: 1_700_000_000_123,
    };
    let token = SecretString::from("t.o.k");
    let tail = prepared.compose(&mut head, Some(&token), frame, &mut DetectTime::default());
    head.extend_from_slice(tail);
    let end = head.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    (
        String::from_utf8(head[..end].to_vec()).unwrap(),
        head[end + 4..].to_vec(),
    )
}

fn step(operation: &str) -> Step {
    Step {
        operation: operation.into(),
        weight: 1.0,
        path: BTreeMap::new(),
        query: BTreeMap::new(),
        body: BTreeMap::new(),
        expect: vec![],
    }
}

#[test]
fn what_every_call_carries_is_in_each_request() {
    let mut own = OwnHeaders::default();
    own.add_line("X-Api-Key: abc").unwrap();
    own.add_line("Host: other:81").unwrap();
    let (head, _) = composed_with(&own, "http://h.example:80", &step("listTags"), 0);
    let lines: Vec<&str> = head.split("\r\n").collect();
    assert_eq!(&lines[1..3], ["host: other:81", "x-api-key: abc"], "{head}");
    assert_eq!(lines.iter().filter(|line| line.starts_with("host")).count(), 1);
}

#[test]
fn a_published_frame_is_whole_json_with_camera_time_and_image() {
    let (head, body) = composed("https://h.example/identities", &step("publish"), 4);
    assert!(
        head.starts_with("POST /identities/api/v1/faceEdge/publish HTTP/1.1\r\nhost: h.example\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\nauthorization: Bearer t.o.k\r\n"), "{head}");
    assert!(head.ends_with(&format!("content-length: {}", body.len())), "{head}");
    let json: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(json["detectorName"], "camera-00002");
    assert_eq!(json["detectTimeUtc"], "2023-11-14T22:13:20.123Z");
    assert!(json["ianaTimeZone"].is_string());
    let image = load_images(&ImageSource::BuiltIn(vec!["face-aligned-112".into()]))
        .unwrap()
        .sent;
    assert_eq!(json["expanded"], image[0].base64.as_str());
}

#[test]
fn members_of_the_step_take_the_place_of_the_usual_ones() {
    let mut step = step("publishWithResponse");
    step.body.insert("largestFaceOnly".into(), true.into());
    step.body.insert("detectorName".into(), "gate".into());
    let (_, body) = composed("http://127.0.0.1:6009", &step, 0);
    let json: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (&json["largestFaceOnly"], &json["detectorName"]),
        (&true.into(), &"gate".into())
    );
    assert_eq!(json["detectTimeUtc"], "2023-11-14T22:13:20.123Z");
}

#[test]
fn paths_and_queries_are_encoded() {
    let mut step = step("getPerson");
    step.path.insert("personId".into(), "a/b ?".into());
    step.query.insert("q".into(), "x&y".into());
    let (head, body) = composed("http://127.0.0.1:6009/p", &step, 0);
    assert!(
        head.starts_with("GET /p/api/v1/people/a%2Fb%20%3F?q=x%26y HTTP/1.1\r\nhost: 127.0.0.1:6009\r\n"),
        "{head}"
    );
    assert!(body.is_empty() && !head.contains("content-length"));
}

#[test]
fn a_value_in_a_path_arrives_as_it_was_written() {
    for (value, segment) in [
        ("a\nb", "a%0Ab"),
        ("a/../b", "a%2F..%2Fb"),
        ("...", "..."),
        ("%2e", "%252e"),
    ] {
        let mut step = step("getPerson");
        step.path.insert("personId".to_owned(), value.to_owned());
        let (head, _) = composed("http://127.0.0.1:1/base/", &step, 0);
        let line = head.lines().next().unwrap_or_default();
        assert_eq!(line, format!("GET /base/api/v1/people/{segment} HTTP/1.1"));
    }
}

#[test]
fn two_images_and_multipart_bodies_are_whole() {
    let (_, body) = composed("http://h", &step("faceCompare"), 0);
    let json: Value = serde_json::from_slice(&body).unwrap();
    assert_ne!(json["faceImage1"], json["faceImage2"]);
    let (head, body) = composed("http://h", &step("lookup"), 0);
    assert!(head.contains(&format!("boundary={BOUNDARY}")));
    assert!(head.ends_with(&format!("content-length: {}", body.len())));
    assert!(body.ends_with(format!("--{BOUNDARY}--\r\n").as_bytes()));
}

#[test]
fn bodies_are_the_tables_and_the_examples_members_with_the_pictures_last() {
    let names = ["face-aligned-112", "no-face-180"].map(str::to_owned).to_vec();
    let images = load_images(&ImageSource::BuiltIn(names)).unwrap().sent;
    let (first, second) = (&images[0].base64, &images[1].base64);
    let seen = r#""detectorName":"camera-00001","ianaTimeZone":"America/Los_Angeles","detectTimeUtc":"2023-11-14T22:13:20.123Z""#;
    for (operation, body) in [
        ("publish", format!(r#"{{{seen},"expanded":"{first}"}}"#)),
        (
            "publishWithResponse",
            format!(
                r#"{{{seen},"largestFaceOnly":true,"allowDoubleDetection":false,"includePerson":true,"expanded":"{first}"}}"#
            ),
        ),
        ("recognize", format!(r#"{{{seen},"croppedAligned":"{first}"}}"#)),
        (
            "faceEnroll",
            format!(r#"{{"photoReferenceId":"badge-4711","faceImage":"{first}"}}"#),
        ),
        ("faceDetect", format!(r#"{{"faceImage":"{first}"}}"#)),
        (
            "faceCompare",
            format!(r#"{{"faceImage1":"{first}","faceImage2":"{second}"}}"#),
        ),
        (
            "createTag",
            r#"{"tagName":"Employee","disabled":false,"description":"On the payroll","defaultExpirePeriod":"30.00:00:00"}"#
                .to_owned(),
        ),
    ] {
        let (_, written) = composed("http://h", &step(operation), 0);
        assert_eq!(String::from_utf8_lossy(&written), body, "{operation}");
    }
    for (operation, text, file) in [
        ("lookup", "name=\"RecognitionModel\"\r\n\r\narcface", "CroppedAligned"),
        ("uploadDocument", "name=\"name\"\r\n\r\nproofload", "file"),
    ] {
        let (_, written) = composed("http://h", &step(operation), 0);
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; {text}\r\n--{BOUNDARY}\r\ncontent-disposition: form-data; \
             name=\"{file}\"; filename=\"face.jpg\"\r\ncontent-type: image/jpeg\r\n\r\n"
        );
        let body = [
            head.as_bytes(),
            &images[0].jpeg,
            format!("\r\n--{BOUNDARY}--\r\n").as_bytes(),
        ]
        .concat();
        assert_eq!(written, body, "{operation}");
    }
}
