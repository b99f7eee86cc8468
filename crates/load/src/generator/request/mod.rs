//! Requests made ready before the run: what changes from call to call is patched into fixed places.

use crate::generator::detect_time::DetectTime;
use crate::images::Image;
use crate::workload::{Journey, Step};
use bytes::Bytes;
use proofload_contract::{Access, Contract, Operation};
use proofload_deployment::client::login;
use proofload_deployment::{Account, BaseUrl};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Digits of a camera's number.
const CAMERA_DIGITS: usize = 5;
/// `2026-11-22T05:30:00.123Z`
const TIME_CHARS: usize = 24;
/// The parts of a multipart body are separated by this; it cannot occur in base64 nor, by chance, in a JPEG.
const BOUNDARY: &str = "proofload-7c1f0e5d2b9a4836";

/// A request made ready: everything but token, camera, time and image is fixed.
pub(crate) struct Prepared {
    /// Request line and header fields, without the token, the length and the empty line.
    head: Vec<u8>,
    /// Whether a token goes with it.
    pub(crate) authorised: bool,
    body: Body,
}

enum Body {
    None,
    Fixed {
        length: Vec<u8>,
        tail: Bytes,
    },
    Credentials {
        length: Vec<u8>,
        tail: SecretSlice<u8>,
    },
    /// A fixed opening with places for camera and time, then one of several images.
    Frames {
        opening: Vec<u8>,
        camera_at: Option<usize>,
        time_at: Option<usize>,
        images: Vec<FrameImage>,
    },
}

struct FrameImage {
    length: Vec<u8>,
    tail: Bytes,
}

/// What differs from call to call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    /// The arrival's number: chooses camera and image.
    pub(crate) number: u64,
    /// The number of cameras.
    pub(crate) cameras: u64,
    /// When the camera saw it: Unix time in milliseconds.
    pub(crate) unix_ms: u64,
}

/// Makes requests ready for one target.
pub(crate) struct Factory<'a> {
    pub(crate) base: &'a BaseUrl,
    pub(crate) account: Option<&'a Account>,
    pub(crate) images: &'a [Image],
}

impl Factory<'_> {
    /// The request of a step.
    pub(crate) fn step(&self, journey: &Journey, step: &Step) -> Prepared {
        let operation = Contract::bundled()
            .operation(&step.operation)
            .expect("checked when the workload was read");
        self.request(operation, &journey.name, step)
    }

    /// The request of an operation that takes no parameters: `authenticate` and `renewToken` between measurements.
    pub(crate) fn plain(&self, operation: &str) -> Prepared {
        let step = Step {
            operation: operation.to_owned(),
            weight: 1.0,
            path: BTreeMap::new(),
            query: BTreeMap::new(),
            body: BTreeMap::new(),
            expect: Vec::new(),
        };
        let operation = Contract::bundled()
            .operation(operation)
            .expect("the contract has the seed's operations");
        self.request(operation, "", &step)
    }

    fn request(&self, operation: &Operation, camera: &str, step: &Step) -> Prepared {
        let (media, body) = self.body(operation, camera, step);
        let url = self.base.url();
        let host = url.host_str().unwrap_or_default();
        let host = url.port().map_or(host.to_owned(), |port| format!("{host}:{port}"));
        let mut head = format!(
            "{} {} HTTP/1.1\r\nhost: {host}\r\n",
            operation.method,
            self.target(operation, step)
        );
        head += concat!(
            "user-agent: proofload/",
            env!("CARGO_PKG_VERSION"),
            "\r\naccept: */*\r\n"
        );
        if let Some(media) = media {
            head += "content-type: ";
            head += media;
            head += "\r\n";
        } else if operation.method != http::Method::GET && operation.method != http::Method::DELETE {
            head += "content-length: 0\r\n";
        }
        Prepared {
            head: head.into_bytes(),
            authorised: operation.access != Access::Anonymous,
            body,
        }
    }

    /// Path and query, percent-encoded.
    fn target(&self, operation: &Operation, step: &Step) -> String {
        let mut url = self.base.url().clone();
        let segments = operation
            .path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| {
                let name = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}'));
                name.and_then(|name| step.path.get(name))
                    .map_or(segment, String::as_str)
            });
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        if !step.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&step.query);
        }
        url.query()
            .map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    fn body(&self, operation: &Operation, camera: &str, step: &Step) -> (Option<&'static str>, Body) {
        const JSON: Option<&str> = Some("application/json");
        let frames = |member, sees: bool| (JSON, self.frames(member, sees.then_some(camera), operation, step));
        match operation.id.as_str() {
            login::AUTHENTICATE => (JSON, self.credentials()),
            "publish" | "publishWithResponse" => frames("expanded", true),
            "recognize" => frames("croppedAligned", true),
            "faceEnroll" | "faceDetect" => frames("faceImage", false),
            "faceCompare" => frames("faceImage1", false),
            "lookup" => (
                Some(MULTIPART),
                self.multipart("CroppedAligned", &[("RecognitionModel", "arcface")], step),
            ),
            "uploadDocument" => (Some(MULTIPART), self.multipart("file", &[("name", "proofload")], step)),
            _ if operation.request_body.is_none() => (None, Body::None),
            _ => {
                let json = Value::Object(example(operation, &[], step)).to_string();
                (
                    JSON,
                    Body::Fixed {
                        length: length_line(json.len()),
                        tail: json.into(),
                    },
                )
            }
        }
    }

    fn credentials(&self) -> Body {
        let json = self.account.map_or_else(String::new, |account| {
            login::credentials(&account.username, &account.password).to_string()
        });
        Body::Credentials {
            length: length_line(json.len()),
            tail: json.into_bytes().into(),
        }
    }

    /// `{"detectorName":"camera-00001",...,"expanded":"<base64>"}`: the image last, so that all frames share it.
    fn frames(&self, member: &str, camera: Option<&str>, operation: &Operation, step: &Step) -> Body {
        let mut members = example(
            operation,
            &["expanded", "croppedAligned", "faceImage", "faceImage1", "faceImage2"],
            step,
        );
        if let Some(camera) = camera {
            let name = format!("{camera}-{}", "0".repeat(CAMERA_DIGITS));
            for (key, value) in [("detectorName", name), ("detectTimeUtc", "0".repeat(TIME_CHARS))] {
                if !step.body.contains_key(key) {
                    members.insert(key.to_owned(), Value::String(value));
                }
            }
        }
        let mut opening = Value::Object(members).to_string();
        opening.pop();
        // Where the value of a member ends that changes from call to call.
        let end_of = |key: &str| {
            let member = format!("\"{key}\":\"");
            let changes = camera.is_some() && !step.body.contains_key(key);
            let begin = opening.find(&member).filter(|_| changes)? + member.len();
            opening[begin..].find('"').map(|length| begin + length)
        };
        let camera_at = end_of("detectorName").map(|end| end - CAMERA_DIGITS);
        let time_at = end_of("detectTimeUtc").map(|end| end - TIME_CHARS);
        opening += if opening.len() > 1 { ",\"" } else { "\"" };
        opening += member;
        opening += "\":\"";
        let second = |index: usize| match member {
            "faceImage1" => format!(
                "\",\"faceImage2\":\"{}",
                self.images[(index + 1) % self.images.len()].base64
            ),
            _ => String::new(),
        };
        let images = self.images.iter().enumerate().map(|(index, image)| {
            let tail = format!("{}{}\"}}", image.base64, second(index));
            FrameImage {
                length: length_line(opening.len() + tail.len()),
                tail: tail.into(),
            }
        });
        let images = images.collect();
        Body::Frames {
            opening: opening.into_bytes(),
            camera_at,
            time_at,
            images,
        }
    }

    fn multipart(&self, file: &str, usual: &[(&str, &str)], step: &Step) -> Body {
        let mut texts: BTreeMap<String, String> = usual
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect();
        texts.extend(step.body.iter().map(|(key, value)| {
            (
                key.clone(),
                value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            )
        }));
        let images = self.images.iter().map(|image| {
            let mut tail = Vec::new();
            for (name, value) in &texts {
                let part = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
                tail.extend_from_slice(part.as_bytes());
            }
            let part = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{file}\"; filename=\"face.jpg\"\r\ncontent-type: image/jpeg\r\n\r\n");
            tail.extend_from_slice(part.as_bytes());
            tail.extend_from_slice(&image.jpeg);
            tail.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
            FrameImage { length: length_line(tail.len()), tail: tail.into() }
        });
        Body::Frames {
            opening: Vec::new(),
            camera_at: None,
            time_at: None,
            images: images.collect(),
        }
    }
}

const MULTIPART: &str = "multipart/form-data; boundary=proofload-7c1f0e5d2b9a4836";

fn length_line(length: usize) -> Vec<u8> {
    format!("content-length: {length}\r\n\r\n").into_bytes()
}

/// The contract's example of a JSON body without the members `but`, with the step's own in place.
fn example(operation: &Operation, but: &[&str], step: &Step) -> Map<String, Value> {
    let media = operation.request_body.as_ref().and_then(|body| body.content.first());
    let example = media
        .and_then(|media| media.example.as_ref())
        .and_then(Value::as_object);
    let mut members = example.cloned().unwrap_or_default();
    members.retain(|key, _| !but.contains(&key.as_str()));
    members.extend(step.body.iter().map(|(key, value)| (key.clone(), value.clone())));
    members
}

impl Prepared {
    /// Writes the request's head, and what of its body differs from call to call, into `head`; returns the rest of
    /// the body, which all calls share.
    pub(crate) fn compose<'a>(
        &'a self,
        head: &mut Vec<u8>,
        token: Option<&SecretString>,
        frame: Frame,
        clock: &mut DetectTime,
    ) -> &'a [u8] {
        head.clear();
        head.extend_from_slice(&self.head);
        if let Some(token) = token.filter(|_| self.authorised) {
            head.extend_from_slice(b"authorization: Bearer ");
            head.extend_from_slice(token.expose_secret().as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        match &self.body {
            Body::None => {
                head.extend_from_slice(b"\r\n");
                &[]
            }
            Body::Fixed { length, tail } => {
                head.extend_from_slice(length);
                tail
            }
            Body::Credentials { length, tail } => {
                head.extend_from_slice(length);
                tail.expose_secret()
            }
            Body::Frames {
                opening,
                camera_at,
                time_at,
                images,
            } => {
                let (round, camera) = (frame.number / frame.cameras.max(1), frame.number % frame.cameras.max(1));
                // Cameras start at different images, and each goes through all of them.
                let image = &images[usize::try_from((round + camera) % images.len() as u64).unwrap_or_default()];
                head.extend_from_slice(&image.length);
                let at = head.len();
                head.extend_from_slice(opening);
                if let Some(camera_at) = camera_at {
                    write_digits(&mut head[at + camera_at..][..CAMERA_DIGITS], camera + 1);
                }
                if let Some(time_at) = time_at {
                    head[at + time_at..][..TIME_CHARS].copy_from_slice(&clock.format(frame.unix_ms));
                }
                &image.tail
            }
        }
    }
}

/// Writes the last digits of `number` over `place`.
fn write_digits(place: &mut [u8], mut number: u64) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
}

#[cfg(test)]
mod tests;
