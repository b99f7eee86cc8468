//! One request ([`Draft`]), its answer ([`Exchange`]), and how both are shown without their secrets.

mod curl;
mod draft;
mod exchange;
pub(crate) mod redact;
mod step;
pub(crate) mod variables;

pub use draft::{Draft, HeaderLine};
pub use exchange::Exchange;
pub(crate) use exchange::{Display, is_refusal};
pub use proofload_results::shell::shell;
pub(crate) use step::Step;
