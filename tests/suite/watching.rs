//! Watching a load run: metrics while it goes on, a silent stderr in a pipe, and addresses that cannot be served on.
#![cfg(unix)]

use crate::program::program;
use proofload_test_support::Mock;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

struct Run {
    process: Child,
    said: BufReader<ChildStderr>,
    metrics: String,
    _mock: Mock,
}

impl Run {
    fn start() -> Self {
        let mock = Mock::on_premise();
        let mut process = program()
            .args([
                "load",
                "--scenario",
                "camera-feed",
                "--rate",
                "50/s",
                "--duration",
                "1h",
            ])
            .args(["--prometheus", "0", "--username", "admin", "--url"])
            .arg(mock.http_url())
            .env("PROOFLOAD_PASSWORD", "admin-pass")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("metrics at") {
            line.clear();
            assert!(
                said.read_line(&mut line).unwrap() > 0,
                "it ended before it served metrics"
            );
        }
        let url = line.trim().strip_prefix("metrics at http://").unwrap();
        let metrics = url.strip_suffix("/metrics").unwrap().to_owned();
        Self {
            process,
            said,
            metrics,
            _mock: mock,
        }
    }

    /// Status line and headers, and the body.
    fn ask(&self, request: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.metrics).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    fn scrape(&self) -> String {
        let (head, body) = self.ask("GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n");
        assert!(
            head.starts_with("HTTP/1.1 200") && head.contains("text/plain; version=0.0.4"),
            "{head}"
        );
        body
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Errors mean that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn value(metrics: &str, sample: &str) -> Option<f64> {
    let line = metrics.lines().find(|line| line.starts_with(sample))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[test]
fn prometheus_sees_the_run_while_it_goes_on() {
    let mut run = Run::start();
    let begun = Instant::now();
    let done = |metrics: &str| value(metrics, "proofload_arrivals_done_total").unwrap();
    // Counts grow from one second to the next.
    let (mut first, mut last) = (None, String::new());
    while first.is_none_or(|first| done(&last) <= first) {
        assert!(begun.elapsed() < PATIENCE, "nothing grew: {last}");
        std::thread::sleep(Duration::from_millis(20));
        last = run.scrape();
        if first.is_none() && done(&last) > 0.0 {
            first = Some(done(&last));
        }
    }
    assert!(last.contains("proofload_run_info{scenario=\"camera-feed\",target=\"http://127.0.0.1:"));
    let count = value(&last, "proofload_response_time_seconds_count{operation=\"publish\"}").unwrap();
    let calls = value(&last, "proofload_calls_total{operation=\"publish\",status=\"200\"}").unwrap();
    assert!(count >= calls && calls > 0.0, "{last}");

    // Slow clients, large heads and other requests are no concern of the run.
    let _silent: Vec<TcpStream> = (0..4).map(|_| TcpStream::connect(&run.metrics).unwrap()).collect();
    assert!(
        run.ask("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .0
            .starts_with("HTTP/1.1 404")
    );
    let (refused, _) = run.ask("POST /metrics HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n");
    assert!(
        refused.starts_with("HTTP/1.1 405") && refused.contains("GET, HEAD"),
        "{refused}"
    );
    let before = done(&run.scrape());
    while done(&run.scrape()) <= before {
        assert!(begun.elapsed() < 2 * PATIENCE, "the run stood still");
        std::thread::sleep(Duration::from_millis(20));
    }

    let process = run.process.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &process])
            .status()
            .unwrap()
            .success()
    );
    let mut rest = String::new();
    run.said.read_to_string(&mut rest).unwrap();
    assert_eq!(run.process.wait().unwrap().code(), Some(130));
    // A pipe gets no progress line, only the word about the signal.
    assert!(!rest.contains('\r') && !rest.contains('\x1b'), "{rest:?}");
    assert_eq!(rest.lines().count(), 1, "{rest:?}");
}

#[test]
fn an_address_that_is_taken_is_said() {
    for (option, what) in [("--prometheus", "metrics"), ("--dashboard", "the live page")] {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let output = program()
            .args(["load", "--duration", "1s", option, &address])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("cannot serve {what} on {address}")), "{said}");
    }
}
