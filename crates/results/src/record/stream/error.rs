//! Why a stream cannot be read on.

use super::MOST_LINE_BYTES;

/// Why a stream cannot be read on. What came before is good.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// A number was left out.
    #[error("line {expected} of its stream is missing: {found} follows {}", before(*.expected))]
    Missing {
        /// The number that was due.
        expected: u64,
        /// The one that came.
        found: u64,
    },
    /// The same number came twice in a row.
    #[error("line {0} of its stream came twice")]
    Doubled(u64),
    /// A number came that had been there long before.
    #[error("line {found} of its stream is out of order: it came where {expected} was due")]
    OutOfOrder {
        /// The number that was due.
        expected: u64,
        /// The one that came.
        found: u64,
    },
    /// A line is not what it should be.
    #[error("line {n} of its stream is damaged: {what}")]
    Damaged {
        /// The number that was due.
        n: u64,
        /// What is wrong with it.
        what: String,
    },
    /// A line is longer than any that is written.
    #[error("line {0} of its stream is longer than {MOST_LINE_BYTES} bytes")]
    TooLong(u64),
    /// A line of this kind does not belong here.
    #[error("line {n} of its stream is of the kind \"{kind}\", which does not belong there")]
    Misplaced {
        /// Its number.
        n: u64,
        /// Its kind.
        kind: &'static str,
    },
    /// The last line counted otherwise.
    #[error("its stream says that it has {told} {what}, and {there} came")]
    Counts {
        /// Of what.
        what: &'static str,
        /// How many it says there are.
        told: u64,
        /// How many there were.
        there: u64,
    },
    /// What came is not what was sent.
    #[error("its stream was changed on the way: the SHA-256 of its lines is not the one that its last line names")]
    Changed,
    /// It ends before its end.
    #[error("its stream ends without a last line, after {0} lines")]
    Cut(u64),
    /// Nothing in it is ours.
    #[error("it holds no record: no line in it begins with {{\"n\":")]
    Nothing,
    /// Another version of the program wrote it.
    #[error("its stream was written by proofload {version} in the format {schema}, which this one does not read")]
    OtherVersion {
        /// Its format.
        schema: String,
        /// The program's version that wrote it.
        version: String,
    },
}

fn before(expected: u64) -> String {
    expected
        .checked_sub(1)
        .map_or_else(|| "nothing".to_owned(), |before| before.to_string())
}
