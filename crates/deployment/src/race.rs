//! Which of several addresses answers first.
//!
//! They are tried as RFC 8305 has it (happy eyeballs): one after the other, a quarter of a second apart, the families taking turns,
//! and the first that answers has it.

use crate::connect_from;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// So long one address gets before the next is tried beside it.
pub const HEAD_START: Duration = Duration::from_millis(250);

/// What came of a race.
#[derive(Debug, Default)]
pub struct Race {
    /// The place of the address that answered first, and the connection; none where none did.
    pub won: Option<(usize, TcpStream)>,
    /// The places of those that refused, or had not answered when one that was tried later did, or when the time was up.
    pub failed: Vec<usize>,
    /// The places of those to which this machine has no way: nothing was sent to them.
    pub no_way: Vec<usize>,
    /// What the first that failed said.
    pub why: Option<io::Error>,
}

impl Race {
    /// Tries addresses, each with its place, until one answers or the time is up: one after the other, [`HEAD_START`] apart (less
    /// where there is not so much time), or at once where one has failed. Connections are made from one of the addresses `from`,
    /// the `turn`-th of its family, or as the system chooses where there are none.
    pub async fn run(order: &[(usize, SocketAddr)], from: &[IpAddr], turn: u64, until: Instant) -> Self {
        let mut race = Self::default();
        // One alone runs against nobody.
        if let [(place, address)] = *order {
            match tokio::time::timeout_at(until, connect_from(address, from, turn)).await {
                Ok(Ok(tcp)) => race.won = Some((place, tcp)),
                Ok(Err(error)) => race.lost(place, error),
                Err(_) => race.lost(place, ErrorKind::TimedOut.into()),
            }
            return race;
        }
        let head_start = HEAD_START.min(until.saturating_duration_since(Instant::now()) / share(order.len()));
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
                () = tokio::time::sleep_until(until), if !waiting.is_empty() => {
                    race.failed.append(&mut waiting);
                    race.why.get_or_insert_with(|| ErrorKind::TimedOut.into());
                    return race;
                }
                () = tokio::time::sleep(head_start), if more => continue,
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
                    race.lost(place, error);
                }
                // It panicked, which it cannot, or was aborted, which nobody does.
                Err(_) => {}
            }
        }
    }

    /// An address could not be connected to. What nothing was sent to says less than what another said.
    fn lost(&mut self, place: usize, error: io::Error) {
        let is_own = |error: &io::Error| is_no_way(error) || is_used_up(error);
        if is_no_way(&error) {
            self.no_way.push(place);
        } else if !is_used_up(&error) {
            self.failed.push(place);
        }
        if self.why.as_ref().is_none_or(is_own) {
            self.why = Some(error);
        }
    }
}

/// Whether nothing can leave this machine for an address: it has no network, no route, or no address of its own for one.
fn is_no_way(error: &io::Error) -> bool {
    let kind = error.kind();
    let is_of_no_family = kind == ErrorKind::AddrNotAvailable && error.raw_os_error().is_none();
    is_of_no_family || matches!(kind, ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown)
}

/// Whether this machine had no local port left, which has to do with no address.
fn is_used_up(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::AddrNotAvailable | ErrorKind::AddrInUse) && error.raw_os_error().is_some()
}

/// The time is parted so that the last is tried too.
fn share(addresses: usize) -> u32 {
    u32::try_from(addresses).unwrap_or(u32::MAX).saturating_add(1)
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// So long nothing here takes.
    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    #[tokio::test]
    async fn what_this_machine_has_no_way_to_did_not_fail() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let other_family = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], address.port()));
        let from = ["127.0.0.1".parse().unwrap()];
        let race = Race::run(&[(0, other_family), (1, address)], &from, 0, soon()).await;
        assert_eq!((race.no_way, race.failed), (vec![0], vec![]));
        assert_eq!(race.won.map(|(place, _)| place), Some(1));
    }

    #[tokio::test]
    async fn what_refused_says_more_than_what_was_not_tried() {
        let gone = {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            listener.local_addr().unwrap()
        };
        let other_family = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], gone.port()));
        let from = ["127.0.0.1".parse().unwrap()];
        let race = Race::run(&[(0, other_family), (1, gone)], &from, 0, soon()).await;
        assert_eq!((race.no_way, race.failed), (vec![0], vec![1]));
        assert_eq!(race.why.unwrap().kind(), ErrorKind::ConnectionRefused);
    }

    #[tokio::test]
    async fn a_race_whose_time_is_up_was_lost_by_all_that_ran() {
        // Its queue is full, and nobody takes from it.
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let silent = socket.listen(1).unwrap();
        let address = silent.local_addr().unwrap();
        let mut fillers = JoinSet::new();
        for _ in 0..8 {
            fillers.spawn(TcpStream::connect(address));
        }
        while tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(address))
            .await
            .is_ok()
        {}
        for order in [&[(0, address)][..], &[(0, address), (1, address)]] {
            let until = Instant::now() + Duration::from_millis(600);
            let race = Race::run(order, &[], 0, until).await;
            assert_eq!(race.failed.len(), order.len());
            assert_eq!(race.why.unwrap().kind(), ErrorKind::TimedOut);
        }
    }
}
