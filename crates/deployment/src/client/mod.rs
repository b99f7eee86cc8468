//! A client of the API: bounded exchanges, and sessions that keep their token valid.

mod clock;
mod http;
pub mod login;
mod loss;
mod patience;
mod preflight;
mod retrace;
pub mod room;
mod session;
mod session_error;
mod speaks_http;
mod speaks_tls;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod transport_error;
mod waited;

pub use self::http::{Answer, Connection, Http, Limits, looks_compressed, looks_like_html};
pub use clock::{Clock, SystemClock};
pub use loss::Loss;
pub use preflight::{PreflightError, preflight};
pub use session::{Session, SessionOptions};
pub use session_error::{Purpose, SessionError};
pub use transport_error::TransportError;
pub use waited::Waited;
