//! What comes in, frame by frame.

use super::super::frame::{Fault, Head, Piece, code, code_name, flag, kind};
use super::super::stream::{BlockSeen, Ending};
use super::{Block, MAX_BLOCK_BYTES, MAX_WINDOW, OUR_WINDOW, Session};
use crate::http2::frame::put;

/// So many frames that bring nothing forward are taken in a row, and so many more for each call that is under way.
const MAX_IDLE_FRAMES: u32 = 10_000;
const IDLE_FRAMES_EACH: u32 = 100;

impl Session {
    /// Something came.
    pub(in crate::http2) fn hear(&mut self) {
        self.heard += 1;
    }

    /// Takes the next part of what came.
    pub(in crate::http2) fn take(&mut self, piece: Piece<'_>) -> Result<(), Fault> {
        match piece {
            Piece::Data { stream, bytes, end } => {
                self.check_order(kind::DATA, stream)?;
                self.data(stream, bytes, bytes.len(), end)
            }
            Piece::Frame { head, payload } => {
                self.check_order(head.kind, head.stream)?;
                self.frame(head, payload)
            }
        }
    }

    /// Settings come first, and nothing comes between the parts of a header block.
    fn check_order(&self, kind: u8, stream: u32) -> Result<(), Fault> {
        if !self.settled && kind != kind::SETTINGS {
            return Err(Fault::protocol("the server did not begin with its settings"));
        }
        match &self.block {
            Some(block) if kind != kind::CONTINUATION || block.stream != stream => {
                Err(Fault::protocol("a head was not ended before something else came"))
            }
            None if kind == kind::CONTINUATION => Err(Fault::protocol("a head went on that had not begun")),
            _ => Ok(()),
        }
    }

    fn frame(&mut self, head: Head, payload: &[u8]) -> Result<(), Fault> {
        match head.kind {
            kind::DATA => {
                let bytes = unpadded(head, payload)?;
                self.data(head.stream, bytes, payload.len(), head.has(flag::END_STREAM))
            }
            kind::HEADERS => {
                let mut fragment = unpadded(head, payload)?;
                if head.has(flag::PRIORITY) {
                    fragment = fragment.get(5..).ok_or(TOO_SHORT)?;
                }
                self.check_stream(head.stream)?;
                let end = head.has(flag::END_STREAM);
                if head.has(flag::END_HEADERS) {
                    return self.fields(head.stream, fragment, end);
                }
                self.block = Some(Block {
                    stream: head.stream,
                    end,
                    bytes: fragment.to_vec(),
                });
                Ok(())
            }
            kind::CONTINUATION => self.go_on(head, payload),
            kind::RST_STREAM => {
                self.check_stream(head.stream)?;
                let code = number(payload)?;
                self.idle()?;
                self.finish(head.stream, Ending::of_reset(code));
                Ok(())
            }
            kind::SETTINGS => self.settings(head, payload),
            kind::PUSH_PROMISE => Err(Fault::protocol("the server pushes though it was told not to")),
            kind::PING => {
                self.idle()?;
                if payload.len() != 8 {
                    return Err(TOO_SHORT);
                }
                if head.has(flag::ACK) {
                    Ok(())
                } else {
                    self.owe(kind::PING, payload)
                }
            }
            kind::GOAWAY => self.goaway(payload),
            kind::WINDOW_UPDATE => self.window_update(head.stream, number(payload)?),
            // Priorities, and what is not known: to be passed over.
            _ => self.idle(),
        }
    }

    /// A frame that brings nothing forward.
    fn idle(&mut self) -> Result<(), Fault> {
        self.idle_frames += 1;
        if self.idle_frames > MAX_IDLE_FRAMES.saturating_add(self.active.saturating_mul(IDLE_FRAMES_EACH)) {
            return Err(FLOOD);
        }
        Ok(())
    }

    /// A part of an answer to a call that is over. Other calls' answers do not make up for it.
    fn late(&mut self) -> Result<(), Fault> {
        self.late_frames = self.late_frames.checked_sub(1).ok_or(FLOOD)?;
        Ok(())
    }

    /// Bytes that we sent are given back to a window: that brings something forward, in however small steps. More than was sent is
    /// no giving back.
    fn take_back(&mut self, window: usize, bytes: i64) -> Result<(), Fault> {
        let owed = self.owed_back[window];
        self.owed_back[window] = (owed - bytes).max(0);
        if owed > 0 && bytes > 0 { Ok(()) } else { self.idle() }
    }

    /// Only streams that were begun have frames.
    fn check_stream(&self, id: u32) -> Result<(), Fault> {
        if id % 2 == 1 && id < self.next_stream {
            return Ok(());
        }
        Err(Fault::protocol("the server answers what nobody asked"))
    }

    fn data(&mut self, id: u32, bytes: &[u8], flow: usize, end: bool) -> Result<(), Fault> {
        self.check_stream(id)?;
        self.came += u32::try_from(flow).unwrap_or(u32::MAX);
        if self.came > OUR_WINDOW / 2 {
            put(&mut self.out, kind::WINDOW_UPDATE, 0, 0, &self.came.to_be_bytes());
            self.came = 0;
        }
        let open = self.streams.get_mut(&id).filter(|stream| stream.ending.is_none());
        let ending = if let Some(stream) = open {
            let ending = stream.body(bytes, end);
            if !bytes.is_empty() || end {
                self.idle_frames = 0;
            }
            ending
        } else {
            self.late()?;
            None
        };
        if bytes.is_empty() && !end {
            self.idle()?;
        }
        if let Some(ending) = ending {
            self.finish(id, ending);
        }
        Ok(())
    }

    fn go_on(&mut self, head: Head, payload: &[u8]) -> Result<(), Fault> {
        const TOO_LONG: Fault = Fault {
            code: code::ENHANCE_YOUR_CALM,
            why: "the head of the response is too long",
        };
        self.idle()?;
        let Some(mut block) = self.block.take() else {
            return Ok(());
        };
        if block.bytes.len() + payload.len() > MAX_BLOCK_BYTES {
            return Err(TOO_LONG);
        }
        block.bytes.extend_from_slice(payload);
        if head.has(flag::END_HEADERS) {
            return self.fields(block.stream, &block.bytes, block.end);
        }
        self.block = Some(block);
        Ok(())
    }

    /// A whole header block. It is read even where nobody waits for it: those after it build on it.
    fn fields(&mut self, id: u32, block: &[u8], end: bool) -> Result<(), Fault> {
        let mut seen = BlockSeen::default();
        let read = self.fields.decode(block, |field| seen.take(field));
        read.map_err(|_| Fault {
            code: code::COMPRESSION_ERROR,
            why: "the head of the answer cannot be decoded (HPACK)",
        })?;
        let Some(stream) = self.streams.get_mut(&id).filter(|stream| stream.ending.is_none()) else {
            return self.late();
        };
        self.idle_frames = 0;
        if let Some(ending) = stream.head(&seen, end) {
            self.finish(id, ending);
        }
        Ok(())
    }

    fn settings(&mut self, head: Head, payload: &[u8]) -> Result<(), Fault> {
        if head.has(flag::ACK) {
            return self.idle();
        }
        if head.stream != 0 || !payload.len().is_multiple_of(6) {
            return Err(TOO_SHORT);
        }
        self.idle()?;
        for setting in payload.chunks_exact(6) {
            let [n1, n2, v1, v2, v3, v4] = setting else { continue };
            let value = u32::from_be_bytes([*v1, *v2, *v3, *v4]);
            match u16::from_be_bytes([*n1, *n2]) {
                3 => self.allowed = value,
                4 => self.resize(i64::from(value))?,
                // Our frames are as short as all servers take them, and nothing of ours enters a table.
                _ => {}
            }
        }
        self.owe(kind::SETTINGS, &[])?;
        self.settled = true;
        if let Some(waker) = self.settling.take() {
            waker.wake();
        }
        self.let_in();
        self.release();
        Ok(())
    }

    /// All streams' windows are as large as if they had been from the beginning.
    fn resize(&mut self, size: i64) -> Result<(), Fault> {
        let change = size - self.stream_window;
        self.stream_window = size;
        for stream in self.streams.values_mut() {
            stream.window += change;
            if stream.window > MAX_WINDOW {
                return Err(WINDOW_TOO_LARGE);
            }
        }
        if size > MAX_WINDOW {
            Err(WINDOW_TOO_LARGE)
        } else {
            Ok(())
        }
    }

    fn window_update(&mut self, id: u32, more: u32) -> Result<(), Fault> {
        let more = i64::from(more & 0x7fff_ffff);
        self.take_back(usize::from(id != 0), more)?;
        if id == 0 {
            self.window += more;
            if more == 0 || self.window > MAX_WINDOW {
                return Err(WINDOW_TOO_LARGE);
            }
            self.release();
            return Ok(());
        }
        self.check_stream(id)?;
        let Some(stream) = self.streams.get_mut(&id) else {
            return Ok(());
        };
        stream.window += more;
        if more == 0 || stream.window > MAX_WINDOW {
            let wrong = Ending::Malformed("the server lets a call send more than there can be, or nothing more");
            self.finish(id, wrong);
        } else {
            self.release();
        }
        Ok(())
    }

    /// The server sends us away: what it did not begin with it never will, and may be sent elsewhere.
    fn goaway(&mut self, payload: &[u8]) -> Result<(), Fault> {
        let (last, rest) = payload.split_at_checked(4).ok_or(TOO_SHORT)?;
        let last = number(last)? & 0x7fff_ffff;
        let code = number(rest.get(..4).ok_or(TOO_SHORT)?)?;
        self.idle()?;
        self.goaway = Some(code_name(code));
        self.closed_by_server();
        let unprocessed: Vec<u32> = self.streams.keys().copied().filter(|id| *id > last).collect();
        for id in unprocessed {
            self.finish(id, Ending::Unprocessed("GOAWAY"));
        }
        self.drain();
        Ok(())
    }
}

const FLOOD: Fault = Fault {
    code: code::ENHANCE_YOUR_CALM,
    why: "the server floods the connection with frames that bring nothing forward",
};

const TOO_SHORT: Fault = Fault {
    code: code::FRAME_SIZE_ERROR,
    why: "a frame of the server is not as long as its kind has to be",
};

const WINDOW_TOO_LARGE: Fault = Fault {
    code: code::FLOW_CONTROL_ERROR,
    why: "the server lets more be sent than there can be, or nothing more",
};

fn number(payload: &[u8]) -> Result<u32, Fault> {
    payload.try_into().map(u32::from_be_bytes).map_err(|_| TOO_SHORT)
}

fn unpadded(head: Head, payload: &[u8]) -> Result<&[u8], Fault> {
    if !head.has(flag::PADDED) {
        return Ok(payload);
    }
    let (padding, rest) = payload.split_first().ok_or(TOO_SHORT)?;
    let length = rest.len().checked_sub(usize::from(*padding));
    length.and_then(|length| rest.get(..length)).ok_or(TOO_SHORT)
}
