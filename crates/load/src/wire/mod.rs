//! HTTP on one keep-alive connection: HTTP/1.1 for the hot path, HTTP/2 where asked for.
//!
//! Why not hyper's client here: its channel between request and connection costs each idle connection about
//! 10 KB, its read buffer another 8 KB, and every exchange several wake-ups of a second task. A virtual user needs
//! one exchange at a time and throws bodies away, so this writes a prepared request with one vectored write, reads
//! into a buffer that all connections of a thread share, and keeps nothing in between.

mod addresses;
mod body_seen;
mod connection;
mod date_field;
mod error;
mod http2;
mod response;
mod version;

pub(super) use addresses::Addresses;
pub(super) use body_seen::{BodySeen, Media};
pub(super) use connection::{Answer, Connection, Connector, Tunnel};
pub(super) use error::WireError;
pub(super) use version::HttpVersion;

/// What is kept of a body that was asked for.
const MAX_KEPT_BYTES: usize = 64 * 1024;
