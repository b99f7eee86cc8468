//! A gate on the way to a mock: answers can be held back, and let go again.

use crate::Mock;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A TCP proxy before the HTTP port of a mock. Requests always pass; answers wait while it is closed.
#[derive(Debug)]
pub struct Gate {
    address: SocketAddr,
    prefix: String,
    bar: Arc<Bar>,
}

/// What the answers wait at.
#[derive(Debug, Default)]
struct Bar {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    closed: bool,
    gone: bool,
    answers: u64,
}

impl Gate {
    /// An open gate before a mock.
    ///
    /// # Panics
    /// There is no free port.
    pub fn before(mock: &Mock) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let gate = Self {
            address: listener.local_addr().expect("it is bound"),
            prefix: mock.prefix().to_owned(),
            bar: Arc::default(),
        };
        let (upstream, bar) = (mock.http(), Arc::clone(&gate.bar));
        thread::spawn(move || serve(&listener, upstream, &bar));
        gate
    }

    /// The base URL.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.prefix)
    }

    /// Holds answers back from now on.
    pub fn close(&self) {
        self.bar.set(|state| state.closed = true);
    }

    /// Waits until so many answers, or pieces of answers, have passed.
    ///
    /// # Panics
    /// They have not within a minute.
    pub fn await_answers(&self, count: u64) {
        let state = self.bar.state.lock().unwrap_or_else(PoisonError::into_inner);
        let few = |state: &mut State| state.answers < count;
        let waited = self.bar.changed.wait_timeout_while(state, PATIENCE, few);
        let (state, timed_out) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(!timed_out.timed_out(), "{} of {count} answers passed", state.answers);
    }

    /// Lets answers go, those that waited first.
    pub fn open(&self) {
        self.bar.set(|state| state.closed = false);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.bar.set(|state| state.gone = true);
        // Wakes the listener, which looks whether the gate is gone; an error means that it has ended already.
        let _ = TcpStream::connect(self.address);
    }
}

impl Bar {
    fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }

    fn gone(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).gone
    }

    fn pass(&self) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = |state: &mut State| state.closed && !state.gone;
        let passes = self.changed.wait_while(state, waits);
        passes.unwrap_or_else(PoisonError::into_inner).answers += 1;
        self.changed.notify_all();
    }
}

fn serve(listener: &TcpListener, upstream: SocketAddr, bar: &Arc<Bar>) {
    for client in listener.incoming() {
        if bar.gone() {
            return;
        }
        let Ok(client) = client else { continue };
        let Ok(server) = TcpStream::connect(upstream) else {
            continue;
        };
        // Small requests must not wait for each other.
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let (Ok(client_again), Ok(server_again)) = (client.try_clone(), server.try_clone()) else {
            continue;
        };
        let bar = Arc::clone(bar);
        thread::spawn(move || pump(client, server, || {}));
        thread::spawn(move || pump(server_again, client_again, || bar.pass()));
    }
}

/// Carries bytes until either side ends the connection, then ends the other.
fn pump(mut from: TcpStream, mut to: TcpStream, before_each: impl Fn()) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        before_each();
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    // Errors mean that they are closed already.
    let _ = to.shutdown(Shutdown::Write);
    let _ = from.shutdown(Shutdown::Read);
}
