//! What came of each of a target's addresses.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What came of one of a target's addresses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressCount {
    /// Calls to it that succeeded.
    pub ok: u64,
    /// Calls to it that did not.
    pub errors: u64,
    /// Connections that were made to it during the run.
    pub connections: u64,
    /// Connections that it did not take, or not in time: another address took them, where there was one.
    pub failed: u64,
}

impl AddressCount {
    fn add(&mut self, more: &Self) {
        self.ok = self.ok.saturating_add(more.ok);
        self.errors = self.errors.saturating_add(more.errors);
        self.connections = self.connections.saturating_add(more.connections);
        self.failed = self.failed.saturating_add(more.failed);
    }
}

/// Adds what was counted by address.
pub fn add_addresses(sums: &mut BTreeMap<String, AddressCount>, more: &BTreeMap<String, AddressCount>) {
    for (address, count) in more {
        sums.entry(address.clone()).or_default().add(count);
    }
}

/// What a person should know of addresses that did not take connections.
pub fn unreached(addresses: &BTreeMap<String, AddressCount>) -> Vec<String> {
    let failed = addresses.iter().filter(|(_, count)| count.failed > 0);
    let sentences = failed.map(|(address, count)| {
        let connections = if count.failed == 1 { "connection" } else { "connections" };
        format!(
            "{address} did not take {} {connections}, or not within a quarter of a second: other addresses were tried",
            count.failed
        )
    });
    sentences.collect()
}

/// One line for each address, in words.
pub fn address_lines(addresses: &BTreeMap<String, AddressCount>) -> Vec<String> {
    let line = |(address, count): (&String, &AddressCount)| {
        format!(
            "{address}: {} ok, {} errors, {} new connections{}",
            count.ok,
            count.errors,
            count.connections,
            if count.failed > 0 {
                format!(", {} not taken", count.failed)
            } else {
                String::new()
            }
        )
    };
    addresses.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_and_are_told() {
        let count = AddressCount {
            ok: 5,
            errors: 1,
            connections: 2,
            failed: 1,
        };
        let mut sums = BTreeMap::from([("192.0.2.1:80".to_owned(), count)]);
        let more = sums.clone();
        add_addresses(&mut sums, &more);
        assert_eq!(
            address_lines(&sums),
            ["192.0.2.1:80: 10 ok, 2 errors, 4 new connections, 2 not taken"]
        );
        assert!(unreached(&sums)[0].starts_with("192.0.2.1:80 did not take 2 connections"));
        sums.get_mut("192.0.2.1:80").unwrap().failed = 0;
        assert!(unreached(&sums).is_empty());
    }
}
