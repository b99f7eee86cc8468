//! What a run says: objectives, the health of the generator, verdicts, and the same from a record.

pub(crate) mod doors;
mod drift;
pub(crate) mod health;
pub(crate) mod merged;
pub(crate) mod offer;
pub(crate) mod recorded;
pub(crate) mod sentence;
pub(crate) mod verdict;
pub(crate) mod watched;

#[cfg(test)]
mod tests;
