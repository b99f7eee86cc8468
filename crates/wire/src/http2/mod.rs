//! HTTP/2: one connection carries the calls of several users.
//!
//! Why not hyper's client here: it costs several tasks, allocations and locks a call, says neither how many calls a server lets go
//! on at once nor which of them it did not begin with before it went away, and what a hostile server can make it keep is for
//! others to bound. A virtual user knows its requests beforehand and throws bodies away, so this writes header blocks that need
//! no table, keeps of answers what a user needs to know, and leaves flow control to the bound of a body.

mod driver;
mod fates;
mod frame;
mod hpack;
mod huffman;
mod link;
mod request;
mod session;
mod static_table;
mod stream;

use super::error::WireError;
pub(super) use fates::Terms;
pub(super) use link::{Call, Link, NoAnswer};
pub(super) use request::Request;
use std::sync::Arc;
pub(super) use stream::Http2Answer;
use tokio::io::{AsyncRead, AsyncWrite};

/// Why HTTP/2 could not be agreed on.
pub(super) struct NoHttp2 {
    pub(super) why: WireError,
    /// Whether the server may not know HTTP/2 at all.
    pub(super) is_unknown: bool,
}

/// Agrees on HTTP/2 over a connection, which is used by `terms`.
pub(super) async fn agree(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    place: usize,
    terms: Terms,
) -> Result<Arc<Link>, NoHttp2> {
    let agreed = Link::agree(stream, place, terms).await;
    agreed.map_err(|unsettled| NoHttp2 {
        why: unsettled.why,
        is_unknown: unsettled.is_none,
    })
}
