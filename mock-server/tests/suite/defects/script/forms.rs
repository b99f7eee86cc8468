//! Multipart bodies.

use bytes::Bytes;
use http::{Request, header};

/// A form's body, its boundary `XX`.
pub(super) fn form(fields: &[(&str, &str)], file: Option<(&str, &str, &[u8])>) -> Vec<u8> {
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

pub(super) fn upload(authorization: &str, path: &str, form: Vec<u8>) -> Request<Bytes> {
    let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX");
    let request = request.header(header::AUTHORIZATION, authorization);
    request.body(form.into()).expect("a request")
}
