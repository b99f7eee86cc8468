//! One request ([`Draft`]), its answer ([`Exchange`]), and how both are shown without their secrets.

mod curl;
mod draft;
mod exchange;
mod kept;
pub mod redact;
mod step;
pub mod variables;

pub use draft::{Draft, HeaderLine};
pub use exchange::Exchange;
pub use exchange::{Display, is_refusal};
pub(crate) use kept::{cut_body, cut_headers, room_to_keep};
pub use proofload_results::shell::shell;
pub use step::Step;
