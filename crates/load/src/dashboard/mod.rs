//! Goose's live page, showing our latencies.
//!
//! Goose draws what goes through its own metrics, which the generator leaves out. So an attack of its own, which calls
//! nobody, runs on a thread of its own and is told the calls of each second when the second is over: whoever looks
//! at the page costs the generator's threads nothing, and what is measured never passes through it.

mod replay;

use goose::config::GooseConfiguration;
use goose::goose::{GooseUser, Scenario, Transaction, TransactionFunction};
use goose::{GooseAttack, GooseError};
use parking_lot::Mutex;
use proofload_contract::Contract;
use proofload_results::events::{Event, Observer};
use proofload_results::record::Second;
use replay::Call;
use secrecy::{ExposeSecret, SecretString};
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpSocket;

/// Calls shown of one second; beyond, a sample of so many.
const MOST_CALLS: u64 = 2000;
/// Seconds that wait to be shown; beyond, the oldest is left out.
const WAITING: usize = 3;
/// The herald looks this often for what is to be shown.
const TICK: Duration = Duration::from_millis(25);
/// Users that only stand for others look this often whether the run is over.
const REST: Duration = Duration::from_millis(500);
/// Pages that may be open at a time.
const PAGES: &str = "8";
/// A page gets this long to be closed.
const FAREWELL: Duration = Duration::from_secs(3);

/// Goose's live page.
#[derive(Debug)]
pub struct Dashboard {
    address: SocketAddr,
    token: Option<SecretString>,
    host: String,
    scenario: String,
    queue: Arc<Mutex<VecDeque<Arc<Second>>>>,
    thread: Mutex<Option<std::thread::JoinHandle<Result<(), String>>>>,
    /// Holds the port until Goose listens on it.
    _claim: TcpSocket,
}

impl Dashboard {
    /// A page at `address`, for a run of `scenario` on `host`. It is there when the run's users get ready.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub fn new(address: SocketAddr, scenario: &str, host: &str) -> io::Result<Self> {
        let claim = claim(address)?;
        let address = claim.local_addr()?;
        // Goose asks for a token wherever others could look in.
        let token = || SecretString::from(format!("{:032x}", rand::random::<u128>()));
        Ok(Self {
            address,
            token: (!address.ip().is_loopback()).then(token),
            host: host.to_owned(),
            scenario: scenario.to_owned(),
            queue: Arc::default(),
            thread: Mutex::new(None),
            _claim: claim,
        })
    }

    /// What to open; where others could look in, with the token that lets a browser in.
    pub fn url(&self) -> String {
        let token = self.token.as_ref();
        let query = token.map_or_else(String::new, |token| format!("?token={}", token.expose_secret()));
        format!("http://{}/{query}", self.address)
    }

    /// Where it is served.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it, open pages included.
    ///
    /// # Errors
    /// One sentence says why it had ended before.
    pub async fn close(&self) -> Result<(), String> {
        let Some(thread) = self.thread.lock().take() else {
            return Ok(());
        };
        let until = tokio::time::Instant::now() + FAREWELL;
        while !thread.is_finished() {
            if tokio::time::Instant::now() >= until {
                return Err("it did not end in time".to_owned());
            }
            // Again and again: a Goose that is only starting resets it.
            goose::trigger_killswitch("the run is over");
            tokio::time::sleep(TICK).await;
        }
        thread.join().unwrap_or_else(|_| Err("it broke".to_owned()))
    }

    fn open(&self, users: usize) {
        let mut thread = self.thread.lock();
        if thread.is_some() {
            return;
        }
        let configuration = Setup {
            address: self.address,
            token: self.token.clone(),
            host: self.host.clone(),
            scenario: self.scenario.clone(),
            users,
        };
        let queue = self.queue.clone();
        let serve = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|error| error.to_string())?;
            let outcome = runtime.block_on(configuration.attack(queue));
            runtime.shutdown_background();
            outcome.map_err(|error| error.to_string())
        };
        // Without a thread there is no page, and the run goes on all the same.
        *thread = std::thread::Builder::new()
            .name("dashboard".to_owned())
            .spawn(serve)
            .ok();
    }
}

impl Observer for Dashboard {
    fn observe(&self, event: &Event) {
        match event {
            Event::LoadPlanned { users } => self.open(*users),
            Event::LoadSecond(second) => {
                let mut queue = self.queue.lock();
                if queue.len() >= WAITING {
                    queue.pop_front();
                }
                queue.push_back(second.clone());
            }
            _ => {}
        }
    }
}

/// Holds the address without listening. On Linux, whoever listens on it next with the same permission to share, as Goose
/// does, gets it, and nobody is given it by chance.
fn claim(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

struct Setup {
    address: SocketAddr,
    token: Option<SecretString>,
    host: String,
    scenario: String,
    users: usize,
}

impl Setup {
    async fn attack(self, queue: Arc<Mutex<VecDeque<Arc<Second>>>>) -> Result<(), GooseError> {
        // Goose writes a report of what it was told when it ends: somewhere where nobody looks.
        let folder = TempDir::new().map_err(GooseError::Io)?;
        let herald = Arc::new(tokio::sync::Mutex::new(Herald::new(queue)));
        let scenario = Scenario::new(&self.scenario).register_transaction(Transaction::new(life(herald)));
        let attack = GooseAttack::initialize_with_config(self.configuration(&folder)?)?
            .set_client_builder_without_cookies(goose::client::GooseClientBuilder::new().without_cookies())?
            .register_scenario(scenario);
        Box::pin(attack.execute()).await.map(drop)
    }

    fn configuration(&self, folder: &TempDir) -> Result<GooseConfiguration, GooseError> {
        let (users, folder) = (self.users.max(1).to_string(), folder.path().join("run"));
        let (ip, port) = (self.address.ip().to_string(), self.address.port().to_string());
        let notes = format!(
            "Response times count from when each call was due. Shown about a second late; above {MOST_CALLS} calls a second a \
             sample of so many, which keeps percentiles but not counts and rates."
        );
        let folder = folder.to_string_lossy();
        let mut options = vec![
            "--host",
            &self.host,
            "--users",
            &users,
            "--increase-rate",
            "1000000",
            "--dashboard",
            "--dashboard-host",
            &ip,
            "--dashboard-port",
            &port,
            "--dashboard-max-clients",
            PAGES,
            "--notes",
            &notes,
            "--output-dir",
            &folder,
            // These would show the herald's own doings.
            "--no-transaction-metrics",
            "--no-scenario-metrics",
            "--no-print-metrics",
            "--no-error-summary",
            "--no-telnet",
            "--quiet",
        ];
        if let Some(token) = &self.token {
            options.extend(["--dashboard-auth-token", token.expose_secret()]);
        }
        GooseConfiguration::parse_args_default(&options).map_err(|error| GooseError::InvalidOption {
            option: "configuration".to_owned(),
            value: String::new(),
            detail: error.to_string(),
        })
    }
}

/// The first user tells what there is to show; the others stand for the run's virtual users, so that the page says how
/// many there are.
fn life(herald: Arc<tokio::sync::Mutex<Herald>>) -> TransactionFunction {
    Arc::new(move |user: &mut GooseUser| {
        let herald = herald.clone();
        Box::pin(async move {
            if user.weighted_users_index == 0 {
                tokio::time::sleep(TICK).await;
                herald.lock().await.tell(user).await;
            } else {
                tokio::time::sleep(REST).await;
            }
            Ok(())
        })
    })
}

/// Tells Goose of calls, evenly over time: a second's calls all at once would be drawn as peaks.
struct Herald {
    queue: Arc<Mutex<VecDeque<Arc<Second>>>>,
    calls: VecDeque<Call>,
    begun: Instant,
    lasts: Duration,
}

impl Herald {
    fn new(queue: Arc<Mutex<VecDeque<Arc<Second>>>>) -> Self {
        Self {
            queue,
            calls: VecDeque::new(),
            begun: Instant::now(),
            lasts: Duration::ZERO,
        }
    }

    /// The calls that are to be shown by now.
    fn due(&mut self, now: Instant) -> Vec<Call> {
        let mut due = Vec::new();
        loop {
            let passed = now.saturating_duration_since(self.begun).as_secs_f64() / self.lasts.as_secs_f64().max(1e-6);
            let until = self.calls.partition_point(|call| call.at <= passed);
            due.extend(self.calls.drain(..until));
            if passed < 1.0 {
                return due;
            }
            let Some(second) = self.queue.lock().pop_front() else {
                return due;
            };
            // One second follows the other without a gap, unless there was one.
            let ended = self.begun + self.lasts;
            self.begun = ended.max(now.checked_sub(Duration::from_millis(500)).unwrap_or(now));
            self.lasts = Duration::from_secs_f64(second.counters.length_s.clamp(0.001, 5.0));
            self.calls = replay::calls(&second, MOST_CALLS).into();
        }
    }

    async fn tell(&mut self, user: &mut GooseUser) {
        for call in self.due(Instant::now()) {
            let method = Contract::bundled()
                .operation(&call.operation)
                .map_or("CALL", |operation| operation.method.as_str());
            let status = call.ending.parse().ok();
            let error = (!call.ok).then_some(call.ending.as_str());
            // What cannot be shown is not worth ending the run for.
            let _ = user
                .record_custom_request_duration(method, &call.operation, call.took, call.ok, status, error)
                .await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::record::{Counters, latency_histogram};

    fn second(calls: u64) -> Arc<Second> {
        let mut second = Second::new(Counters {
            length_s: 1.0,
            ..Counters::default()
        });
        let mut histogram = latency_histogram();
        histogram.record_n(1000, calls).unwrap();
        second.add("publish.response.ok".parse().unwrap(), &histogram);
        Arc::new(second)
    }

    #[test]
    fn seconds_are_told_evenly_and_without_a_gap() {
        let queue = Arc::new(Mutex::new(VecDeque::from([second(100), second(200)])));
        let mut herald = Herald::new(queue.clone());
        let begun = herald.begun;
        let mut told = |millis| herald.due(begun + Duration::from_millis(millis)).len();
        for quarter in 1..=4 {
            let told = told(quarter * 250);
            assert!((24..=27).contains(&told), "{told} in a quarter of 100");
        }
        assert_eq!(told(2000), 200, "the next second follows at once");
        assert_eq!(told(2500), 0);
        queue.lock().push_back(second(10));
        let first = told(60_000);
        assert!((4..=6).contains(&first), "{first} of 10 at once after a gap");
        assert_eq!(first + told(60_500), 10);
    }
}
