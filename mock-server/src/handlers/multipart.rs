//! Reading `multipart/form-data` from a body that is already there.

use crate::answer::Problem;
use crate::call::Call;
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::stream;
use multer::Multipart;
use std::convert::Infallible;

/// More parts than any form of this API has; a body of thirty million bytes could name millions.
const MAX_PARTS: usize = 64;

/// One part of a form.
pub(super) struct Part {
    name: String,
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) data: Bytes,
}

/// A form's parts in their order.
pub(super) struct Form(Vec<Part>);

/// Reads the whole form; one that is malformed is a `400`.
pub(super) fn read(call: &Call) -> Result<Form, Problem> {
    let malformed = |error: multer::Error| Problem::bad_request(format!("The form could not be read: {error}."));
    let boundary = multer::parse_boundary(call.content_type()).map_err(malformed)?;
    let body = call.request.body().clone(); // shares the bytes
    let form = Multipart::new(stream::iter([Ok::<_, Infallible>(body)]), boundary);
    // Everything is there already, so that reading never waits.
    let parts = collect(form).now_or_never();
    let parts = parts.unwrap_or(Err(multer::Error::IncompleteStream));
    Ok(Form(parts.map_err(malformed)?))
}

async fn collect(mut form: Multipart<'_>) -> Result<Vec<Part>, multer::Error> {
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await? {
        if parts.len() == MAX_PARTS {
            return Err(multer::Error::IncompleteStream);
        }
        parts.push(Part {
            name: field.name().unwrap_or_default().to_owned(),
            file_name: field.file_name().map(ToOwned::to_owned),
            content_type: field.content_type().map(ToString::to_string),
            data: field.bytes().await?,
        });
    }
    Ok(parts)
}

impl Form {
    /// Takes out the first part of a name, which is matched in any case.
    pub(super) fn take(&mut self, name: &str) -> Option<Part> {
        let at = self.0.iter().position(|part| part.name.eq_ignore_ascii_case(name))?;
        Some(self.0.swap_remove(at))
    }

    /// A part as text; one that is empty is none.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        let Some(part) = self.take(name) else { return Ok(None) };
        let text = String::from_utf8(part.data.into());
        let text = text.map_err(|_| Problem::invalid(name, "The value is not UTF-8."))?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }
}
