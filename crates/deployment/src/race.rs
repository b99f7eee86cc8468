//! Which of several addresses answers first.
//!
//! They are tried as RFC 8305 has it (happy eyeballs): one after the other, a quarter of a second apart, the families taking turns,
//! and the first that answers has it.

use crate::connect_from;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// So long one address gets before the next is tried beside it.
pub const HEAD_START: Duration = Duration::from_millis(250);

/// What came of a race.
#[derive(Debug, Default)]
pub struct Race {
    /// The place of the address that answered first, and the connection; none where none did.
    pub won: Option<(usize, TcpStream)>,
    /// The places of those that refused, or had not answered when one that was tried later did.
    pub failed: Vec<usize>,
    /// What the first that failed said.
    pub why: Option<io::Error>,
}

impl Race {
    /// Tries addresses, each with its place: one after the other, [`HEAD_START`] apart, or at once where one has failed. Connections
    /// are made from one of the addresses `from`, the `turn`-th of its family, or as the system chooses where there are none.
    pub async fn run(order: &[(usize, SocketAddr)], from: &[IpAddr], turn: u64) -> Self {
        let mut race = Self::default();
        // One alone runs against nobody.
        if let [(place, address)] = *order {
            match connect_from(address, from, turn).await {
                Ok(tcp) => race.won = Some((place, tcp)),
                Err(error) => (race.failed, race.why) = (vec![place], Some(error)),
            }
            return race;
        }
        let mut attempts = JoinSet::new();
        let mut left = order.iter().copied();
        // The first is known to be slow only once it had its head start.
        let mut waiting = Vec::new();
        loop {
            if let Some((place, address)) = left.next() {
                waiting.push(place);
                let from = from.to_vec();
                attempts.spawn(async move { (place, connect_from(address, &from, turn).await) });
            }
            let more = left.len() > 0;
            let ended = tokio::select! {
                biased;
                Some(ended) = attempts.join_next() => ended,
                () = tokio::time::sleep(HEAD_START), if more => continue,
                else => return race,
            };
            match ended {
                Ok((place, Ok(tcp))) => {
                    // Those that were before it and are still not there did not answer in time.
                    let before = waiting.iter().take_while(|other| **other != place);
                    race.failed.extend(before.copied());
                    race.won = Some((place, tcp));
                    return race;
                }
                Ok((place, Err(error))) => {
                    waiting.retain(|other| *other != place);
                    race.failed.push(place);
                    race.why.get_or_insert(error);
                }
                // It panicked, which it cannot, or was aborted, which nobody does.
                Err(_) => {}
            }
        }
    }
}

/// The families take turns, beginning with that of the first.
pub fn families_in_turn(order: Vec<(usize, SocketAddr)>) -> Vec<(usize, SocketAddr)> {
    let Some((_, first)) = order.first().copied() else {
        return order;
    };
    let (same, other): (Vec<_>, Vec<_>) = order
        .into_iter()
        .partition(|(_, address)| address.is_ipv4() == first.is_ipv4());
    let (mut same, mut other) = (same.into_iter(), other.into_iter());
    let mut turns = Vec::new();
    loop {
        let pair = [same.next(), other.next()];
        if pair == [None, None] {
            return turns;
        }
        turns.extend(pair.into_iter().flatten());
    }
}
