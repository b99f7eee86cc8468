//! Every check there is.

use crate::behaviour;
use crate::probes;
use crate::site;
use proofload_contract::{Contract, Operation};
use proofload_probing::probe::{Declared, Probe, Sequence};
use std::collections::BTreeSet;

/// Every check there is, in the order of the report.
pub struct Registry {
    /// Checks of one operation.
    pub probes: Vec<Box<dyn Probe>>,
    /// Checks over several operations.
    pub sequences: Vec<Box<dyn Sequence>>,
}

impl Registry {
    /// The checks this program was built with.
    pub fn shipped() -> Self {
        Self {
            probes: probes::all(),
            sequences: behaviour::all().into_iter().chain(site::all()).collect(),
        }
    }

    /// The ids of every sequence's cases.
    pub(crate) fn declared(&self) -> BTreeSet<String> {
        let cases = self.sequences.iter().flat_map(|sequence| sequence.cases());
        cases.map(Declared::id).collect()
    }

    /// The operations of `contract` that a probe fits.
    pub fn fitting<'c>(probe: &dyn Probe, contract: &'c Contract) -> impl Iterator<Item = &'c Operation> {
        contract.operations().iter().filter(|operation| probe.fits(operation))
    }
}
