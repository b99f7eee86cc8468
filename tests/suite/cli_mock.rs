//! `proofload mock` as a process.

use crate::program::program;
use proofload_mock_server::Defect;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

fn proofload(args: &[&str]) -> Command {
    let mut command = program();
    command.arg("mock").args(args);
    command
}

fn ends_with(args: &[&str]) -> Output {
    proofload(args).output().expect("runs")
}

/// A running mock, ended when it goes out of scope.
struct Running {
    child: Child,
    line: String,
}

impl Running {
    fn start(args: &[&str]) -> Self {
        let mut child = proofload(args).stdout(Stdio::piped()).spawn().expect("starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        Self { child, line }
    }

    fn value(&self, name: &str) -> Option<&str> {
        let pairs = self.line.split_whitespace().filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.value("http").expect("HTTP")).expect("connects");
        let request = format!("{request}\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("writes");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("reads");
        answer
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended, as a test wants it to
        let _ = self.child.wait();
    }
}

const FREE: [&str; 4] = ["--http", "127.0.0.1:0", "--https", "127.0.0.1:0"];

#[test]
fn it_says_where_it_listens_and_serves_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = folder.path().join("c.pem");
    let mut args = FREE.to_vec();
    args.extend([
        "--prefix",
        "/identities",
        "--swagger",
        "--cert-out",
        certificate.to_str().expect("UTF-8"),
    ]);
    let mock = Running::start(&args);
    assert!(mock.line.starts_with("listening http=127.0.0.1:"), "{}", mock.line);
    assert_eq!(mock.value("prefix"), Some("/identities"));
    assert!(mock.value("https").is_some());
    let answer = mock.ask("GET /identities/api/v1/renewToken HTTP/1.1");
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    let answer = mock.ask("GET /identities/swagger/v1/swagger.json HTTP/1.1");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let pem = std::fs::read_to_string(certificate).expect("was written");
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
}

#[test]
fn what_is_not_served_is_not_listed() {
    let mock = Running::start(&["--https", "none", "--http", "127.0.0.1:0"]);
    assert_eq!((mock.value("https"), mock.value("prefix")), (None, Some("/")));
}

#[test]
fn a_defect_is_served_and_all_are_listed() {
    let mut args = FREE.to_vec();
    args.extend(["--defect", "unauthenticated-is-404", "--defect", "no-allow"]);
    let answer = Running::start(&args).ask("GET /api/v1/renewToken HTTP/1.1");
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    let listed = ends_with(&["--list-defects", "json"]);
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    assert_eq!(listed["defects"].as_array().map(Vec::len), Some(Defect::ALL.len()));
    assert_eq!(listed["defects"][0]["severity"], "MUST");
    let table = String::from_utf8(ends_with(&["--list-defects"]).stdout).expect("text");
    assert_eq!(table.lines().count(), Defect::ALL.len());
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_with_0() {
    for signal in ["-INT", "-TERM"] {
        let mut mock = Running::start(&FREE);
        let sent = Command::new("kill")
            .args([signal, &mock.child.id().to_string()])
            .status()
            .expect("kill runs");
        assert!(sent.success());
        assert_eq!(mock.child.wait().expect("ends").code(), Some(0), "{signal}");
    }
}

#[test]
fn bad_input_gets_one_sentence_and_its_exit_code() {
    let running = Running::start(&["--https", "none", "--http", "127.0.0.1:0"]);
    let taken = running.value("http").expect("HTTP").to_owned();
    let folder = tempfile::tempdir().expect("a folder");
    let inside = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    std::fs::write(inside("empty"), "\n").expect("writes");
    for (args, code, words) in [
        (vec!["--https", "none", "--http", &taken], 3, "cannot listen on"),
        (vec!["--signing-key-file", &inside("none")], 2, "cannot read"),
        (vec!["--signing-key-file", &inside("empty")], 2, "is empty"),
        (
            [&FREE[..], &["--cert-out", &inside("no/such/c.pem")]].concat(),
            2,
            "cannot write the certificate",
        ),
        (vec!["--token-lifetime", "5"], 2, "not a duration"),
        (vec!["--token-lifetime", "0s"], 2, "the least is 1s"),
        (vec!["--prefix", "a b"], 2, "a prefix is a path"),
        (vec!["--http", "6009"], 2, "write an address and a port"),
        (vec!["--http", "none", "--https", "none"], 2, "nothing to serve"),
        (vec!["--https", "none", "--cert-is-ca"], 2, "are about HTTPS"),
        (vec!["--defect", "accept-alg-none"], 2, "accepts-alg-none"),
    ] {
        let output = ends_with(&args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        assert!(said.contains(words), "{args:?}: {said}");
        assert!(output.stdout.is_empty(), "{args:?}");
    }
}
