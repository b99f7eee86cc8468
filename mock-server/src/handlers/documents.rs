//! Files about people.

use super::multipart;
use crate::answer::{self, Answer, Problem};
use crate::call::Call;
use crate::defects::Defect;
use crate::state::State;
use crate::stores::Document;
use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_DISPOSITION;
use serde_json::json;
use std::str::FromStr;
use uuid::Uuid;

/// The type of a file that came without one.
const UNKNOWN_TYPE: &str = "application/octet-stream";

pub(super) fn upload(server: &State, call: &Call) -> Result<Answer, Problem> {
    let mut form = multipart::read(call)?;
    let (person, mut name) = (form.text("personId")?, form.text("name")?);
    if server.has(Defect::UploadWithoutName) {
        name.get_or_insert_with(|| "untitled".to_owned());
    }
    let missing: Vec<_> = [("personId", &person), ("name", &name)]
        .into_iter()
        .filter(|(_, value)| value.is_none())
        .map(|(member, _)| (member.to_owned(), format!("The {member} field is required.")))
        .collect();
    let (Some(person), Some(name)) = (person, name) else {
        return Err(Problem::validation(missing));
    };
    let Ok(person) = Uuid::from_str(&person) else {
        return Err(Problem::invalid(
            "personId",
            format!("The value '{person}' is not valid."),
        ));
    };
    if !server.stores.people.contains(person) {
        return Err(Problem::not_found("There is no such person."));
    }
    let description = form.text("description")?;
    // The file is not listed as required: without one, the document is empty.
    let file = form.take("file");
    let content_type = file.as_ref().and_then(|file| file.content_type.clone());
    let file_name = file.as_ref().and_then(|file| file.file_name.clone());
    // A copy, so that the rest of the form is not kept with it.
    let data = file.map_or_else(Bytes::new, |file| Bytes::copy_from_slice(&file.data));
    let id = server.stores.documents.add(Document {
        person,
        name: name.clone(),
        description: description.clone(),
        content_type: content_type.unwrap_or_else(|| UNKNOWN_TYPE.to_owned()),
        data,
    });
    Ok(answer::json(&json!({
        "documentId": id, "personId": person, "name": name, "description": description, "fileName": file_name,
    })))
}

/// The file, byte for byte, with the type it came with. It is offered as a download, never shown in place.
pub(super) fn data(server: &State, call: &Call) -> Result<Answer, Problem> {
    let (person, id) = (call.id(0)?, call.id(1)?);
    let document = server.stores.documents.get(id);
    let document = document.filter(|document| document.person == person || server.has(Defect::DocumentOfAnybody));
    let document = document.ok_or_else(|| Problem::not_found("The person has no such document."))?;
    let content_type = HeaderValue::from_str(&document.content_type);
    let content_type = content_type.unwrap_or(HeaderValue::from_static(UNKNOWN_TYPE));
    let mut answer = answer::bytes(content_type, document.data.clone());
    answer
        .headers_mut()
        .insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    Ok(answer)
}
