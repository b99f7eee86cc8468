//! Behaviour that takes several calls: what the facts say an operation does, beyond who may call it.
//!
//! One file per family, listed in [`all`]. A [`Family`](family::Family) declares its cases and plays its calls; a
//! [`Play`](play::Play) makes them, holds every answer to the cases that are [common] to all operations, and removes
//! what was stored. Where several operations show the same thing, [`claims`] settles which of them is at fault.

mod claims;
mod common;
mod credentials;
mod family;
mod name;
mod people;
mod person_tags;
mod play;
mod publish;
mod renewal;
mod search;
mod sub_resources;
mod tags;
#[cfg(test)]
mod tests;
mod value;

pub(super) use people::{Enrolment, people};

use super::probe::Sequence;

/// Every sequence, in the order of the report.
pub fn all() -> Vec<Box<dyn Sequence>> {
    let mut families = vec![credentials::family(), renewal::family()];
    families.extend(publish::all());
    families.extend([search::family(), person_tags::family(), tags::family()]);
    families.extend(sub_resources::all());
    families
}
