//! What is wrong with a workload, and where.

use proofload_deployment::nearest::advice;
use proofload_deployment::units::RateError;
use std::path::PathBuf;

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
    /// The file cannot be read.
    #[error("cannot read the scenario {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What came back.
        source: std::io::Error,
    },
    /// The file is wrong at a line.
    #[error("{file}, line {line}: {what}")]
    Line {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong there, with the key, and what would be right.
        what: String,
    },
    /// A change to the scenario is wrong.
    #[error("--set {set}, in {file}: {what}")]
    Override {
        /// The file.
        file: String,
        /// The changes, as they are written.
        set: String,
        /// What is wrong with them.
        what: String,
    },
    /// A rate was given to a closed workload.
    #[error("the scenario {0:?} is closed: its users set the pace, so it takes --users but no --rate")]
    NoRate(String),
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
