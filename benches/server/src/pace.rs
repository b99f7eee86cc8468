//! The least that a machine allows: one thread that sleeps on the system's clock and writes to connections, no more. What it
//! is late by at the server is the machine's own and the server's; a generator can hardly do better in the same minute.

use super::Failed;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Connections that take turns: an answer has that many periods to come.
const CONNECTIONS: u32 = 256;
/// Before the first call, so that the server has taken all connections up.
const LEAD: Duration = Duration::from_millis(200);

/// Makes `per_s` calls a second for `lasts` to `address`.
///
/// # Errors
/// A connection failed.
pub(super) fn pace(address: &str, per_s: u32, lasts: Duration) -> Result<(), Failed> {
    sleep_finely();
    let request = format!("GET /api/v1/renewToken HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let connect = |_| {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(stream)
    };
    let mut streams: Vec<TcpStream> = (0..CONNECTIONS).map(connect).collect::<std::io::Result<_>>()?;
    let begun = Instant::now() + LEAD;
    let calls = lasts.as_secs() * u64::from(per_s);
    let mut answer = [0; 4096];
    for (call, connection) in (0..calls).zip((0..streams.len()).cycle()) {
        let due = begun + Duration::from_nanos(call * 1_000_000_000 / u64::from(per_s));
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let stream = &mut streams[connection];
        // The answer to the call before is there by now; where it is not, it is read later.
        let _ = stream.read(&mut answer);
        stream.write_all(request.as_bytes())?;
    }
    std::thread::sleep(LEAD);
    Ok(())
}

#[cfg(target_os = "linux")]
fn sleep_finely() {
    // A system that refuses is measured as it is.
    let _ = nix::sys::prctl::set_timerslack(1);
}

#[cfg(not(target_os = "linux"))]
fn sleep_finely() {}
