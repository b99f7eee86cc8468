//! What people get wrong first: each mistake ends in one clear sentence on stderr, nothing on stdout, and the documented
//! exit code.
#![cfg(unix)]

use crate::program::program;
use proofload_test_support::{Mock, Nginx};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use tempfile::TempDir;

/// A folder to run the program in, with the password of `admin` in the environment.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(name: &str, text: &str) -> Self {
        let desk = Self::new();
        fs::write(desk.0.path().join(name), text).unwrap();
        desk
    }

    /// Runs the program, which must end with `code` and one sentence that holds every one of `parts`.
    #[track_caller]
    fn refuses(&self, args: &[&str], code: i32, parts: &[&str]) {
        let output = program()
            .args(args)
            .current_dir(&self.0)
            .env("PROOFLOAD_PASSWORD", "admin-pass")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        assert!(output.stdout.is_empty(), "{args:?} printed on stdout");
        let errors: Vec<&str> = said.lines().filter(|line| !line.starts_with("warning: ")).collect();
        assert_eq!(errors.len(), 1, "{args:?}: {said}");
        assert!(errors[0].starts_with("error: "), "{said}");
        for part in parts {
            assert!(errors[0].contains(part), "{args:?}: {said} should say {part}");
        }
    }

    #[track_caller]
    fn refuses_url(&self, url: &str, more: &[&str], parts: &[&str]) {
        let args = [&["validate", "--url", url, "--username", "admin"], more].concat();
        self.refuses(&args, 3, parts);
    }
}

#[test]
fn a_configuration_that_is_missing_or_malformed() {
    let validate = ["validate", "--config", "lab.toml"];
    Desk::new().refuses(&validate, 2, &["no configuration file lab.toml", "--config", "--url"]);
    Desk::new().refuses(&["validate", "--target", "lab"], 2, &["proofload.toml"]);
    for (text, parts) in [
        ("[targets.lab", &["`lab.toml`", "line 1", "unclosed table"][..]),
        (
            "[targets.lab]\nurl = \"http://127.0.0.1:1\"\nalow = []",
            &["`lab.toml`", "line 3", "`targets.lab`", "`alow`", "`allow`"],
        ),
        ("[targets.lab]\nallow = []", &["`lab.toml`", "line 1", "`url`"]),
        (
            "[targets.lab]\nurl = \"lab.example\"",
            &["`lab.toml`", "line 2", "`targets.lab.url`", "https://10.0.0.123:5009"],
        ),
        (
            "[targets.lab]\nurl = \"http://127.0.0.1:1\"\n[[targets.lab.accounts]]\nname = \"a\"\npassword = \"in-the-clear\"\npermissions = []",
            &["`lab.toml`", "line 5", "never written into this file", "env"],
        ),
        (
            "[targets.lab]\nurl = \"http://127.0.0.1:1\"\n[[targets.lab.accounts]]\nname = \"a\"\npassword = { env = \"A\" }\npermissions = [\"Face Publishin\"]",
            &["line 6", "did you mean Face Publishing?"],
        ),
        (
            "[targets.lab]\nurl = \"http://127.0.0.1:1\"\n[[targets.lab.accounts]]\nname = \"a\"\npassword = { env = \"NOT_SET_ANYWHERE\" }\npermissions = []",
            &["line 5", "NOT_SET_ANYWHERE is not set"],
        ),
        ("", &["lab.toml has no targets"]),
    ] {
        Desk::with("lab.toml", text).refuses(&validate, 2, parts);
    }
}

#[test]
fn a_target_that_is_not_in_the_configuration() {
    let desk = Desk::with("proofload.toml", "[targets.lab]\nurl = \"http://127.0.0.1:1\"\n");
    desk.refuses(
        &["validate", "--target", "lap"],
        2,
        &["no target \"lap\"", "did you mean lab?"],
    );
}

#[test]
fn a_base_url_that_is_none() {
    for (url, part) in [
        ("lab", "not a base URL"),
        ("ftp://lab.example", "neither http nor https"),
        ("https://lab.example/?a=b", "a query"),
        ("https://user:secret@lab.example", "carries credentials"),
    ] {
        Desk::new().refuses(&["validate", "--url", url], 2, &[part]);
    }
}

#[test]
fn a_prefix_that_is_missing_or_one_too_many() {
    let on_premise = Mock::on_premise();
    let cloud = Mock::in_the_cloud();
    let root = |mock: &Mock| format!("http://{}", mock.http());
    let right = format!("give {} as the base URL", root(&on_premise));
    Desk::new().refuses_url(&format!("{}/identities", root(&on_premise)), &[], &[&right]);
    let right = format!("give {}/identities as the base URL", root(&cloud));
    Desk::new().refuses_url(&root(&cloud), &[], &[&right]);
    Desk::new().refuses_url(&format!("{}/identities/api/v1", root(&cloud)), &[], &[&right]);
}

#[test]
fn a_prefix_that_nginx_does_not_have() {
    let mock = Mock::on_premise();
    let nginx = Nginx::before(&mock);
    let right = format!("give {} as the base URL", nginx.url());
    let without = format!("https://{}", nginx.address());
    Desk::new().refuses_url(&without, &["--insecure"], &[&right]);
}

#[test]
fn a_certificate_that_is_not_trusted() {
    let mock = Mock::on_premise();
    let nginx = Nginx::before(&mock);
    let ways = ["not trusted", "sha256//", "--ca", "--pin", "--insecure"];
    Desk::new().refuses_url(&nginx.url(), &[], &ways);
    let other = Desk::with("other.pem", mock.certificate_pem());
    other.refuses_url(&nginx.url(), &["--ca", "other.pem"], &ways);
}

#[test]
fn a_file_of_certificates_that_is_none() {
    let desk = Desk::with("ca.pem", "not a certificate");
    let url = [
        "validate",
        "--url",
        "https://127.0.0.1:1",
        "--username",
        "admin",
        "--ca",
    ];
    desk.refuses(&[&url[..], &["ca.pem"]].concat(), 2, &["ca.pem", "no certificate"]);
    desk.refuses(
        &[&url[..], &["missing.pem"]].concat(),
        2,
        &["missing.pem", "cannot read"],
    );
}

#[test]
fn a_password_or_user_that_is_wrong() {
    let mock = Mock::on_premise();
    let desk = Desk::with("wrong.secret", "not-the-password\n");
    let said = ["\"admin\"", "400", "Username or password is incorrect"];
    desk.refuses_url(&mock.http_url(), &["--password-file", "wrong.secret"], &said);
}

#[test]
fn a_port_that_does_not_answer() {
    let url = "https://127.0.0.1:1";
    Desk::new().refuses_url(
        url,
        &[],
        &[&format!("cannot reach {url}"), "connection refused", "5009"],
    );
}

#[test]
fn http_spoken_to_https_and_the_other_way_round() {
    let mock = Mock::on_premise();
    let plain_to_tls = mock.https_url().replacen("https", "http", 1);
    Desk::new().refuses_url(&plain_to_tls, &[], &["write https:// instead of http://"]);
    let tls_to_plain = mock.http_url().replacen("http", "https", 1);
    Desk::new().refuses_url(&tls_to_plain, &["--insecure"], &["write http:// instead of https://"]);
}

#[test]
fn a_target_that_answers_html() {
    let page = "<!DOCTYPE html><title>Welcome</title><p>It works!";
    let url = answers_everything("200 OK", "text/html; charset=utf-8", page);
    Desk::new().refuses_url(&url, &[], &["web page", "/identities"]);
}

#[test]
fn a_pattern_that_selects_nothing() {
    let mock = Mock::on_premise();
    Desk::new().refuses_url(
        &mock.http_url(),
        &["--only", "no-such-case"],
        &["no case is selected", "`no-such-case`", "--list"],
    );
}

#[test]
fn a_scenario_that_is_unknown_or_wrong() {
    let load = |scenario| ["load", "--scenario", scenario];
    Desk::new().refuses(
        &load("camera-fed"),
        2,
        &["no scenario \"camera-fed\"", "did you mean camera-feed?"],
    );
    Desk::new().refuses(&load("mine.toml"), 2, &["cannot read `mine.toml`"]);
    Desk::new().refuses(&["scenarios", "nope"], 2, &["no scenario \"nope\"", "camera-feed"]);
    let right = include_str!("../../scenarios/camera-feed.toml");
    for (good, bad, parts) in [
        (
            "operation = \"publish\"",
            "operation = \"publsh\"",
            &["no operation \"publsh\"", "did you mean publish"][..],
        ),
        (
            "builtin = [\"face-crop-260x300\"]",
            "directory = \"empty\"",
            &["image directory empty"],
        ),
        (
            "errors < 0.1%",
            "publsh.p99 < 1ms",
            &["no operation \"publsh\"", "did you mean publish"],
        ),
    ] {
        assert!(right.contains(good), "{good} is not in the scenario");
        let desk = Desk::with("mine.toml", &right.replace(good, bad));
        fs::create_dir(desk.0.path().join("empty")).unwrap();
        desk.refuses(&load("mine.toml"), 2, parts);
    }
}

#[test]
fn a_field_without_effect_is_refused() {
    for (scenario, set, parts) in [
        (
            "smoke",
            "arrivals.stages=[{ ramp = \"2s\", to = \"50/s\" }]",
            ["arrivals.stages", "closed"],
        ),
        ("smoke", "journeys.0.frame_rate=2/s", ["journeys.frame_rate", "closed"]),
        (
            "camera-feed",
            "journeys.0.steps=[{ operation = \"publish\", weight = 3 }, { operation = \"renewToken\" }]",
            ["journeys.steps.weight", "mix = true"],
        ),
    ] {
        Desk::new().refuses(&["load", "--scenario", scenario, "--set", set], 2, &parts);
    }
}

#[test]
fn a_load_that_was_not_allowed_or_would_overwrite() {
    // An address for documentation: should the refusal fail, nobody is loaded.
    let url = ["load", "--url", "https://192.0.2.1:5009", "--username", "admin"];
    Desk::new().refuses(&url, 2, &["192.0.2.1", "allow", "--i-may-load-this-target"]);
    let desk = Desk::new();
    fs::create_dir(desk.0.path().join("full")).unwrap();
    fs::write(desk.0.path().join("full/kept"), "").unwrap();
    desk.refuses(&["load", "--out", "full"], 2, &["run directory full is not empty"]);
}

/// A server that gives one answer to everything, for as long as the test process lives.
fn answers_everything(status: &str, content_type: &str, body: &str) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n");
    let answer = format!(
        "{head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut request = BufReader::new(stream);
            let mut length = 0;
            let mut line = String::new();
            while request.read_line(&mut line).is_ok_and(|read| read > 2) {
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap_or(0);
                }
                line.clear();
            }
            // Read whole, so that closing the connection does not reset it.
            let mut sent = vec![0; length];
            let _ = request.read_exact(&mut sent); // a client that went away is no matter
            let _ = request.get_mut().write_all(answer.as_bytes());
        }
    });
    url
}
