//! A client of the API: bounded exchanges, and sessions that keep their token valid.

mod http;
mod session;

pub use self::http::{Answer, Http, Limits, TransportError};
pub use session::{Session, SessionError};
