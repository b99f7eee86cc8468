//! One request ([`Draft`]), its answer ([`Exchange`]), and how both are shown without their secrets.

mod curl;
mod draft;
mod exchange;
pub(crate) mod redact;

pub use draft::{Draft, HeaderLine, shell};
pub use exchange::Exchange;
pub(crate) use exchange::{Display, is_refusal};
