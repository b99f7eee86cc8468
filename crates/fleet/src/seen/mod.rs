//! What the cluster says of a fleet, in our terms: pure functions of its objects.

mod job;
mod pod;
mod words;

pub(crate) use job::JobSeen;
#[cfg(test)]
pub(crate) use pod::Trouble;
pub(crate) use pod::{PodSeen, PodState};
pub(crate) use words::shown;
