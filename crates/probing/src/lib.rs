//! What probes are made of: requests and answers, findings, the context checks work in, and the two ways to write a check.
//!
//! Each folder may use those before it in this table (`tests/suite/house/layers.rs` holds it):
//!
//! | folder | what it is |
//! |---|---|
//! | `messages/`, `body`, `fill` | one request and its answer, and how both are shown without secrets |
//! | `findings/` | the clause a case checks, what was found, and why it was not judged |
//! | `context/` | what checks work with: target, contract, accounts, the one way to send |
//! | `probe/` | the two extension points |

pub mod body;
pub mod context;
pub mod fill;
pub mod findings;
pub mod messages;
pub mod probe;

pub use body::{Body, Part};
pub use context::Context;
