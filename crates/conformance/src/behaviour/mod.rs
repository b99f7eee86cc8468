//! Behaviour that takes several calls: what the facts say an operation does, beyond who may call it.
//!
//! One file per family, listed in [`all`]. A `Family` declares its cases and plays its calls; a
//! `Play` makes them, holds every answer to the cases that are common to all operations, and removes
//! what was stored. Where several operations show the same thing, `claims` settles which of them is at fault.

mod burst;
mod changes;
mod claims;
mod common;
mod concurrent;
mod credentials;
mod crowd;
mod declare;
mod detections;
mod documents;
mod existing;
mod faces;
mod family;
mod limits;
mod name;
mod operations;
pub(super) mod people;
mod person_tags;
mod play;
mod publish;
mod recognition;
mod refusal;
mod renewal;
mod search;
mod sessions;
mod settling;
mod sub_resources;
mod tags;
mod texts;
mod together;
pub(super) mod username;
mod value;

pub(super) use common::ANSWERS;
pub(super) use credentials::bad_logins;
use proofload_probing::probe::Sequence;

/// Every sequence, in the order of the report.
pub fn all() -> Vec<Box<dyn Sequence>> {
    // The longest first: families are played side by side.
    let mut families = vec![detections::family(), concurrent::family(), renewal::family()];
    families.extend(publish::all());
    families.extend(recognition::all());
    families.extend([
        credentials::family(),
        sessions::family(),
        crowd::family(),
        together::family(),
        existing::family(),
        faces::family(),
        documents::family(),
        search::family(),
        person_tags::family(),
        tags::family(),
    ]);
    families.extend(sub_resources::all());
    families
}
