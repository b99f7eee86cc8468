//! What a person can choose about a conformance run.

use proofload_deployment::halt::Halt;
use proofload_deployment::pattern::Pattern;
use proofload_deployment::units::Rate;
use std::time::Duration;

/// How logins that must be refused are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BadLogins {
    /// So seldom that no customary lock begins: accounts are lent to us. An embedded target is ours, and spared the wait.
    #[default]
    Spaced,
    /// Without waiting, one right login behind each.
    AtOnce,
    /// Not at all.
    Never,
}

/// What a person can choose about a conformance run.
#[derive(Debug, Clone)]
pub struct ConformanceOptions {
    /// Patterns on case ids; only cases that one of them matches are run. Empty: all.
    pub only: Vec<Pattern>,
    /// Patterns on case ids; cases that one of them matches are left out.
    pub skip: Vec<Pattern>,
    /// How many operations or sequences are tested at once; each has one exchange in flight.
    pub concurrency: usize,
    /// Whether there may be more of them while answers take long.
    pub adapts: bool,
    /// Longest wait for one exchange.
    pub timeout: Duration,
    /// Calls a second at most; none for as many as the target lets through.
    pub rate: Option<Rate>,
    /// How long the run may take; what has not begun then is reported as not testable.
    pub time_limit: Duration,
    /// Longest wait for a token to expire, where no signing key can mint an expired one; zero: do not wait.
    pub wait_for_expiry: Duration,
    /// How long what was stored may stay unfound before it counts as missing.
    pub settle: Duration,
    /// Where random names, ids and bytes come from.
    pub seed: u64,
    /// Whether warnings fail the run.
    pub strict: bool,
    /// How logins that must be refused are made.
    pub bad_logins: BadLogins,
    /// Asks for an orderly end: what has not begun then is reported as not testable.
    pub halt: Halt,
}

impl Default for ConformanceOptions {
    fn default() -> Self {
        Self {
            only: Vec::new(),
            skip: Vec::new(),
            concurrency: 8,
            adapts: true,
            timeout: Duration::from_secs(10),
            rate: None,
            time_limit: Duration::from_secs(3600),
            wait_for_expiry: Duration::ZERO,
            settle: Duration::from_secs(10),
            seed: 1,
            strict: false,
            bad_logins: BadLogins::default(),
            halt: Halt::default(),
        }
    }
}
