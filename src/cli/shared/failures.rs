//! Which exit code each failure of an engine has: one table, so that the same failure ends every command alike.

use crate::cli::Failure;
use crate::exit::Exit;
use proofload_advice::Reason;
use proofload_capacity::CapacityError;
use proofload_conformance::RunError;
use proofload_conformance_snapshots::SnapshotError;
use proofload_deployment::ConfigError;
use proofload_deployment::client::{PreflightError, TransportError};
use proofload_deployment::halt::Interruption;
use proofload_fleet::FleetError;
use proofload_gate::GateError;
use proofload_gate::baseline::BaselineError;
use proofload_load::LoadError;
use proofload_results::kept::KeptError;
use proofload_results::record::RecordError;
use proofload_results::record::stream::StreamError;
use std::fmt::Display;

impl Failure {
    fn interrupted(interruption: Interruption, sentence: impl Display) -> Self {
        Self::new(interruption.into(), sentence)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(&error).because(matches!(error, ConfigError::Missing(_)).then_some(Reason::NoConfiguration))
    }
}

impl From<TransportError> for Failure {
    /// A trust that cannot be set up is a mistake in the configuration; everything else is the target's.
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Trust(_) => Self::usage(error),
            other => Self::could_not_test(&other).because(Reason::of_transport(&other)),
        }
    }
}

impl From<PreflightError> for Failure {
    fn from(error: PreflightError) -> Self {
        match error {
            PreflightError::Transport(error) => error.into(),
            other => Self::could_not_test(other),
        }
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Stream {
                error: StreamError::Nothing | StreamError::OtherVersion { .. },
                ..
            } => Self::usage(error),
            RecordError::Missing(_)
            | RecordError::Cut(_)
            | RecordError::Gone(_)
            | RecordError::Damaged { .. }
            | RecordError::Stream { .. }
            | RecordError::Io { .. } => Self::could_not_test(error),
            RecordError::NotEmpty(_)
            | RecordError::NoRecord(_)
            | RecordError::OtherVersion { .. }
            | RecordError::Malformed { .. } => Self::usage(&error).because(Reason::of_record(&error)),
        }
    }
}

impl From<KeptError> for Failure {
    fn from(error: KeptError) -> Self {
        match error {
            KeptError::Damaged { .. } | KeptError::Io { .. } | KeptError::Sums(_) => Self::could_not_test(error),
            KeptError::Record(error) => error.into(),
            KeptError::Nothing(_) | KeptError::OtherVersion { .. } | KeptError::Foreign { .. } => Self::usage(error),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Client(error) => error.into(),
            RunError::NothingSelected(_) => Self::could_not_test(error).because(Some(Reason::NoCaseSelected)),
            RunError::LoginRefused(_) => Self::could_not_test(error),
        }
    }
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Self {
        match error {
            SnapshotError::Io { what, .. } if what != "read" => Self::could_not_test(error),
            SnapshotError::Io { .. } | SnapshotError::Malformed { .. } => Self::usage(error),
        }
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Workload(_)
            | LoadError::Images(_)
            | LoadError::Data(_)
            | LoadError::NotAllowed(_)
            | LoadError::NoAccount(_)
            | LoadError::TooFewUsers { .. }
            | LoadError::TooFewDescriptors { .. }
            | LoadError::TooFewPorts { .. }
            | LoadError::NothingDue { .. }
            | LoadError::StartIsPast { .. }
            | LoadError::StartIsFar { .. }
            | LoadError::StartWasMissed { .. }
            | LoadError::StartUnreadable { .. }
            | LoadError::Merge(_)
            | LoadError::RecordedSlo(_)
            | LoadError::Trust(_) => Self::usage(&error).because(Reason::of_load(&error)),
            LoadError::Record(error) => error.into(),
            LoadError::Resolve { .. }
            | LoadError::Login { .. }
            | LoadError::StartNeverCame { .. }
            | LoadError::StoppedEarly(_)
            | LoadError::Generator(_) => Self::could_not_test(error),
            LoadError::InterruptedEarly(interruption) => Self::interrupted(interruption, error),
        }
    }
}

impl From<CapacityError> for Failure {
    fn from(error: CapacityError) -> Self {
        match error {
            CapacityError::ClosedWorkload(_)
            | CapacityError::NoSuchJourney { .. }
            | CapacityError::NoCameras { .. }
            | CapacityError::Objectives(_)
            | CapacityError::Rate(_) => Self::usage(&error).because(Reason::of_capacity(&error)),
            CapacityError::Load(error) => error.into(),
            CapacityError::Record(error) => error.into(),
            CapacityError::Session(error) => Self::could_not_test(error),
            CapacityError::Transport(error) => error.into(),
            CapacityError::InterruptedEarly(interruption) => Self::interrupted(interruption, error),
        }
    }
}

impl From<FleetError> for Failure {
    fn from(error: FleetError) -> Self {
        match error {
            FleetError::Load(error) => error.into(),
            FleetError::InterruptedEarly(interruption) => Self::interrupted(interruption, error),
            FleetError::Plan(_) | FleetError::NoFleet { .. } => Self::usage(error),
            FleetError::NeverBegan(_) | FleetError::LostFromSight { .. } | FleetError::NothingLeft { .. } => {
                Self::could_not_test(error)
            }
            FleetError::Cluster(cluster) if cluster.may_pass() => Self::could_not_test(cluster),
            FleetError::Cluster(cluster) => Self::usage(cluster),
        }
    }
}

impl From<GateError> for Failure {
    fn from(error: GateError) -> Self {
        match error {
            GateError::Record(error) => error.into(),
            GateError::Conformance(error) => error.into(),
            GateError::Client(error) => error.into(),
            GateError::Snapshot(error) => error.into(),
            GateError::Load { side, error } => {
                let failure = Self::from(*error);
                Self {
                    sentence: format!("{side}: {}", failure.sentence),
                    ..failure
                }
            }
            GateError::Invalid { .. } => Self::new(Exit::Invalid, error),
            GateError::Incomplete(_)
            | GateError::Empty(_)
            | GateError::TooSlow { .. }
            | GateError::TooFewCalls
            | GateError::NothingCompared { .. } => Self::could_not_test(&error).because(Reason::of_gate(&error)),
            GateError::Time { .. }
            | GateError::Twice(_)
            | GateError::Copy { .. }
            | GateError::Differ { .. }
            | GateError::OneSided { .. } => Self::usage(&error).because(Reason::of_gate(&error)),
        }
    }
}

impl From<BaselineError> for Failure {
    fn from(error: BaselineError) -> Self {
        match error {
            BaselineError::Record(error) => error.into(),
            BaselineError::Unfit { .. } => Self::new(Exit::Invalid, error),
            BaselineError::None { .. } | BaselineError::Io { .. } => Self::could_not_test(error),
            BaselineError::NoBranch => Self::usage(error),
        }
    }
}
