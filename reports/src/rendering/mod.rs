//! One trait for the renderings of every kind of result: six formats, of which a kind may lack one.

mod results;
#[cfg(test)]
mod tests;

pub use results::{LoadRun, SealedDossier};

use crate::console::Style;
use crate::junit::{self, TestSuite};
use proofload_results::record::RecordError;
use proofload_results::text;
use serde::Serialize;

/// A result that can be shown in every format. Each rendering is made from the same figures and the same verdict.
pub trait Rendering {
    /// The command whose result it is, such as `load`.
    fn command(&self) -> &'static str;

    /// For people at a terminal.
    fn console(&self, style: &Style) -> String;

    /// One file for a browser, without any network.
    ///
    /// # Errors
    /// What the page is made from is not there or cannot be read.
    fn html(&self) -> Result<String, RenderError>;

    /// For CI servers, to go into one document with others. `name` tells the result from others of its kind.
    fn suites(&self, name: &str) -> Vec<TestSuite>;

    /// `JUnit` XML of this result alone.
    fn junit(&self, name: &str) -> String {
        junit::document(&format!("proofload {}", self.command()), self.suites(name))
    }

    /// For step summaries and comments.
    fn markdown(&self) -> String;

    /// For programs, with the name of its schema in it.
    fn json(&self) -> String;

    /// A table for spreadsheets and scripts.
    ///
    /// # Errors
    /// The result is no table.
    fn csv(&self) -> Result<String, RenderError>;
}

/// Why a result cannot be shown in a format.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A load run's page shows every second of its record.
    #[error("the page of a load run is made from its record, and there is none")]
    NoRecord,
    /// A dossier has parts, and each has a table of its own.
    #[error("a dossier is not a table")]
    NoTable,
    /// The record cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// A document of ours as it is printed and kept.
fn document(result: &impl Serialize) -> String {
    let document = serde_json::to_string_pretty(result).expect("results have names for keys, and memory does not fail");
    text::json(&document) + "\n"
}
