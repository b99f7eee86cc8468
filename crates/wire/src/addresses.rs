//! The addresses of a target: which one a connection is made to, and what becomes of those that do not answer.
//!
//! Where there are several, the first that answers has it ([`Race`]). What did not answer comes last for a while.

use parking_lot::Mutex;
use proofload_deployment::{Destination, Race, families_in_turn};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::Instant as Deadline;

/// An address that did not answer comes last for so long; and a name is looked up again after it.
const FRESH: Duration = Duration::from_secs(30);
/// No more addresses than these are told apart.
const MOST: usize = 32;

/// The addresses of a target. Each keeps its place for the whole run.
pub struct Addresses {
    /// What is looked up again, where it is a name.
    destination: Destination,
    /// Addresses of this machine to connect from; as the system chooses where there are none.
    from: Vec<IpAddr>,
    /// Whether users are spread over them.
    spread: bool,
    book: Mutex<Book>,
}

struct Book {
    all: Vec<SocketAddr>,
    /// Those that the name has now, as places.
    current: Vec<usize>,
    /// Until when an address comes last.
    shunned: BTreeMap<usize, Instant>,
    /// Those that this machine was found to have no way to.
    without_way: BTreeSet<usize>,
    looked_up: Instant,
    /// Whether somebody looks it up now.
    looking: bool,
    /// Connections that could not be made, by place, since it was asked last.
    failed: BTreeMap<usize, u64>,
    /// What a person should know, since it was asked last.
    notes: Vec<String>,
}

impl Addresses {
    /// Those that a destination was found to have, in the resolver's order, but for those that cannot be reached `from` the
    /// addresses of this machine that were chosen.
    pub fn new(
        found: impl IntoIterator<Item = SocketAddr>,
        destination: Destination,
        spread: bool,
        from: Vec<IpAddr>,
    ) -> Self {
        let mut book = Book {
            all: Vec::new(),
            current: Vec::new(),
            shunned: BTreeMap::new(),
            without_way: BTreeSet::new(),
            looked_up: Instant::now(),
            looking: false,
            failed: BTreeMap::new(),
            notes: Vec::new(),
        };
        let found = found.into_iter().filter(|address| can_reach(&from, *address));
        book.current = found.filter_map(|address| book.place(address)).collect();
        book.current.dedup();
        Self {
            destination,
            from,
            spread,
            book: Mutex::new(book),
        }
    }

    /// All that were ever known, each at its place.
    pub fn all(&self) -> Vec<SocketAddr> {
        self.book.lock().all.clone()
    }

    /// Connections that could not be made since the last time, and what a person should know.
    pub fn take_news(&self) -> (BTreeMap<SocketAddr, u64>, Vec<String>) {
        let mut book = self.book.lock();
        let failed = std::mem::take(&mut book.failed);
        let failed = failed
            .into_iter()
            .map(|(place, count)| (book.all[place], count))
            .collect();
        (failed, std::mem::take(&mut book.notes))
    }

    /// A connection for the `user`-th user, and the place of its address. Where none can be made before `deadline`, the error of
    /// the first that was tried: the others may never have been served.
    pub(super) async fn connect(self: &Arc<Self>, user: u64, deadline: Deadline) -> io::Result<(usize, TcpStream)> {
        self.look_up_again();
        let order = self.book.lock().order(self.spread.then_some(user), Instant::now());
        let Race {
            won,
            failed,
            no_way,
            why,
        } = Race::run(&order, &self.from, user, deadline).await;
        self.learn(won.as_ref().map(|(place, _)| *place), &failed, &no_way);
        won.ok_or_else(|| why.unwrap_or_else(|| io::ErrorKind::NotFound.into()))
    }

    /// Learns which address worked, which failed, and to which this machine has no way: that is not the address's doing.
    fn learn(&self, worked: Option<usize>, failed: &[usize], no_way: &[usize]) {
        let mut book = self.book.lock();
        for place in failed {
            *book.failed.entry(*place).or_default() += 1;
        }
        for place in no_way {
            book.has_no_way_to(*place);
        }
        for place in failed.iter().chain(no_way) {
            book.shunned.insert(*place, Instant::now() + FRESH);
        }
        if let Some(worked) = worked {
            book.shunned.remove(&worked);
        }
    }

    /// Looks the name up again, beside, where that was long ago: a fail-over in DNS is followed by new connections.
    fn look_up_again(self: &Arc<Self>) {
        if !self.destination.is_looked_up() {
            return;
        }
        {
            let mut book = self.book.lock();
            if book.looking || book.looked_up.elapsed() < FRESH {
                return;
            }
            book.looking = true;
        }
        let addresses = self.clone();
        tokio::spawn(async move {
            let mut found = addresses.destination.look_up().await.unwrap_or_default();
            found.retain(|address| can_reach(&addresses.from, *address));
            let host = &addresses.destination.host;
            addresses.book.lock().found(host, &found, Instant::now());
        });
    }
}

impl Book {
    /// Notes an address that this machine has no way to, once.
    fn has_no_way_to(&mut self, place: usize) {
        if self.without_way.insert(place) && self.notes.len() < MOST {
            let address = self.all[place].ip();
            self.notes.push(format!(
                "this machine has no way to {address} (no network, no route, or no address of its own for one): nothing was sent to it"
            ));
        }
    }

    /// The place of an address, a new one where it has none; none where there is no room.
    fn place(&mut self, address: SocketAddr) -> Option<usize> {
        let known = self.all.iter().position(|known| *known == address);
        known.or_else(|| {
            (self.all.len() < MOST).then(|| {
                self.all.push(address);
                self.all.len() - 1
            })
        })
    }

    /// The order in which they are tried, by a user where users are spread.
    fn order(&mut self, user: Option<u64>, now: Instant) -> Vec<(usize, SocketAddr)> {
        self.shunned.retain(|_, until| *until > now);
        let mut places = self.current.clone();
        if let (Some(user), true) = (user, places.len() > 1) {
            let by = usize::try_from(user % places.len() as u64).unwrap_or_default();
            places.rotate_left(by);
        }
        places.sort_by_key(|place| self.shunned.contains_key(place));
        families_in_turn(places.into_iter().map(|place| (place, self.all[place])).collect())
    }

    /// The name was looked up; what did not come back is not known to have changed.
    fn found(&mut self, host: &str, found: &[SocketAddr], now: Instant) {
        (self.looking, self.looked_up) = (false, now);
        let mut current: Vec<usize> = found.iter().filter_map(|address| self.place(*address)).collect();
        current.dedup();
        let sorted = |places: &[usize]| {
            let mut places = places.to_vec();
            places.sort_unstable();
            places
        };
        if current.is_empty() || sorted(&current) == sorted(&self.current) {
            return;
        }
        let named = |book: &Self, places: &[usize]| {
            let each: Vec<String> = places.iter().map(|place| book.all[*place].ip().to_string()).collect();
            each.join(", ")
        };
        let note = format!(
            "the addresses of {host} changed during the run, from {} to {}: new connections went to those",
            named(self, &self.current),
            named(self, &current)
        );
        if self.notes.len() < MOST {
            self.notes.push(note);
        }
        self.current = current;
    }
}

/// Whether an address can be reached from one of those that were chosen, or none was.
fn can_reach(from: &[IpAddr], address: SocketAddr) -> bool {
    from.is_empty() || from.iter().any(|own| own.is_ipv4() == address.is_ipv4())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_deployment::{BaseUrl, HEAD_START};
    use std::net::{Ipv4Addr, Ipv6Addr};
    use tokio::net::TcpListener;
    use tokio::task::JoinSet;

    fn soon() -> Deadline {
        Deadline::now() + Duration::from_secs(20)
    }

    fn v4(last: u8) -> SocketAddr {
        (Ipv4Addr::new(192, 0, 2, last), 80).into()
    }

    fn v6() -> SocketAddr {
        (Ipv6Addr::LOCALHOST, 80).into()
    }

    fn book<const N: usize>(found: [SocketAddr; N], spread: bool) -> Addresses {
        from(&[], found, spread)
    }

    fn from<const N: usize>(own: &[IpAddr], found: [SocketAddr; N], spread: bool) -> Addresses {
        let lab = Destination::of(&BaseUrl::parse("http://lab").unwrap(), &[]);
        Addresses::new(found, lab, spread, own.to_vec())
    }

    fn order(addresses: &Addresses, user: u64) -> Vec<SocketAddr> {
        let mut book = addresses.book.lock();
        let order = book.order(addresses.spread.then_some(user), Instant::now());
        order.into_iter().map(|(_, address)| address).collect()
    }

    #[test]
    fn users_are_spread_and_families_take_turns() {
        let first = book([v4(1), v4(2), v6()], false);
        assert_eq!(order(&first, 5), [v4(1), v6(), v4(2)]);
        let all = book([v4(1), v4(2), v6()], true);
        assert_eq!(order(&all, 0)[0], v4(1));
        assert_eq!(order(&all, 1)[0], v4(2));
        assert_eq!(order(&all, 5)[0], v6());
    }

    #[test]
    fn what_cannot_be_reached_from_the_own_addresses_is_none() {
        let own = [IpAddr::from(Ipv4Addr::LOCALHOST)];
        assert_eq!(from(&own, [v6(), v4(1)], true).all(), [v4(1)]);
    }

    #[test]
    fn what_did_not_answer_comes_last_for_a_while() {
        let addresses = book([v4(1), v4(2)], false);
        addresses.learn(Some(1), &[0], &[]);
        assert_eq!(order(&addresses, 0), [v4(2), v4(1)]);
        assert_eq!(addresses.take_news().0, BTreeMap::from([(v4(1), 1)]));
        assert!(addresses.take_news().0.is_empty(), "told once");
        addresses.learn(Some(0), &[], &[]);
        assert_eq!(order(&addresses, 0), [v4(1), v4(2)], "it answers again");
    }

    #[test]
    fn a_name_that_changed_is_followed_and_said() {
        let addresses = book([v4(1)], true);
        let found = |found: &[SocketAddr]| addresses.book.lock().found("lab", found, Instant::now());
        found(&[v4(1)]);
        found(&[]);
        assert!(addresses.take_news().1.is_empty(), "nothing changed");
        found(&[v4(2), v4(3)]);
        let notes = addresses.take_news().1;
        assert!(notes[0].contains("from 192.0.2.1 to 192.0.2.2, 192.0.2.3"), "{notes:?}");
        assert_eq!(order(&addresses, 0), [v4(2), v4(3)]);
        assert_eq!(addresses.all(), [v4(1), v4(2), v4(3)], "places stay");
        for last in 10..60 {
            found(&[v4(last)]);
        }
        assert!(addresses.all().len() <= MOST && addresses.take_news().1.len() <= MOST);
    }

    #[tokio::test]
    async fn a_refused_first_address_costs_nothing_and_a_silent_one_a_quarter_of_a_second() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let good = listener.local_addr().unwrap();
        let refused = {
            let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
            gone.local_addr().unwrap()
        };
        let addresses = Arc::new(book([refused, good], false));
        let began = Instant::now();
        let (place, _) = addresses.connect(0, soon()).await.unwrap();
        assert_eq!(place, 1);
        assert!(began.elapsed() < Duration::from_secs(5));
        let (place, _) = addresses.connect(0, soon()).await.unwrap();
        assert_eq!(place, 1, "the bad one comes last now");
        assert_eq!(
            addresses.take_news().0,
            BTreeMap::from([(refused, 1)]),
            "and was not asked again"
        );

        // A listener whose queue is full does not answer: its backlog is one, and nobody takes.
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let silent = socket.listen(1).unwrap();
        let silent_at = silent.local_addr().unwrap();
        let mut fillers = JoinSet::new();
        for _ in 0..8 {
            fillers.spawn(TcpStream::connect(silent_at));
        }
        let is_silent = || tokio::time::timeout(Duration::from_millis(100), TcpStream::connect(silent_at));
        tokio::time::sleep(Duration::from_millis(50)).await;
        if is_silent().await.is_err() {
            let addresses = Arc::new(book([silent_at, good], false));
            let began = Instant::now();
            let (place, _) = addresses.connect(0, soon()).await.unwrap();
            assert_eq!(place, 1);
            assert!(began.elapsed() >= HEAD_START, "it had its head start");
        }
    }

    #[tokio::test]
    async fn where_none_answers_the_first_says_why() {
        let refused = {
            let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
            gone.local_addr().unwrap()
        };
        let addresses = Arc::new(book([refused], true));
        let error = addresses.connect(3, soon()).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }
}
