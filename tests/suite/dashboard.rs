//! The live page while a load run goes on, as a browser gets it, and as clients with other intentions do.
#![cfg(unix)]

use crate::program::program;
use proofload_test_support::Mock;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);
/// As many pages are fed.
const PAGES: usize = 8;

struct Run {
    process: Child,
    said: BufReader<ChildStderr>,
    /// Host and port of the page.
    page: String,
    folder: tempfile::TempDir,
    _mock: Mock,
}

impl Run {
    fn start(duration: &str, more: &[&str]) -> Self {
        let mock = Mock::on_premise();
        let folder = tempfile::tempdir().unwrap();
        let mut process = program()
            .args([
                "load",
                "--scenario",
                "camera-feed",
                "--rate",
                "50/s",
                "--format",
                "json",
            ])
            .args(["--dashboard", "0", "--duration", duration])
            .args(["--username", "admin", "--url", &mock.http_url()])
            .args(more)
            .env("PROOFLOAD_PASSWORD", "admin-pass")
            .current_dir(&folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("live page at") {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "it ended before it said where");
        }
        let page = line.trim().strip_prefix("live page at http://").unwrap();
        let page = page.strip_suffix('/').unwrap().to_owned();
        Self {
            process,
            said,
            page,
            folder,
            _mock: mock,
        }
    }

    /// An answer as it comes. By HTTP/1.0: what goes on comes as it is, without chunks.
    fn request(&self, path: &str, head: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(&self.page).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "GET {path} HTTP/1.0\r\n{head}\r\n\r\n").unwrap();
        BufReader::new(stream)
    }

    /// Head and body of an answer that ends.
    fn ask(&self, path: &str, head: &str) -> (String, String) {
        let mut answer = String::new();
        self.request(path, head).read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    fn events(&self) -> Events {
        Events(self.request("/events", &format!("host: {}", self.page)))
    }

    /// Sends Ctrl-C.
    fn interrupt(&self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    }

    /// How it ended: exit code, stdout, the rest of stderr.
    fn finish(&mut self) -> (i32, String, String) {
        let (mut out, mut rest) = (String::new(), String::new());
        let mut stdout = self.process.stdout.take().unwrap();
        stdout.read_to_string(&mut out).unwrap();
        self.said.read_to_string(&mut rest).unwrap();
        (self.process.wait().unwrap().code().unwrap(), out, rest)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Errors mean that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What one open page is sent.
struct Events(BufReader<TcpStream>);

impl Events {
    /// The next state; none when there is no more.
    fn next(&mut self) -> Option<Value> {
        let mut line = String::new();
        loop {
            line.clear();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "cut short");
            if line.starts_with("event: end") {
                return None;
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return Some(serde_json::from_str(data).unwrap());
            }
        }
    }

    /// The last state.
    fn last(mut self) -> Value {
        let mut last = None;
        while let Some(state) = self.next() {
            last = Some(state);
        }
        last.unwrap()
    }
}

/// A count of the tiles under the verdict.
fn count(state: &Value, name: &str) -> u64 {
    let main = state["main"].as_str().unwrap();
    let tile = main.split(&format!("data-count=\"{name}\"")).nth(1).unwrap();
    let value = tile.split("value=\"").nth(1).unwrap();
    value.split('"').next().unwrap().parse().unwrap()
}

#[test]
fn the_page_shows_the_run_while_it_goes_on() {
    let mut run = Run::start("1h", &["--slo", "publish.p99 < 30s", "--title", "Site <North>"]);
    let (head, html) = run.ask("/", &format!("host: {}", run.page));
    assert!(
        head.starts_with("HTTP/1.0 200") && head.contains("frame-ancestors 'none'"),
        "{head}"
    );
    assert!(html.contains("default-src 'none'") && html.contains("connect-src 'self'"));
    assert!(html.contains("<title>Site &lt;North&gt;</title>"), "{html}");
    assert!(
        !html.contains("src=\"") && !html.contains("@import"),
        "it needs nobody else"
    );

    let mut events = run.events();
    let first = events.next().unwrap();
    assert_eq!((&first["over"], first.get("file")), (&false.into(), None));
    assert_eq!(first["title"], "Running: Site <North>");
    let mut state = first;
    while count(&state, "done") < 20 {
        state = events.next().unwrap();
    }
    let main = state["main"].as_str().unwrap();
    assert!(main.contains("of 3600 s: all 2 objectives hold so far"), "{main}");
    let charts = state["charts"].as_array().unwrap();
    let rate = charts.iter().find(|chart| chart["title"] == "Rate").unwrap();
    assert!(!rate["xs"].as_array().unwrap().is_empty(), "{rate}");

    run.interrupt();
    let last = events.last();
    let (code, out, rest) = run.finish();
    assert_eq!(code, 130, "{rest}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(last["over"], true);
    assert_eq!(count(&last, "done"), report["arrivals"]["done"].as_u64().unwrap());
    let file = last["file"].as_str().unwrap();
    assert!(
        file.starts_with("<!DOCTYPE html>") && file.contains("Incomplete"),
        "a report of its own"
    );
}

#[test]
fn what_it_shows_at_the_end_is_the_report_on_disk() {
    let mut run = Run::start("3s", &["--out", "run", "--title", "North"]);
    let last = run.events().last();
    let (code, _, rest) = run.finish();
    assert!(matches!(code, 0 | 4), "{rest}");
    let page = std::fs::read_to_string(run.folder.path().join("run/report.html")).unwrap();
    assert_eq!(last["file"].as_str().unwrap(), page);
    assert!(page.contains(last["main"].as_str().unwrap()), "the same, to the letter");
    assert!(
        page.contains("<title>North</title>"),
        "the title is on the page that is left, too"
    );
}

#[test]
fn clients_with_other_intentions_hold_nothing_up() {
    let mut run = Run::start("4s", &[]);
    for (head, status) in [
        ("host: elsewhere.example", "421"),
        ("host: localhost\r\nsec-fetch-site: cross-site", "403"),
    ] {
        let (refused, _) = run.ask("/events", head);
        assert!(refused.starts_with(&format!("HTTP/1.0 {status}")), "{head}: {refused}");
    }
    let (missing, _) = run.ask("/../etc/passwd", "host: localhost");
    assert!(missing.starts_with("HTTP/1.0 404"), "{missing}");
    // Pages that are never read, and then one too many.
    let _deaf: Vec<Events> = (0..PAGES)
        .map(|_| run.events())
        .map(|mut events| {
            events.next().unwrap();
            events
        })
        .collect();
    let (full, said) = run.ask("/events", "host: localhost");
    assert!(
        full.starts_with("HTTP/1.0 503") && said.contains("too many pages"),
        "{full}"
    );
    // Connections that say nothing, one that says too much, one that goes away in the middle.
    let _silent: Vec<TcpStream> = (0..20).map(|_| TcpStream::connect(&run.page).unwrap()).collect();
    let mut long = TcpStream::connect(&run.page).unwrap();
    let _ = long.write_all(format!("GET / HTTP/1.1\r\nx: {}", "a".repeat(100_000)).as_bytes());
    let (code, out, rest) = run.finish();
    assert!(matches!(code, 0 | 4), "{rest}");
    serde_json::from_str::<Value>(&out).unwrap();
}
