//! What is wrong with a workload, and where.

use proofload_deployment::nearest::advice;
use proofload_deployment::toml_file::TomlError;
use proofload_deployment::units::RateError;

/// What is wrong with a workload.
#[derive(Debug, thiserror::Error)]
pub enum WorkloadError {
    /// No such shipped scenario.
    #[error("there is no scenario {name:?}{advice} (a path to a .toml file is taken too)")]
    UnknownScenario {
        /// What was asked for.
        name: String,
        /// What it may have meant.
        advice: String,
    },
    /// The file cannot be read, or is wrong at a line.
    #[error(transparent)]
    File(#[from] TomlError),
    /// A change to the scenario is wrong.
    #[error("with {set}, in {file}: {what}")]
    Override {
        /// The file.
        file: String,
        /// The changes, as they are written.
        set: String,
        /// What is wrong with them.
        what: String,
    },
    /// A rate was given to a closed workload.
    #[error("the scenario {0:?} is closed: its users set the pace, so it has no rate")]
    NoRate(String),
    /// Cameras were given to a workload that publishes nothing.
    #[error("the scenario {0:?} publishes nothing, so it has no cameras")]
    NoCameras(String),
    /// A rate is wrong.
    #[error(transparent)]
    Rate(#[from] RateError),
}

impl WorkloadError {
    pub(super) fn unknown_scenario<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Self {
        Self::UnknownScenario {
            name: name.to_owned(),
            advice: advice(name, known),
        }
    }
}
