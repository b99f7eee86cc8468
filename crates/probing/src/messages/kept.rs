//! What is kept of an answer when a check is over with it: bodies may be large, and cases are many.

use http::header::{CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue};
use proofload_deployment::client::Answer;
use proofload_deployment::client::room::Room;

/// Most bytes of a body that are kept.
const BODY: usize = 128 * 1024;
/// So many are kept whatever else is.
const ALWAYS: usize = 2 * 1024;
/// What all bodies that are kept have room in, beyond that.
const TOGETHER: usize = 24 << 20;
/// Most bytes of a header's value that are kept.
const HEADER: usize = 4 * 1024;

/// The headers that are kept.
const HEADERS: [HeaderName; 7] = [
    CONTENT_TYPE,
    LOCATION,
    WWW_AUTHENTICATE,
    http::header::ALLOW,
    http::header::DATE,
    http::header::SERVER,
    http::header::RETRY_AFTER,
];

/// Room for what is kept when checks are over.
pub(crate) fn room_to_keep() -> Room {
    Room::of(TOGETHER)
}

/// Lets go of all but the beginning of a large body.
pub(crate) fn cut_body(answer: &mut Answer, room: &Room) {
    let mut taken = room.taken();
    let wanted = answer.body.len().min(BODY);
    let kept = if wanted <= ALWAYS || taken.more(wanted) {
        wanted
    } else {
        ALWAYS
    };
    answer.truncated |= kept < answer.body.len();
    answer.body = taken.body(answer.body[..kept].to_vec());
}

/// Lets go of headers that nobody is shown.
pub(crate) fn cut_headers(answer: &mut Answer) {
    let kept = HEADERS
        .iter()
        .filter_map(|name| Some((name.clone(), own(answer.headers.get(name)?)?)));
    answer.headers = kept.collect();
}

/// A header's value in memory of its own: as it was received it holds on to all that was read together with it.
fn own(value: &HeaderValue) -> Option<HeaderValue> {
    let bytes = value.as_bytes();
    HeaderValue::from_bytes(&bytes[..bytes.len().min(HEADER)]).ok()
}
