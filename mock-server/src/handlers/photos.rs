//! Photos as JPEG bytes.

use crate::answer::{self, Answer, Problem};
use crate::call::Call;
use crate::defects::Defect;
use crate::state::State;
use bytes::Bytes;
use http::HeaderValue;

/// The photo that a face was enrolled with.
pub(super) fn enrollment(server: &State, call: &Call) -> Result<Answer, Problem> {
    let mut face = server.stores.faces.get(call.id(0)?);
    if face.is_some() && server.has(Defect::PhotoOfSomebodyElse) {
        face = server.stores.faces.first();
    }
    jpeg(face.and_then(|face| face.photo.clone()))
}

/// What the camera sent when it saw a face; gone when newer images took its place.
pub(super) fn detection(server: &State, call: &Call) -> Result<Answer, Problem> {
    let (face, detection) = (call.id(0)?, call.id(1)?);
    let image = server.stores.faces.get(face).and_then(|face| {
        let log = face.log.lock();
        log.find(detection).and_then(|detection| detection.image.upgrade())
    });
    jpeg(image.map(|image| image.bytes.clone()))
}

fn jpeg(photo: Option<Bytes>) -> Result<Answer, Problem> {
    let photo = photo.ok_or_else(|| Problem::not_found("There is no such photo."))?;
    Ok(answer::bytes(HeaderValue::from_static("image/jpeg"), photo))
}
