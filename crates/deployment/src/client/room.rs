//! How much may be held of what a server sends: of all bodies together, for each alone may be small enough.

use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Room for bytes that whoever holds a body takes, and that is free again when the last copy of the body is gone. Cheap to
/// clone; clones share it.
#[derive(Debug, Clone)]
pub struct Room(Arc<AtomicUsize>);

impl Room {
    /// Room for so many bytes.
    pub fn of(bytes: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(bytes)))
    }

    /// Takes room for nothing yet.
    pub fn taken(&self) -> Taken {
        Taken {
            room: self.clone(),
            bytes: 0,
        }
    }
}

/// A part of a [`Room`], given back when dropped.
#[derive(Debug)]
pub struct Taken {
    room: Room,
    bytes: usize,
}

impl Taken {
    /// Takes so many bytes more; whether there was room for them.
    #[must_use]
    pub fn more(&mut self, bytes: usize) -> bool {
        let taken = self
            .room
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        if taken.is_ok() {
            self.bytes += bytes;
        }
        taken.is_ok()
    }

    /// A body that holds this part of the room for as long as it is held itself.
    pub fn body(self, mut body: Vec<u8>) -> Bytes {
        if self.bytes == 0 {
            return body.into();
        }
        body.shrink_to_fit();
        Bytes::from_owner(Held { body, _taken: self })
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.room.0.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

struct Held {
    body: Vec<u8>,
    _taken: Taken,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_free_again_when_the_last_copy_of_a_body_is_gone() {
        let room = Room::of(10);
        let mut taken = room.taken();
        assert!(taken.more(6) && !taken.more(5));
        let body = taken.body(vec![1; 6]);
        let copy = body.slice(1..3);
        drop(body);
        assert!(!room.taken().more(5), "a copy is still held");
        drop(copy);
        assert!(room.taken().more(10));
    }
}
