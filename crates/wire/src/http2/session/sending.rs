//! What goes out: calls as they begin, and their bodies as far as the server's windows let them.

use super::super::frame::{MAX_PAYLOAD, flag, kind, put_head};
use super::super::request::Request;
use super::{Closed, KEPT_OUT_BYTES, LAST_STREAM, MAX_OUT_BYTES, Session};
use crate::http2::stream::Stream;
use std::task::Context;

const NO_CALL: &str = "the server lets 0 calls at once on an HTTP/2 connection (SETTINGS_MAX_CONCURRENT_STREAMS): the call was not sent within the time-out";
const NO_TURN: &str = "the server lets fewer calls at once on an HTTP/2 connection than were asked for: the call's turn did not come within the time-out";
const NOT_READ: &str = "the server does not read what is sent: the call was not sent within the time-out";
const NO_BODY: &str = "the server opens no window for the body of the call (SETTINGS_INITIAL_WINDOW_SIZE, WINDOW_UPDATE): it was not sent within the time-out";
const PART_OF_BODY: &str =
    "the server had no window open for the rest of the body (WINDOW_UPDATE): it was not sent within the time-out";

impl Session {
    /// Begins a call, if it is its turn: its stream, and where in the request's head its body begins. Who has to wait keeps its
    /// ticket.
    pub(in crate::http2) fn begin(
        &mut self,
        request: &Request<'_>,
        (body_limit, kept): (u64, &mut Option<Vec<u8>>),
        ticket: &mut Option<u64>,
        cx: &Context<'_>,
    ) -> Result<(u32, usize), Closed> {
        if !self.is_usable() {
            return Err(Closed::Elsewhere);
        }
        let places = self.asked.min(self.allowed).saturating_sub(self.active) as usize;
        let before = match ticket {
            Some(ticket) => self.waiting.iter().position(|(other, _)| other == ticket),
            None => None,
        };
        if before.unwrap_or(self.waiting.len()) >= places || self.out.len() - self.out_at >= MAX_OUT_BYTES {
            if let Some((_, waker)) = before.and_then(|place| self.waiting.get_mut(place)) {
                waker.clone_from(cx.waker());
            } else {
                self.tickets += 1;
                *ticket = Some(self.tickets);
                self.waiting.push_back((self.tickets, cx.waker().clone()));
            }
            return Err(Closed::Wait);
        }
        if let Some(place) = before {
            self.waiting.remove(place);
        }
        *ticket = None;
        let id = self.next_stream;
        let body_at = request.put_head(&mut self.out, id, id == 1).ok_or(Closed::NoRequest)?;
        let mut stream = Stream::new(self.stream_window, body_limit, kept.take());
        stream.unsent = request.head.len() - body_at + request.tail.len();
        self.streams.insert(id, stream);
        self.active += 1;
        self.next_stream += 2;
        // Its numbers are used up after a thousand million calls.
        self.draining |= self.next_stream > LAST_STREAM - 2;
        self.wake_driver();
        Ok((id, body_at))
    }

    /// Sends of a call's body what the server takes now; those that cannot send all wait until it takes more.
    pub(in crate::http2) fn push(&mut self, id: u32, own: &[u8], tail: &[u8]) {
        let Some(stream) = self.streams.get_mut(&id).filter(|stream| stream.ending.is_none()) else {
            return;
        };
        let total = own.len() + tail.len();
        let mut pushed = false;
        while stream.unsent > 0 {
            let room = MAX_OUT_BYTES.saturating_sub(self.out.len() - self.out_at);
            let window = usize::try_from(stream.window.min(self.window)).unwrap_or_default();
            let length = stream.unsent.min(MAX_PAYLOAD).min(room).min(window);
            if length == 0 {
                if !std::mem::replace(&mut stream.queued, true) {
                    self.blocked.push_back(id);
                }
                break;
            }
            let at = total - stream.unsent;
            stream.unsent -= length;
            let taken = i64::try_from(length).unwrap_or(i64::MAX);
            stream.window -= taken;
            self.window -= taken;
            self.owed_back = self.owed_back.map(|owed| owed + taken);
            let flags = if stream.unsent == 0 { flag::END_STREAM } else { 0 };
            put_head(&mut self.out, length, kind::DATA, flags, id);
            let own = own.get(at..).unwrap_or_default();
            let own = &own[..own.len().min(length)];
            let tail_at = at.saturating_sub(total - tail.len());
            self.out.extend_from_slice(own);
            self.out.extend_from_slice(&tail[tail_at..][..length - own.len()]);
            pushed = true;
        }
        stream.sent |= pushed;
        if pushed {
            self.wake_driver();
        }
    }

    /// What of the server's settings and windows kept a call from being sent: one that did not begin, or the one of a stream. None
    /// where nothing did.
    pub(in crate::http2) fn held(&self, id: Option<u32>) -> Option<&'static str> {
        let Some(id) = id else {
            return if self.allowed == 0 {
                Some(NO_CALL)
            } else if self.allowed < self.asked && self.active >= self.allowed {
                Some(NO_TURN)
            } else {
                (!self.to_write().is_empty()).then_some(NOT_READ)
            };
        };
        let stream = self.streams.get(&id)?;
        // What waits for the network is not held up by a window.
        let is_shut = stream.window.min(self.window) <= 0 && self.to_write().is_empty();
        (stream.unsent > 0 && is_shut).then_some(if stream.sent { PART_OF_BODY } else { NO_BODY })
    }

    /// Wakes those that can send more now, in order.
    pub(super) fn release(&mut self) {
        let room = MAX_OUT_BYTES.saturating_sub(self.out.len() - self.out_at);
        let mut left = self.window.min(i64::try_from(room).unwrap_or(i64::MAX));
        for _ in 0..self.blocked.len() {
            if left <= 0 {
                break;
            }
            let Some(id) = self.blocked.pop_front() else { break };
            let Some(stream) = self.streams.get_mut(&id).filter(|stream| stream.ending.is_none()) else {
                continue;
            };
            if stream.window <= 0 {
                self.blocked.push_back(id);
                continue;
            }
            stream.queued = false;
            left -= stream.window.min(i64::try_from(stream.unsent).unwrap_or(i64::MAX));
            if let Some(waker) = stream.waker.take() {
                waker.wake();
            }
        }
    }

    /// What is to be written.
    pub(in crate::http2) fn to_write(&self) -> &[u8] {
        &self.out[self.out_at..]
    }

    /// So much of it was written.
    pub(in crate::http2) fn written(&mut self, count: usize) {
        self.out_at += count;
        if self.out_at < self.out.len() {
            return;
        }
        (self.out_at, self.owed) = (0, 0);
        self.out.clear();
        if self.active == 0 && self.out.capacity() > KEPT_OUT_BYTES {
            self.out = Vec::new();
        }
        self.release();
        if !self.waiting.is_empty() {
            self.let_in();
        }
    }
}
