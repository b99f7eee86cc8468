//! Makes requests ready: what an operation is sent with, as bytes.

use super::{Body, CAMERA_DIGITS, FrameImage, Gives, Prepared, TIME_CHARS, Tails};
use crate::workload::{Image, Journey, Step};
use bytes::Bytes;
use proofload_contract::{Access, Contract, Operation};
use proofload_deployment::client::login;
use proofload_deployment::requests::{Content, Member, RequestBody, request_body};
use proofload_deployment::{Account, BaseUrl, OwnHeaders, Proxy, percent_encoded};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The parts of a multipart body are separated by this; it cannot occur in base64 nor, by chance, in a JPEG.
pub(super) const BOUNDARY: &str = "proofload-7c1f0e5d2b9a4836";

/// Makes requests ready for one target.
pub(crate) struct Factory<'a> {
    pub(crate) base: &'a BaseUrl,
    /// The proxy that requests are sent to as they stand; none where they go directly, or through a tunnel.
    pub(crate) proxy: Option<&'a Proxy>,
    pub(crate) account: Option<&'a Account>,
    pub(crate) images: &'a [Image],
    /// What every request carries beside what is its own.
    pub(crate) headers: &'a OwnHeaders,
    /// What requests end with: the same for all that differ in their values only.
    pub(crate) tails: Tails,
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
        let step = Step::plain(operation);
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
        // A proxy is told the whole URL.
        let whole = self.proxy.map_or_else(String::new, |_| format!("http://{host}"));
        let mut head = format!(
            "{} {whole}{} HTTP/1.1\r\nhost: {}\r\n",
            operation.method,
            self.target(operation, step),
            self.headers.host().unwrap_or(&host)
        );
        for (name, value) in self.headers.lines() {
            let _ = write!(head, "{name}: {}\r\n", value.expose_secret());
        }
        if let Some(authorization) = self.proxy.and_then(Proxy::authorization) {
            let _ = write!(head, "proxy-authorization: {}\r\n", authorization.expose_secret());
        }
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
            gives: Gives::of(operation),
            body,
        }
    }

    /// Path and query, percent-encoded.
    fn target(&self, operation: &Operation, step: &Step) -> String {
        let mut url = self.base.url().clone();
        // Not put together by the URL itself: that leaves line breaks and dots out without a word, and asks for another path.
        let mut path = url.path().trim_end_matches('/').to_owned();
        for segment in operation.path.split('/').filter(|segment| !segment.is_empty()) {
            let name = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}'));
            let value = name.and_then(|name| step.path.get(name));
            path.push('/');
            path += &percent_encoded(value.map_or(segment, String::as_str));
        }
        url.set_query(None);
        if !step.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&step.query);
        }
        match url.query() {
            Some(query) => format!("{path}?{query}"),
            None => path,
        }
    }

    fn body(&self, operation: &Operation, camera: &str, step: &Step) -> (Option<&'static str>, Body) {
        const JSON: Option<&str> = Some("application/json");
        match request_body(&operation.id) {
            Some(RequestBody::Credentials) => (JSON, self.credentials()),
            Some(RequestBody::Json(members)) => (JSON, self.frames(members, camera, operation, step)),
            Some(RequestBody::Form(parts)) => (Some(MULTIPART), self.multipart(parts, operation, step)),
            None if operation.request_body.is_none() => (None, Body::None),
            None => {
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

    /// `{"detectorName":"camera-00001",...,"expanded":"<base64>"}`: the pictures last, so that all frames share them. What
    /// the table does not say of it is as in the contract's example.
    fn frames(&self, members: &[Member], camera: &str, operation: &Operation, step: &Step) -> Body {
        let pictures: Vec<&str> = members
            .iter()
            .filter(|member| carries_picture(member))
            .map(|member| member.name)
            .collect();
        let mut opening = example(operation, &pictures, step);
        // Those that change from call to call, unless the step states them: the value to patch, and of its end how much.
        let changing = |content, value: String, digits| {
            let mut names = members
                .iter()
                .filter(move |member| member.content == content)
                .map(|member| member.name);
            let name = names.find(|name| !step.body.contains_key(*name))?;
            Some((name, value, digits))
        };
        let camera = changing(
            Content::DetectorName,
            format!("{camera}-{}", "0".repeat(CAMERA_DIGITS)),
            CAMERA_DIGITS,
        );
        let time = changing(Content::DetectTime, "0".repeat(TIME_CHARS), TIME_CHARS);
        for (name, value, _) in [&camera, &time].into_iter().flatten() {
            opening.insert((*name).to_owned(), Value::String(value.clone()));
        }
        let mut opening = Value::Object(opening).to_string();
        opening.pop();
        let place = |changes: Option<(&str, String, usize)>| {
            let (name, _, digits) = changes?;
            let member = format!("\"{name}\":\"");
            let begin = opening.find(&member)? + member.len();
            let length = opening[begin..].find('"')?;
            Some(begin + length - digits)
        };
        let (camera_at, time_at) = (place(camera), place(time));
        let first_of_all = opening.len() <= 1;
        let tails = self.tails.of(&operation.id, first_of_all, || {
            let tail = |first: usize| {
                let mut separator = if first_of_all { "" } else { "," };
                let mut tail = String::new();
                for (index, name) in pictures.iter().enumerate() {
                    let image = &self.images[(first + index) % self.images.len()];
                    let _ = write!(tail, "{separator}\"{name}\":\"{}\"", image.base64);
                    separator = ",";
                }
                tail.push('}');
                tail.into()
            };
            (0..self.images.len()).map(tail).collect()
        });
        Body::Frames {
            images: FrameImage::behind(opening.len(), &tails),
            opening: opening.into_bytes(),
            camera_at,
            time_at,
        }
    }

    /// The texts in the order of their names, then the picture.
    fn multipart(&self, parts: &[Member], operation: &Operation, step: &Step) -> Body {
        let usual = parts.iter().filter_map(|part| match part.content {
            Content::Text(text) => Some((part.name.to_owned(), text.to_owned())),
            Content::OwnName => Some((part.name.to_owned(), "proofload".to_owned())),
            _ => None,
        });
        let mut texts: BTreeMap<String, String> = usual.collect();
        let file = parts
            .iter()
            .find(|part| carries_picture(part))
            .map_or("", |part| part.name);
        texts.extend(step.body.iter().map(|(key, value)| {
            (
                key.clone(),
                value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            )
        }));
        let mut opening = Vec::new();
        for (name, value) in &texts {
            let part = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            opening.extend_from_slice(part.as_bytes());
        }
        let tails = self.tails.of(&operation.id, true, || {
            let tail = |image: &Image| {
                let mut tail = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{file}\"; filename=\"face.jpg\"\r\ncontent-type: image/jpeg\r\n\r\n").into_bytes();
                tail.extend_from_slice(&image.jpeg);
                tail.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
                tail.into()
            };
            self.images.iter().map(tail).collect()
        });
        Body::Frames {
            images: FrameImage::behind(opening.len(), &tails),
            opening,
            camera_at: None,
            time_at: None,
        }
    }
}

/// Whether a load sends a picture there.
fn carries_picture(member: &Member) -> bool {
    matches!(member.content, Content::Picture(_) | Content::File)
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

impl FrameImage {
    /// Those with these tails behind an opening of so many bytes.
    fn behind(opening: usize, tails: &[Bytes]) -> Vec<Self> {
        let image = |tail: &Bytes| Self {
            length: length_line(opening + tail.len()),
            tail: tail.clone(),
        };
        tails.iter().map(image).collect()
    }
}
