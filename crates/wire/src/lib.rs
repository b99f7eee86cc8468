//! HTTP on kept connections: HTTP/1.1, one for each user, and HTTP/2 where asked for, which several may share.
//!
//! Why not hyper's client here: its channel between request and connection costs each idle connection about
//! 10 KB, its read buffer another 8 KB, and every exchange several wake-ups of a second task. A virtual user needs
//! one exchange at a time and throws bodies away, so this writes a prepared request with one vectored write, reads
//! into a buffer that all connections of a thread share, and keeps nothing in between.

mod addresses;
mod body_seen;
mod connection;
mod connector;
mod date_field;
mod error;
mod http1;
mod http2;
mod response;
mod scratch;
mod sharing;
#[cfg(test)]
mod tests;
mod version;

pub use addresses::Addresses;
pub use body_seen::{BodySeen, Media};
pub use connection::{Answer, Connection, Marks};
pub use connector::{Connector, Tunnel};
pub use error::WireError;
pub use sharing::Sharing;
pub use version::HttpVersion;
