//! What a connection's driver and the calls on it share: streams, windows, and bytes to be sent. Nothing in it waits, and all that a
//! server can make it keep is bounded.

mod frames;
mod sending;
#[cfg(test)]
mod tests;

use super::fates::{Fates, Terms};
use super::frame::{Fault, code, flag, kind, put, put_head};
use super::hpack::Decoder;
use super::stream::{Ending, Stream};
use crate::error::WireError;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::io;
use std::sync::Arc;
use std::task::{Context, Waker};

/// What a client's connection begins with.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Windows as they are until somebody says otherwise.
const USUAL_WINDOW: i64 = 65_535;
/// No window is larger.
const MAX_WINDOW: i64 = (1 << 31) - 1;
/// So much may be on its way to us, on a stream and on the connection: bodies are thrown away, so that the bound of a body ends
/// it first.
const OUR_WINDOW: u32 = (1 << 30) - 1;
/// A header block that is longer is refused.
const MAX_BLOCK_BYTES: usize = 64 * 1024;
/// Once so much is to be sent, calls wait.
const MAX_OUT_BYTES: usize = 256 * 1024;
/// A buffer that was emptied keeps its room up to this, or while calls are under way.
const KEPT_OUT_BYTES: usize = 4096;
/// Frames of answers that may still come for a call that we gave up, until the server heard of it: 160 MB in full ones.
const LATE_FRAMES: u32 = 10_000;
/// The last number that a stream may have.
const LAST_STREAM: u32 = (1 << 31) - 1;

/// What a connection's driver and the calls on it share.
#[derive(Debug)]
pub(super) struct Session {
    streams: HashMap<u32, Stream, BuildHasherDefault<StreamHash>>,
    /// Those that are not answered yet.
    active: u32,
    /// Calls at once at most: as was asked for, and as the server lets.
    asked: u32,
    allowed: u32,
    next_stream: u32,
    /// Calls that wait for their turn, in order.
    waiting: VecDeque<(u64, Waker)>,
    tickets: u64,
    /// Streams that wait to send more of their bodies.
    blocked: VecDeque<u32>,
    out: Vec<u8>,
    out_at: usize,
    /// Answers to frames in `out`, which the server made us owe.
    owed: usize,
    driver: Option<Waker>,
    woken: bool,
    /// Whether the server's settings came, which is the first that it says.
    settled: bool,
    settling: Option<Waker>,
    window: i64,
    stream_window: i64,
    /// What came since the server was last told that it may go on.
    came: u32,
    fields: Decoder,
    block: Option<Block>,
    /// Frames that brought nothing forward since the last one that did.
    idle_frames: u32,
    /// Bytes of bodies that we sent and that may still be given back: to the connection's window, and to streams' windows. Who gives
    /// them back in small steps brings something forward.
    owed_back: [i64; 2],
    /// Frames that may still come for calls that are over: those that we gave up, until the server heard of it.
    late_frames: u32,
    /// Whether new calls go elsewhere.
    draining: bool,
    /// What the server said when it sent us away.
    goaway: Option<&'static str>,
    /// How often anything came.
    heard: u64,
    ended: Option<End>,
    fates: Arc<Fates>,
}

/// Why a connection is over.
#[derive(Debug)]
enum End {
    Fault(Fault),
    Lost(io::Error),
}

/// A header block that is under way.
#[derive(Debug)]
struct Block {
    stream: u32,
    end: bool,
    bytes: Vec<u8>,
}

/// Why a call cannot begin here.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Closed {
    /// Another connection is to be used.
    Elsewhere,
    /// It has to wait.
    Wait,
    /// It is no request.
    NoRequest,
}

impl Session {
    /// A connection that is used by these terms.
    pub(super) fn new(terms: Terms) -> Self {
        let mut out = PREFACE.to_vec();
        let settings = [(2_u16, 0_u32), (4, OUR_WINDOW), (6, 64 * 1024)];
        put_head(&mut out, 6 * settings.len(), kind::SETTINGS, 0, 0);
        for (name, value) in settings {
            out.extend_from_slice(&name.to_be_bytes());
            out.extend_from_slice(&value.to_be_bytes());
        }
        let more = OUR_WINDOW - 65_535;
        put(&mut out, kind::WINDOW_UPDATE, 0, 0, &more.to_be_bytes());
        Self {
            streams: HashMap::default(),
            active: 0,
            asked: terms.streams,
            allowed: u32::MAX,
            next_stream: 1,
            waiting: VecDeque::new(),
            tickets: 0,
            blocked: VecDeque::new(),
            out,
            out_at: 0,
            owed: 0,
            driver: None,
            woken: false,
            settled: false,
            settling: None,
            window: USUAL_WINDOW,
            stream_window: USUAL_WINDOW,
            came: 0,
            fields: Decoder::default(),
            block: None,
            idle_frames: 0,
            owed_back: [0; 2],
            late_frames: LATE_FRAMES,
            draining: false,
            goaway: None,
            heard: 0,
            ended: None,
            fates: terms.fates,
        }
    }

    /// Whether new calls may begin here.
    pub(super) fn is_usable(&self) -> bool {
        self.settled && self.ended.is_none() && !self.draining
    }

    /// How many calls the server lets go on at once.
    pub(super) fn allowed(&self) -> u32 {
        self.allowed
    }

    /// Whether it is agreed on; why it cannot be, where it cannot.
    pub(super) fn settled(&mut self, cx: &Context<'_>) -> Option<Result<(), Unsettled>> {
        if self.settled {
            return Some(Ok(()));
        }
        if self.ended.is_none() {
            self.settling = Some(cx.waker().clone());
            return None;
        }
        // A server that knows no HTTP/2 says so in HTTP/1, or closes without a word.
        let is_none = match &self.ended {
            Some(End::Fault(fault)) => *fault == Fault::HTTP_1,
            _ => true,
        };
        Some(Err(Unsettled {
            why: self.lost(),
            is_none,
        }))
    }

    /// New calls go elsewhere from now on.
    pub(super) fn drain(&mut self) {
        self.draining = true;
        self.wake_waiting(usize::MAX);
        self.wake_driver();
    }

    /// How often anything came.
    pub(super) fn heard(&self) -> u64 {
        self.heard
    }

    /// Why calls on it are lost.
    pub(super) fn lost(&self) -> WireError {
        match &self.ended {
            Some(End::Fault(fault)) => WireError::Protocol(fault.why),
            Some(End::Lost(error)) => match self.goaway {
                Some(code) => {
                    let told = format!("{error}, after it had sent GOAWAY ({code})");
                    WireError::Lost(io::Error::new(error.kind(), told))
                }
                None => WireError::Lost(crate::error::same(error)),
            },
            None => WireError::Lost(io::ErrorKind::NotConnected.into()),
        }
    }

    /// The connection is lost, and with it all calls on it.
    pub(super) fn lose(&mut self, error: io::Error) {
        if self.active == 0 {
            self.closed_by_server();
        }
        self.end(End::Lost(error));
    }

    /// Nobody drives it any more.
    pub(super) fn abandon(&mut self) {
        let error = io::Error::new(io::ErrorKind::ConnectionAborted, "it was given up");
        self.end(End::Lost(error));
    }

    /// The server closes it, or sends us away, which is told once. Where we had left it before, it is no news.
    fn closed_by_server(&self) {
        if self.is_usable() {
            self.fates.closed(u64::from(self.next_stream / 2), self.goaway);
        }
    }

    /// The server did what it may not: it is told, and all calls are lost.
    pub(super) fn give_up(&mut self, fault: Fault) {
        // Calls that are under way, and whoever waits for the settings, say it themselves.
        if self.active == 0 && self.settled && self.ended.is_none() {
            self.fates.fault(fault.why);
        }
        let mut payload = [0; 8];
        payload[4..].copy_from_slice(&fault.code.to_be_bytes());
        put(&mut self.out, kind::GOAWAY, 0, 0, &payload);
        self.end(End::Fault(fault));
    }

    fn end(&mut self, end: End) {
        self.ended.get_or_insert(end);
        let open: Vec<u32> = self.streams.keys().copied().collect();
        for id in open {
            self.finish(id, Ending::Lost);
        }
        self.wake_waiting(usize::MAX);
        if let Some(waker) = self.settling.take() {
            waker.wake();
        }
    }

    /// A call ended, however.
    fn finish(&mut self, id: u32, ending: Ending) {
        let Some(stream) = self.streams.get_mut(&id).filter(|stream| stream.ending.is_none()) else {
            return;
        };
        stream.ending = Some(ending);
        if let Some(waker) = stream.waker.take() {
            waker.wake();
        }
        let cut_short = match ending {
            Ending::Answered => stream.unsent > 0,
            Ending::Malformed(_) | Ending::TooLong => true,
            Ending::Unprocessed(_) | Ending::Reset(_) | Ending::Lost => false,
        };
        if cut_short {
            self.put_reset(id);
        }
        self.free_place();
    }

    fn put_reset(&mut self, id: u32) {
        self.late_frames = self.late_frames.saturating_add(LATE_FRAMES);
        put(&mut self.out, kind::RST_STREAM, 0, id, &code::CANCEL.to_be_bytes());
    }

    fn free_place(&mut self) {
        self.active -= 1;
        if !self.waiting.is_empty() {
            self.let_in();
        }
    }

    /// Wakes as many of those that wait as there are places.
    fn let_in(&mut self) {
        let places = self.asked.min(self.allowed).saturating_sub(self.active);
        self.wake_waiting(places as usize);
    }

    fn wake_waiting(&mut self, most: usize) {
        for (_, waker) in self.waiting.iter().take(most) {
            waker.wake_by_ref();
        }
    }

    /// The ending of a call, once it ended; it is forgotten then.
    pub(super) fn collect(&mut self, id: u32, cx: &Context<'_>) -> Option<(Ending, Stream)> {
        let stream = self.streams.get_mut(&id)?;
        let Some(ending) = stream.ending else {
            if !stream.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
                stream.waker = Some(cx.waker().clone());
            }
            return None;
        };
        let stream = self.streams.remove(&id)?;
        self.is_left();
        Some((ending, stream))
    }

    /// A call that nobody waits for any more is given up.
    pub(super) fn forget(&mut self, id: u32) {
        let Some(stream) = self.streams.remove(&id) else { return };
        if stream.ending.is_none() {
            self.put_reset(id);
            self.wake_driver();
            self.free_place();
            self.release();
        }
        self.is_left();
    }

    /// One that waits for its turn no longer does.
    pub(super) fn leave_queue(&mut self, ticket: u64) {
        self.waiting.retain(|(other, _)| *other != ticket);
        self.let_in();
        self.is_left();
    }

    fn is_left(&mut self) {
        if self.draining && self.streams.is_empty() {
            self.wake_driver();
        }
    }

    /// Whether its driver has nothing left to do.
    pub(super) fn is_over(&self) -> bool {
        self.draining && self.streams.is_empty() && self.waiting.is_empty()
    }

    fn wake_driver(&mut self) {
        if !std::mem::replace(&mut self.woken, true)
            && let Some(driver) = &self.driver
        {
            driver.wake_by_ref();
        }
    }

    /// The driver is at work.
    pub(super) fn driven(&mut self, cx: &Context<'_>) {
        self.woken = false;
        if !self.driver.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            self.driver = Some(cx.waker().clone());
        }
    }

    /// Answers a frame of the server's with one of ours.
    fn owe(&mut self, kind: u8, payload: &[u8]) -> Result<(), Fault> {
        /// So much may be owed to a server that does not read.
        const MOST: usize = 64 * 1024;
        put(&mut self.out, kind, flag::ACK, 0, payload);
        self.owed += super::frame::HEAD_BYTES + payload.len();
        if self.owed > MOST {
            return Err(Fault {
                code: code::ENHANCE_YOUR_CALM,
                why: "the server sends frames that must be answered, and does not read the answers",
            });
        }
        Ok(())
    }
}

/// Why HTTP/2 could not be agreed on.
#[derive(Debug)]
pub(super) struct Unsettled {
    pub(super) why: WireError,
    /// Whether the server may not know HTTP/2 at all.
    pub(super) is_none: bool,
}

/// Streams have our own numbers: nobody can choose them to collide.
#[derive(Debug, Default)]
struct StreamHash(u64);

impl Hasher for StreamHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}
