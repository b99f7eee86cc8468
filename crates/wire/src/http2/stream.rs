//! One call on a connection: what came of its answer, and what of its body is still to be sent.

use super::frame::code_name;
use super::hpack::Field;
use crate::body_seen::{BodySeen, MAX_KEPT_BYTES};
use crate::date_field::DateField;
use std::task::Waker;

/// Interim responses (1xx) in front of one final response.
const MAX_INTERIM: u32 = 16;

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Http2Answer {
    pub(crate) status: u16,
    /// The body, where it was asked for.
    pub(crate) body: Vec<u8>,
    /// What was seen of the body, asked for or not.
    pub(crate) seen: BodySeen,
    /// The server's clock, where the body was asked for.
    pub(crate) date: DateField,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It was answered.
    Answered,
    /// The server said that it did nothing of it: it may be sent again, whatever it was.
    Unprocessed(&'static str),
    /// The server gave it up; with which code.
    Reset(&'static str),
    /// Its answer breaks the protocol.
    Malformed(&'static str),
    /// Its answer is longer than the bound.
    TooLong,
    /// The connection was lost.
    Lost,
}

impl Ending {
    /// The server gave the call up.
    pub(super) fn of_reset(code: u32) -> Self {
        match code {
            super::frame::code::REFUSED_STREAM => Self::Unprocessed("REFUSED_STREAM"),
            code => Self::Reset(code_name(code)),
        }
    }
}

/// A call.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) ending: Option<Ending>,
    pub(super) waker: Option<Waker>,
    /// What the server still takes of the body.
    pub(super) window: i64,
    /// What of the body is still to be sent.
    pub(super) unsent: usize,
    /// Whether anything of it was sent.
    pub(super) sent: bool,
    /// Whether it stands in the queue of those that wait to send.
    pub(super) queued: bool,
    status: u16,
    interim: u32,
    seen: BodySeen,
    date: DateField,
    /// What `content-length` says.
    length: Option<u64>,
    received: u64,
    body_limit: u64,
    kept: Option<Vec<u8>>,
}

/// What one header block says.
#[derive(Debug)]
pub(super) struct BlockSeen {
    status: Option<u16>,
    seen: BodySeen,
    date: DateField,
    length: Option<u64>,
    /// What is wrong with it.
    wrong: Option<&'static str>,
}

impl Default for BlockSeen {
    fn default() -> Self {
        Self {
            status: None,
            seen: BodySeen::default(),
            date: DateField::NONE,
            length: None,
            wrong: None,
        }
    }
}

impl BlockSeen {
    pub(super) fn take(&mut self, field: Field) {
        match field {
            Field::Status(status) => {
                if self.status.replace(status).is_some() {
                    self.is_wrong("the answer has two statuses");
                }
            }
            Field::Media(media) => self.seen.media = media,
            Field::Encoded(encoded) => self.seen.encoded = encoded,
            Field::Length(length) => {
                if self.length.replace(length).is_some_and(|other| other != length) {
                    self.is_wrong("the answer has two Content-Length fields that differ");
                }
            }
            Field::Date(date) => self.date = date,
            Field::Other => {}
            Field::Wrong(why) => self.is_wrong(why),
        }
    }

    /// The first that is wrong is told.
    fn is_wrong(&mut self, why: &'static str) {
        self.wrong.get_or_insert(why);
    }
}

impl Stream {
    pub(super) fn new(window: i64, body_limit: u64, kept: Option<Vec<u8>>) -> Self {
        Self {
            ending: None,
            waker: None,
            window,
            unsent: 0,
            sent: false,
            queued: false,
            status: 0,
            interim: 0,
            seen: BodySeen::default(),
            date: DateField::NONE,
            length: None,
            received: 0,
            body_limit,
            kept,
        }
    }

    /// A header block came; the ending where the call ended with it.
    pub(super) fn head(&mut self, block: &BlockSeen, end: bool) -> Option<Ending> {
        if let Some(why) = block.wrong {
            return Some(Ending::Malformed(why));
        }
        if self.status != 0 {
            // Trailers.
            return Some(match (block.status, end) {
                (None, true) => self.end(),
                (None, false) => Ending::Malformed("fields came behind the answer, which did not end with them"),
                (Some(_), _) => Ending::Malformed("a second status came behind the head of the answer"),
            });
        }
        match block.status {
            None => return Some(Ending::Malformed("the head of the answer has no status")),
            Some(100..200) => {
                self.interim += 1;
                let too_many = end || self.interim > MAX_INTERIM || block.status == Some(101);
                return too_many.then_some(Ending::Malformed("the server answers with interim responses only"));
            }
            Some(status) => self.status = status,
        }
        (self.seen, self.date, self.length) = (block.seen, block.date, block.length);
        if self.length.is_some_and(|length| length > self.body_limit) && self.has_body() {
            return Some(Ending::TooLong);
        }
        end.then(|| self.end())
    }

    /// Bytes of the body came; the ending where the call ended with them.
    pub(super) fn body(&mut self, bytes: &[u8], end: bool) -> Option<Ending> {
        if self.status == 0 {
            return Some(Ending::Malformed("a body came before its head"));
        }
        self.received += bytes.len() as u64;
        self.seen.bytes(bytes);
        if self.received > self.body_limit {
            return Some(Ending::TooLong);
        }
        if let Some(kept) = &mut self.kept {
            let room = MAX_KEPT_BYTES.saturating_sub(kept.len());
            kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
        end.then(|| self.end())
    }

    fn has_body(&self) -> bool {
        !matches!(self.status, 204 | 304)
    }

    fn end(&self) -> Ending {
        match self.length {
            Some(length) if length != self.received && self.has_body() => {
                Ending::Malformed("the body of the answer is not as long as its Content-Length says")
            }
            _ => Ending::Answered,
        }
    }

    /// The answer, once it is whole.
    pub(super) fn into_answer(self) -> Http2Answer {
        let asked = self.kept.is_some();
        Http2Answer {
            status: self.status,
            body: self.kept.unwrap_or_default(),
            seen: self.seen,
            date: if asked { self.date } else { DateField::NONE },
        }
    }
}
