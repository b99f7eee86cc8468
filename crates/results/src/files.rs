//! The files of a run directory: each name once.

/// What a load run was, and how it ended.
pub const RUN: &str = "run.json";
/// The latencies of a load run, an interval a second.
pub const LATENCY: &str = "latency.hlog";
/// What a load run counted, a line a second.
pub const COUNTERS: &str = "counters.jsonl";
/// What was read off the machines under test beside a load, a line for each look.
pub const TARGET: &str = "target.jsonl";
/// What `validate` leaves.
pub const VALIDATE: &str = "validate.json";
/// What `capacity` leaves.
pub const CAPACITY: &str = "capacity.json";
/// What `gate` leaves.
pub const GATE: &str = "gate.json";
/// What `certify` leaves.
pub const CERTIFY: &str = "certify.json";
/// The page that is made from any of these; no part of the record.
pub const PAGE: &str = "report.html";

/// Whether a file of this name is a part of a record, which nothing else may overwrite.
pub fn is_of_record(name: &str) -> bool {
    [RUN, LATENCY, COUNTERS, TARGET, VALIDATE, CAPACITY, GATE, CERTIFY].contains(&name)
}

/// No document that a command leaves is longer, with all the exchanges that it shows.
pub const DOCUMENT_BYTES: u64 = 256 << 20;
/// No line of a record is longer.
pub(crate) const LINE_BYTES: u64 = 4 << 20;
