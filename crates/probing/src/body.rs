//! Request bodies, kept in a shape that both the wire and a command line can be written from.

use bytes::Bytes;
use serde_json::Value;
use std::fmt::Write as _;

/// The boundary of our multipart bodies; no part we send contains it.
const BOUNDARY: &str = "proofload-7d1f4c2a9b";

/// A request body.
#[derive(Debug, Clone)]
pub enum Body {
    /// None.
    Empty,
    /// JSON.
    Json(Value),
    /// `multipart/form-data`.
    Multipart(Vec<Part>),
    /// Anything else, broken bodies included.
    Raw {
        /// Sent as `Content-Type`.
        content_type: String,
        /// The bytes.
        bytes: Bytes,
    },
}

/// A part of a multipart body.
#[derive(Debug, Clone)]
pub struct Part {
    /// The form field's name.
    pub name: String,
    /// Set for files: the file name that is sent along.
    pub file_name: Option<String>,
    /// Sent as the content type of a file.
    pub content_type: &'static str,
    /// The content.
    pub content: Bytes,
}

impl Part {
    /// A text field.
    pub fn text(name: &str, value: &str) -> Self {
        Self {
            name: name.to_owned(),
            file_name: None,
            content_type: "",
            content: Bytes::copy_from_slice(value.as_bytes()),
        }
    }

    /// A file.
    pub fn file(name: &str, file_name: &str, content: impl Into<Bytes>) -> Self {
        Self {
            name: name.to_owned(),
            file_name: Some(file_name.to_owned()),
            content_type: "application/octet-stream",
            content: content.into(),
        }
    }

    /// Says what kind of file it is.
    #[must_use]
    pub fn typed(mut self, content_type: &'static str) -> Self {
        self.content_type = content_type;
        self
    }
}

impl Body {
    /// JSON that breaks off: no parser accepts it, no server can store it.
    pub fn broken_json() -> Self {
        Self::Raw {
            content_type: "application/json".to_owned(),
            bytes: Bytes::from_static(b"{\"proofload\": "),
        }
    }

    /// A form that ends before its first part.
    pub fn empty_form() -> Self {
        Self::Raw {
            content_type: format!("multipart/form-data; boundary={BOUNDARY}"),
            bytes: Bytes::from(format!("--{BOUNDARY}--\r\n")),
        }
    }

    /// The `Content-Type`, when there is a body, and the bytes.
    pub fn encoded(&self) -> (Option<String>, Bytes) {
        match self {
            Self::Empty => (None, Bytes::new()),
            Self::Json(value) => (Some("application/json".to_owned()), value.to_string().into()),
            Self::Multipart(parts) => (
                Some(format!("multipart/form-data; boundary={BOUNDARY}")),
                multipart(parts),
            ),
            Self::Raw { content_type, bytes } => (Some(content_type.clone()), bytes.clone()),
        }
    }
}

fn multipart(parts: &[Part]) -> Bytes {
    let mut form = Vec::new();
    for part in parts {
        let mut head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"", part.name);
        if let Some(file_name) = &part.file_name {
            let _ = write!(
                head,
                "; filename=\"{file_name}\"\r\nContent-Type: {}",
                part.content_type
            );
        }
        form.extend_from_slice(head.as_bytes());
        form.extend_from_slice(b"\r\n\r\n");
        form.extend_from_slice(&part.content);
        form.extend_from_slice(b"\r\n");
    }
    form.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    form.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_frames_its_parts() {
        let (content_type, bytes) = Body::Multipart(vec![
            Part::text("name", "x"),
            Part::file("file", "a.bin", &b"\0\xff"[..]),
        ])
        .encoded();
        assert_eq!(
            content_type.unwrap(),
            format!("multipart/form-data; boundary={BOUNDARY}")
        );
        let expected = [
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nx\r\n").into_bytes(),
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n")
                .into_bytes(),
            b"Content-Type: application/octet-stream\r\n\r\n\0\xff\r\n".to_vec(),
            format!("--{BOUNDARY}--\r\n").into_bytes(),
        ]
        .concat();
        assert_eq!(bytes, expected);
    }
}
