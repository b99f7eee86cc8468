//! What became of connections, as far as no call tells it: what a server does while no call is under way would be lost otherwise.

use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;

/// So many connections that a server closed after hardly a call are worth a sentence.
const MANY_CLOSED: u64 = 3;
/// Calls that a connection carried, on average, which is hardly any.
const HARDLY_ANY: u64 = 10;

/// How connections are to be used, and where it is told what became of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    /// Calls at once over one of them at most.
    pub(crate) streams: u32,
    pub(crate) fates: Arc<Fates>,
}

/// What became of connections.
#[derive(Debug, Default)]
pub(crate) struct Fates(Mutex<Book>);

#[derive(Debug, Default)]
struct Book {
    /// Those that we gave up while no call was on them, by what the server had done.
    faults: BTreeMap<&'static str, u64>,
    /// Those that the server closed, or sent us away from.
    closed: u64,
    /// Calls that those had carried.
    carried: u64,
    /// What the server said last when it sent us away.
    said: Option<&'static str>,
}

impl Fates {
    /// One was given up for what the server did while no call was on it.
    pub(super) fn fault(&self, why: &'static str) {
        *self.0.lock().faults.entry(why).or_default() += 1;
    }

    /// The server closed one that had carried so many calls, with the code that it said.
    pub(super) fn closed(&self, carried: u64, said: Option<&'static str>) {
        let mut book = self.0.lock();
        book.closed += 1;
        book.carried += carried;
        book.said = said.or(book.said);
    }

    /// What a person should know, one sentence each.
    pub(crate) fn told(&self) -> Vec<String> {
        let book = self.0.lock();
        let faults = book.faults.iter().map(|(why, count)| {
            let were = match count {
                1 => "an HTTP/2 connection was".to_owned(),
                many => format!("{many} HTTP/2 connections were"),
            };
            format!("{were} given up while no call was under way there: {why}")
        });
        let mut told: Vec<String> = faults.collect();
        if book.closed >= MANY_CLOSED && book.carried <= HARDLY_ANY * book.closed {
            told.push(format!(
                "the server closed {} HTTP/2 connections{}, which had carried {} calls in all: further calls had to connect first, and their latencies count that",
                book.closed,
                book.said.map(|code| format!(" (GOAWAY {code})")).unwrap_or_default(),
                book.carried
            ));
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_told_and_closing_only_where_it_was_the_rule() {
        let fates = Fates::default();
        fates.closed(1, Some("NO_ERROR"));
        fates.closed(1000, None);
        fates.closed(1, None);
        assert!(fates.told().is_empty(), "it closed one after a thousand calls");
        let fates = Fates::default();
        for _ in 0..4 {
            fates.closed(1, Some("NO_ERROR"));
            fates.fault("the server did it");
        }
        let told = fates.told();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("4 HTTP/2 connections were given up"), "{told:?}");
        assert!(
            told[1].contains("closed 4 HTTP/2 connections (GOAWAY NO_ERROR), which had carried 4 calls"),
            "{told:?}"
        );
    }
}
