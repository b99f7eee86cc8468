//! Goose's live page while a load run goes on, as a browser gets it.
#![cfg(unix)]

use crate::program::program;
use proofload_test_support::Mock;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

struct Run {
    process: Child,
    said: BufReader<ChildStderr>,
    /// Host and port of the page.
    page: String,
    /// Where the program works, and should leave nothing.
    folder: tempfile::TempDir,
    /// Where it may write while it works.
    scratch: tempfile::TempDir,
    _mock: Mock,
}

impl Run {
    fn start(duration: &str, users: &str) -> Self {
        let mock = Mock::on_premise();
        let (folder, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
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
            .args(["--dashboard", "0", "--duration", duration, "--users", users])
            .args(["--username", "admin", "--url", &mock.http_url()])
            .env("PROOFLOAD_PASSWORD", "admin-pass")
            .env("TMPDIR", scratch.path())
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
        let url = line.trim().strip_prefix("live page at http://").unwrap();
        let page = url.strip_suffix('/').unwrap().to_owned();
        Self {
            process,
            said,
            page,
            folder,
            scratch,
            _mock: mock,
        }
    }

    fn request(&self, path: &str, host: &str) -> std::io::Result<TcpStream> {
        let mut stream = TcpStream::connect(&self.page)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
        )?;
        Ok(stream)
    }

    /// Head and body of an answer; `None` while nobody listens yet.
    fn ask(&self, path: &str, host: &str) -> Option<(String, String)> {
        let mut answer = String::new();
        self.request(path, host).ok()?.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.to_owned(), body.to_owned()))
    }

    /// Asks until there is an answer.
    #[track_caller]
    fn get(&self, path: &str) -> (String, String) {
        let begun = Instant::now();
        loop {
            if let Some(answer) = self.ask(path, &self.page) {
                return answer;
            }
            assert!(begun.elapsed() < PATIENCE, "nobody answers {path}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks for what the page draws until it shows calls that `wanted` is content with.
    #[track_caller]
    fn shown(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let (head, body) = self.get("/api/v1/snapshot");
            if head.starts_with("HTTP/1.1 200") {
                let shown: Value = serde_json::from_str(&body).unwrap();
                if row(&shown).is_some_and(&wanted) {
                    return shown;
                }
                assert!(begun.elapsed() < PATIENCE, "{shown:#}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sends Ctrl-C and says how it ended: exit code, stdout, the rest of stderr.
    fn interrupt(mut self) -> (i32, String, String) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        self.finish()
    }

    fn finish(&mut self) -> (i32, String, String) {
        let (mut out, mut rest) = (String::new(), String::new());
        let mut stdout = self.process.stdout.take().unwrap();
        stdout.read_to_string(&mut out).unwrap();
        self.said.read_to_string(&mut rest).unwrap();
        (self.process.wait().unwrap().code().unwrap(), out, rest)
    }

    /// What it left lying about.
    fn left(&self) -> Vec<PathBuf> {
        let all = [&self.folder, &self.scratch].map(|folder| std::fs::read_dir(folder).unwrap());
        all.into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Errors mean that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn row(shown: &Value) -> Option<&Value> {
    shown["requests"]
        .as_array()?
        .iter()
        .find(|row| row["name"] == "publish")
}

#[test]
fn the_page_shows_the_run_while_it_goes_on() {
    let run = Run::start("1h", "7");
    let (head, html) = run.get("/");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let policy = head.lines().find(|line| line.starts_with("content-security-policy:"));
    assert!(
        policy.is_some_and(|policy| policy.contains("default-src 'self'")),
        "{head}"
    );
    assert!(
        !html.contains("https://") && !html.contains("http://"),
        "it needs nobody else"
    );
    let shown = run.shown(|row| row["request_count"].as_u64() > Some(20));
    let publish = row(&shown).unwrap();
    assert_eq!(
        (&publish["method"], &publish["failure_count"]),
        (&"POST".into(), &0.into())
    );
    assert!(publish["response_time_max_ms"].as_f64() > Some(0.0), "{publish}");
    let text = shown.to_string();
    assert!(
        text.contains("from when each call was due") && text.contains("a sample of so many"),
        "{text}"
    );
    assert_eq!(shown["active_users"], 7, "as many as the run has");
    // Another page in the same browser cannot read along under a name of its own.
    let (refused, _) = run.ask("/api/v1/snapshot", "elsewhere.example").unwrap();
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    let (code, out, rest) = run.interrupt();
    assert_eq!(code, 130, "{rest}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert!(report["arrivals"]["done"].as_u64() > Some(20), "{report}");
}

#[test]
fn an_open_page_holds_nothing_up_and_nothing_is_left_behind() {
    let mut run = Run::start("4s", "3");
    let mut page = BufReader::new(run.get_stream("/api/v1/events"));
    let mut lines = String::new();
    while !lines.contains("event: snapshot") {
        assert!(page.read_line(&mut lines).unwrap() > 0, "{lines}");
    }
    let (code, out, rest) = run.finish();
    assert!(matches!(code, 0 | 4), "{rest}");
    serde_json::from_str::<Value>(&out).unwrap();
    page.read_to_string(&mut lines).unwrap();
    assert!(lines.contains("event: closed"), "the page is told that it is over");
    assert_eq!(run.left(), Vec::<PathBuf>::new());
}

impl Run {
    /// An answer that goes on.
    #[track_caller]
    fn get_stream(&self, path: &str) -> TcpStream {
        let begun = Instant::now();
        loop {
            if let Ok(stream) = self.request(path, &self.page) {
                return stream;
            }
            assert!(begun.elapsed() < PATIENCE, "nobody answers {path}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
