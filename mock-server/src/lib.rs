//! A faithful, stateful eConnect Identities server to test against.
//!
//! [`Identities`] is the server without a transport: a request goes in, a response comes out, and what was
//! written stays written. [`Server`] puts it on HTTP and HTTPS sockets and is fast enough to be loaded;
//! `adapter_wiremock` (feature `wiremock`) puts it behind a `wiremock::MockServer` for in-process tests, which is
//! never a load target: wiremock takes a lock for each request and clones its body.
//!
//! Its layers, each of which knows only those before it: `operation`, `stores`, `defects` and `token`; `state`, which
//! holds them; `faults`, what defects make of an answer; `handlers`, one file per family of operations; `identities`, which
//! routes, authenticates and authorises; `variants`, which dress what comes and goes as other sound servers do.
//!
//! The behaviour is written by hand from what is known of the API, not derived from the contract that
//! conformance checks against: two readings of the same facts catch each other's mistakes.

mod accounts;
mod answer;
mod call;
mod clock;
mod defects;
mod faults;
mod handlers;
mod identities;
mod operation;
mod queue;
mod route;
mod seed;
mod server;
mod settings;
mod state;
mod stores;
mod token;
mod variants;
mod vision;

#[cfg(feature = "wiremock")]
pub mod adapter_wiremock;

pub use accounts::{ACCOUNTS, Granted, SeededAccount};
pub use clock::{Clock, ManualClock, SystemClock};
pub use defects::{Defect, Group, UnknownDefect};
pub use faults::crowd::Entered;
pub use faults::transport::Fate;
pub use identities::Identities;
pub use operation::operation_ids;
pub use proofload_contract::Severity;
pub use queue::{Begun, Behaviour, BehaviourError, Queue, QueueSettings, ServiceTime, ServiceTimeError};
pub use seed::{SEEDED_PERSON, SEEDED_PERSON_WITH_FACE, SEEDED_TAG};
pub use server::{Listen, Server, StartError};
pub use settings::Settings;
pub use variants::{Kind, UnknownVariant, Variant};
