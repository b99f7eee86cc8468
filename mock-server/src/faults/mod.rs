//! What a server with defects does otherwise, one file for each point where it departs from a right one.
//!
//! The server proper asks at its decision points whether it has a defect (`server.has(Defect::…)`); what takes more than
//! a line stands here: [`authentication`] forgives tokens, [`credentials`] passwords, [`authorisation`] opens and closes
//! doors, [`issuing`] spoils tokens, [`answers`] spoils what has already been answered rightly, [`transport`]
//! loses it, [`cached`] gives it to others, [`busy`] knows when there is too much of it, and
//! [`crowd`] when too many come at once.

pub(crate) mod answers;
pub(crate) mod authentication;
pub(crate) mod authorisation;
pub(crate) mod busy;
pub(crate) mod cached;
pub(crate) mod credentials;
pub(crate) mod crowd;
pub(crate) mod issuing;
pub(crate) mod transport;
