//! From what a command came to, to what the program exits with: the one function that decides it.

use crate::Exit;
use proofload_deployment::halt::Interruption;
use proofload_results::capacity::CapacityVerdict;
use proofload_results::certify::CertifyVerdict;
use proofload_results::gate::{GateVerdict, Undecided};
use proofload_results::load::LoadVerdict;
use proofload_results::validate::{ValidateReport, Verdict};

/// What a command came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// `validate`.
    Validate {
        /// How it ended.
        verdict: Verdict,
        /// Whether it was not brought to its end.
        incomplete: bool,
    },
    /// `load`.
    Load(LoadVerdict),
    /// `load` of a part of a load, which judges nothing: its record is whole.
    Part,
    /// `capacity`.
    Capacity(CapacityVerdict),
    /// `gate`.
    Gate(GateVerdict, Inconclusive),
    /// `certify`.
    Certify(CertifyVerdict),
    /// `report`: it shows, and judges nothing.
    Shown,
}

/// What an inconclusive gate ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inconclusive {
    /// As what it is.
    Invalid,
    /// As if it had passed.
    Passes,
    /// As if it had failed.
    Fails,
}

impl From<Inconclusive> for Undecided {
    fn from(inconclusive: Inconclusive) -> Self {
        match inconclusive {
            Inconclusive::Invalid => Self::Invalid,
            Inconclusive::Passes => Self::Passes,
            Inconclusive::Fails => Self::Fails,
        }
    }
}

impl From<&ValidateReport> for Ended {
    fn from(report: &ValidateReport) -> Self {
        Self::Validate {
            verdict: report.verdict,
            incomplete: report.is_incomplete(),
        }
    }
}

/// What the program exits with. `interrupted` is the signal that ended the run; what it had come to by then does not count,
/// with two exceptions: a validation that was over all the same, and a dossier that had failed already.
pub fn exit_of(interrupted: Option<Interruption>, ended: Ended) -> Exit {
    let whole = match ended {
        Ended::Validate { incomplete, .. } => !incomplete,
        Ended::Certify(verdict) => verdict != CertifyVerdict::Incomplete,
        Ended::Load(_) | Ended::Part | Ended::Capacity(_) | Ended::Gate(..) => false,
        Ended::Shown => true,
    };
    match (interrupted, ended) {
        (Some(interruption), _) if !whole => interruption.into(),
        (_, Ended::Validate { verdict, .. }) => match verdict {
            Verdict::Pass | Verdict::Warn | Verdict::Skip => Exit::Passed,
            Verdict::Fail => Exit::TargetFailed,
            Verdict::Error => Exit::CouldNotTest,
        },
        (_, Ended::Load(verdict)) => match verdict {
            LoadVerdict::Pass | LoadVerdict::Part => Exit::Passed,
            LoadVerdict::Fail => Exit::TargetFailed,
            // Without a signal of its own: parts of a merged load were interrupted, or a file said to stop.
            LoadVerdict::Invalid | LoadVerdict::Incomplete => Exit::Invalid,
        },
        (_, Ended::Capacity(verdict)) => match verdict {
            CapacityVerdict::Pass => Exit::Passed,
            // Without a signal a search is incomplete because the target died in it.
            CapacityVerdict::Fail | CapacityVerdict::Incomplete => Exit::TargetFailed,
            CapacityVerdict::Invalid => Exit::Invalid,
        },
        (_, Ended::Gate(verdict, inconclusive)) => match (verdict, inconclusive) {
            (GateVerdict::NotRegressed, _) | (GateVerdict::Inconclusive, Inconclusive::Passes) => Exit::Passed,
            (GateVerdict::Regressed, _) | (GateVerdict::Inconclusive, Inconclusive::Fails) => Exit::TargetFailed,
            (GateVerdict::Inconclusive, Inconclusive::Invalid) => Exit::Invalid,
        },
        (_, Ended::Certify(verdict)) => match verdict {
            CertifyVerdict::Pass => Exit::Passed,
            CertifyVerdict::Fail => Exit::TargetFailed,
            CertifyVerdict::Invalid => Exit::Invalid,
            CertifyVerdict::Incomplete => Exit::CouldNotTest,
        },
        (_, Ended::Part | Ended::Shown) => Exit::Passed,
    }
}

impl From<Interruption> for Exit {
    fn from(interruption: Interruption) -> Self {
        match interruption {
            Interruption::Interrupt => Self::Interrupted,
            Interruption::Terminate => Self::Terminated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALIDATE_FAILS: Ended = Ended::Validate {
        verdict: Verdict::Fail,
        incomplete: false,
    };

    fn validate(verdict: Verdict) -> Ended {
        Ended::Validate {
            verdict,
            incomplete: false,
        }
    }

    #[test]
    fn every_verdict_has_its_code() {
        use Exit::{CouldNotTest, Invalid, Passed, TargetFailed};
        for (ended, exit) in [
            (validate(Verdict::Pass), Passed),
            (validate(Verdict::Warn), Passed),
            (validate(Verdict::Skip), Passed),
            (VALIDATE_FAILS, TargetFailed),
            (validate(Verdict::Error), CouldNotTest),
            (Ended::Load(LoadVerdict::Pass), Passed),
            (Ended::Load(LoadVerdict::Part), Passed),
            (Ended::Load(LoadVerdict::Fail), TargetFailed),
            (Ended::Load(LoadVerdict::Invalid), Invalid),
            (Ended::Load(LoadVerdict::Incomplete), Invalid),
            (Ended::Capacity(CapacityVerdict::Pass), Passed),
            (Ended::Capacity(CapacityVerdict::Fail), TargetFailed),
            (Ended::Capacity(CapacityVerdict::Invalid), Invalid),
            (Ended::Capacity(CapacityVerdict::Incomplete), TargetFailed),
            (Ended::Gate(GateVerdict::NotRegressed, Inconclusive::Fails), Passed),
            (Ended::Gate(GateVerdict::Regressed, Inconclusive::Passes), TargetFailed),
            (Ended::Gate(GateVerdict::Inconclusive, Inconclusive::Passes), Passed),
            (
                Ended::Gate(GateVerdict::Inconclusive, Inconclusive::Fails),
                TargetFailed,
            ),
            (Ended::Gate(GateVerdict::Inconclusive, Inconclusive::Invalid), Invalid),
            (Ended::Certify(CertifyVerdict::Pass), Passed),
            (Ended::Certify(CertifyVerdict::Fail), TargetFailed),
            (Ended::Certify(CertifyVerdict::Invalid), Invalid),
            (Ended::Certify(CertifyVerdict::Incomplete), CouldNotTest),
            (Ended::Part, Passed),
            (Ended::Shown, Passed),
        ] {
            assert_eq!(exit_of(None, ended), exit, "{ended:?}");
        }
    }

    #[test]
    fn a_signal_counts_where_it_ended_something() {
        let incomplete = Ended::Validate {
            verdict: Verdict::Fail,
            incomplete: true,
        };
        let gate = Ended::Gate(GateVerdict::Inconclusive, Inconclusive::Passes);
        for ended in [
            incomplete,
            gate,
            Ended::Load(LoadVerdict::Incomplete),
            Ended::Part,
            Ended::Capacity(CapacityVerdict::Incomplete),
            Ended::Certify(CertifyVerdict::Incomplete),
        ] {
            for (interruption, exit) in [
                (Interruption::Interrupt, Exit::Interrupted),
                (Interruption::Terminate, Exit::Terminated),
            ] {
                assert_eq!(exit_of(Some(interruption), ended), exit, "{ended:?}");
            }
        }
        for ended in [VALIDATE_FAILS, Ended::Certify(CertifyVerdict::Fail)] {
            assert_eq!(exit_of(Some(Interruption::Interrupt), ended), Exit::TargetFailed);
        }
    }
}
