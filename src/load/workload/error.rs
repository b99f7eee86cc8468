//! What is wrong with a workload, and where.

use crate::load::rate::RateError;
use std::path::PathBuf;

/// What is wrong with a workload.
#[derive(Debug, thiserror::Error)]
pub enum WorkloadError {
    /// No such shipped scenario.
    #[error("there is no scenario {name:?}{nearest}; `proofload scenarios` lists them, and a path to a .toml file is taken too")]
    UnknownScenario {
        /// What was asked for.
        name: String,
        /// `, did you mean ...?`, or nothing.
        nearest: String,
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
            nearest: did_you_mean(name, known),
        }
    }
}

/// `, did you mean "a" or "b"?` with the nearest names, or nothing when none is near.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let lower = name.to_lowercase();
    let mut near: Vec<(f64, &str)> = known
        .map(|each| (strsim::jaro_winkler(&lower, &each.to_lowercase()), each))
        .filter(|(score, _)| *score > 0.75)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let names: Vec<String> = near.iter().take(3).map(|(_, each)| format!("{each:?}")).collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(", did you mean {}?", names.join(" or "))
    }
}
