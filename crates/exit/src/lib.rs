//! Exit codes: the one table.

pub mod exit_of;

/// How the program ends. The README prints this table; a test holds the two together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Passed.
    Passed = 0,
    /// The target failed: conformance failure, SLO missed, regression.
    TargetFailed = 1,
    /// Usage or configuration error.
    Usage = 2,
    /// Could not test: unreachable, login refused, nothing selected.
    CouldNotTest = 3,
    /// Invalid or inconclusive: the generator was the bottleneck, or the data cannot decide.
    Invalid = 4,
    /// Interrupted by SIGINT; what was measured is on disk, marked incomplete.
    Interrupted = 130,
    /// Interrupted by SIGTERM or SIGHUP; what was measured is on disk, marked incomplete.
    Terminated = 143,
}

impl Exit {
    /// Every exit code with its meaning, in ascending order.
    pub const TABLE: [(Self, &'static str); 7] = [
        (Self::Passed, "passed"),
        (
            Self::TargetFailed,
            "the target failed: conformance failure, SLO missed, regression",
        ),
        (Self::Usage, "usage or configuration error"),
        (
            Self::CouldNotTest,
            "could not test: unreachable, login refused, nothing selected",
        ),
        (
            Self::Invalid,
            "invalid or inconclusive: the generator was the bottleneck, or the data cannot decide",
        ),
        (
            Self::Interrupted,
            "interrupted by SIGINT; what was measured is on disk, marked incomplete",
        ),
        (
            Self::Terminated,
            "interrupted by SIGTERM or SIGHUP; what was measured is on disk, marked incomplete",
        ),
    ];

    /// The number the operating system sees.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
