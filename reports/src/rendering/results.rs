//! The renderings of each kind of result.

use super::{RenderError, Rendering, document};
use crate::console::Style;
use crate::junit::TestSuite;
use crate::{capacity, certify, gate, html, load, validate};
use proofload_results::capacity::CapacityReport;
use proofload_results::certify::{Dossier, Sealed};
use proofload_results::gate::GateReport;
use proofload_results::load::LoadReport;
use proofload_results::record::RecordReader;
use proofload_results::validate::ValidateReport;

/// A load run, and its record where it has one: the page is made from that.
#[derive(Debug)]
pub struct LoadRun {
    /// What came of it.
    pub report: LoadReport,
    /// Its record.
    pub record: Option<RecordReader>,
}

/// A dossier, and the seal over the record that it rests on.
#[derive(Debug)]
pub struct SealedDossier {
    /// What was certified.
    pub dossier: Dossier,
    /// What the record was sealed with.
    pub sealed: Sealed,
}

impl Rendering for LoadRun {
    fn command(&self) -> &'static str {
        "load"
    }

    fn console(&self, style: &Style) -> String {
        load::console::render(&self.report, style)
    }

    fn html(&self) -> Result<String, RenderError> {
        let record = self.record.as_ref().ok_or(RenderError::NoRecord)?;
        Ok(html::load(record, &self.report)?)
    }

    fn suites(&self, name: &str) -> Vec<TestSuite> {
        load::junit::suites(&self.report, name)
    }

    fn markdown(&self) -> String {
        load::markdown::render(&self.report)
    }

    fn json(&self) -> String {
        document(&self.report)
    }

    fn csv(&self) -> Result<String, RenderError> {
        Ok(load::csv::render(&self.report))
    }
}

impl Rendering for ValidateReport {
    fn command(&self) -> &'static str {
        "validate"
    }

    fn console(&self, style: &Style) -> String {
        validate::console::render(self, style)
    }

    fn html(&self) -> Result<String, RenderError> {
        Ok(html::validate(self))
    }

    fn suites(&self, _: &str) -> Vec<TestSuite> {
        validate::junit::suites(self)
    }

    fn junit(&self, _: &str) -> String {
        // With the time that the whole took, which no suite of an operation knows.
        validate::junit::render(self)
    }

    fn markdown(&self) -> String {
        validate::markdown::render(self)
    }

    fn json(&self) -> String {
        document(self)
    }

    fn csv(&self) -> Result<String, RenderError> {
        Ok(validate::csv::render(self))
    }
}

impl Rendering for CapacityReport {
    fn command(&self) -> &'static str {
        "capacity"
    }

    fn console(&self, style: &Style) -> String {
        capacity::console::render(self, style)
    }

    fn html(&self) -> Result<String, RenderError> {
        Ok(html::capacity(self))
    }

    fn suites(&self, name: &str) -> Vec<TestSuite> {
        capacity::junit::suites(self, name)
    }

    fn markdown(&self) -> String {
        capacity::markdown::render(self)
    }

    fn json(&self) -> String {
        document(self)
    }

    fn csv(&self) -> Result<String, RenderError> {
        Ok(capacity::csv::render(self))
    }
}

impl Rendering for GateReport {
    fn command(&self) -> &'static str {
        "gate"
    }

    fn console(&self, style: &Style) -> String {
        gate::console::render(self, style)
    }

    fn html(&self) -> Result<String, RenderError> {
        Ok(html::gate(self))
    }

    fn suites(&self, _: &str) -> Vec<TestSuite> {
        gate::junit::suites(self)
    }

    fn markdown(&self) -> String {
        gate::markdown::render(self)
    }

    fn json(&self) -> String {
        document(self)
    }

    fn csv(&self) -> Result<String, RenderError> {
        Ok(gate::csv::render(self))
    }
}

impl Rendering for SealedDossier {
    fn command(&self) -> &'static str {
        "certify"
    }

    fn console(&self, style: &Style) -> String {
        certify::console::render(&self.dossier, &self.sealed, style)
    }

    fn html(&self) -> Result<String, RenderError> {
        Ok(html::certify(&self.dossier, &self.sealed))
    }

    fn suites(&self, name: &str) -> Vec<TestSuite> {
        certify::junit::suites(&self.dossier, name)
    }

    fn markdown(&self) -> String {
        certify::markdown::render(&self.dossier, &self.sealed)
    }

    fn json(&self) -> String {
        document(&self.dossier)
    }

    fn csv(&self) -> Result<String, RenderError> {
        Err(RenderError::NoTable)
    }
}
