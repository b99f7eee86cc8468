//! What came of each of the target's addresses, second by second.

use crate::generator::threads::Batch;
use proofload_results::load::AddressCount;
use proofload_results::record::Counters;
use proofload_wire::Addresses;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Counts by address.
pub(crate) struct AddressWatch {
    addresses: Arc<Addresses>,
    /// Whether they are those of a proxy, which are none of the target's.
    is_proxy: bool,
    /// What came of the only one there is: told when there is another.
    held_back: BTreeMap<String, AddressCount>,
}

impl AddressWatch {
    /// A watch on addresses of the target, or of its proxy.
    pub(crate) fn new(addresses: Arc<Addresses>, is_proxy: bool) -> Self {
        Self {
            addresses,
            is_proxy,
            held_back: BTreeMap::new(),
        }
    }

    /// Adds what came of each address in a second, where there are several, and what became of the name.
    pub(crate) fn add(&mut self, batches: &[Batch], counters: &mut Counters) {
        let (failed, notes) = self.addresses.take_news();
        counters.notes = notes;
        if self.is_proxy {
            return;
        }
        let all = self.addresses.all();
        let mut sums = std::mem::take(&mut self.held_back);
        for (address, count) in failed {
            sums.entry(address.to_string()).or_default().failed += count;
        }
        for batch in batches {
            for (address, count) in all.iter().zip(&batch.tally.addresses) {
                let sum = sums.entry(address.to_string()).or_default();
                sum.ok += count.ok;
                sum.errors += count.errors;
                sum.connections += count.connections;
            }
        }
        if all.len() < 2 {
            self.held_back = sums;
        } else {
            counters.addresses = sums;
        }
    }
}
