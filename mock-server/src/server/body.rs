//! Collecting a request's body into one piece, within a bound.

use crate::identities::MAX_BODY_BYTES;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body, Incoming};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// How much of a body beyond the limit is read and thrown away, so that the client hears the `413` and not a reset.
const MAX_DISCARDED_BYTES: usize = 2 * MAX_BODY_BYTES;

/// A body that takes longer than this to arrive is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A body as it was received.
pub(super) enum Received {
    Whole(Bytes),
    TooLarge,
    /// It ended before its end, or took too long.
    Broken,
}

/// All bodies together take so much memory, in KiB: whoever sends them need not have proved anything yet. Further ones wait.
const ROOM_KIB: u32 = 256 << 10;

static ROOM: Semaphore = Semaphore::const_new(ROOM_KIB as usize);

/// Receives a body. The memory that it takes is accounted for until what comes with it is dropped.
pub(super) async fn receive(body: Incoming) -> (Received, Option<SemaphorePermit<'static>>) {
    if body.is_end_stream() {
        return (Received::Whole(Bytes::new()), None);
    }
    let announced = body.size_hint().exact().and_then(|size| usize::try_from(size).ok());
    let most = announced.unwrap_or(MAX_BODY_BYTES).min(MAX_BODY_BYTES);
    let kib = u32::try_from(most.div_ceil(1024)).unwrap_or(ROOM_KIB);
    let received = tokio::time::timeout(PATIENCE, async {
        // It is never closed.
        let room = ROOM.acquire_many(kib).await.ok();
        (collect(body).await, room)
    });
    received.await.unwrap_or((Received::Broken, None))
}

async fn collect(mut body: Incoming) -> Received {
    let announced = body.size_hint().exact().and_then(|size| usize::try_from(size).ok());
    let mut whole: Option<BytesMut> = None;
    let mut first: Option<Bytes> = None;
    let mut total = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Received::Broken };
        let Ok(data) = frame.into_data() else { continue }; // trailers say nothing here
        total += data.len();
        if total > MAX_DISCARDED_BYTES {
            return Received::TooLarge;
        }
        if total > MAX_BODY_BYTES {
            (whole, first) = (None, None);
        } else if total == data.len() {
            first = Some(data); // a body that comes in one piece is passed on as it is
        } else {
            let whole = whole.get_or_insert_with(|| {
                let mut all = BytesMut::with_capacity(announced.unwrap_or(2 * total).min(MAX_BODY_BYTES));
                all.extend_from_slice(first.take().as_deref().unwrap_or_default());
                all
            });
            whole.extend_from_slice(&data);
        }
    }
    if total > MAX_BODY_BYTES {
        return Received::TooLarge;
    }
    Received::Whole(whole.map(BytesMut::freeze).or(first).unwrap_or_default())
}
