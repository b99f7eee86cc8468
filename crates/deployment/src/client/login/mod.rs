//! How a token is come by: what is sent, how the answer is read, and when another attempt is made. Whoever logs in goes
//! through here, whatever it sends its requests with.

mod account_gate;
mod answer;
mod backoff;
mod exchange;
mod failure;
mod learnt_life;
mod request;

pub use account_gate::AccountGate;
pub use answer::{Given, Reply, TOKEN_BYTES, server_date};
pub use backoff::Backoff;
pub use exchange::{Issued, authenticate, renew};
pub use failure::{LoginFailure, NoToken};
pub use request::{AUTHENTICATE, RENEW, credentials, operation};
