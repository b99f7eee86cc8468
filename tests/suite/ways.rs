//! How a target is reached as people ask for it: other places to connect to, addresses of our own, header fields of somebody else's.

use crate::load_as_typed::server;
use crate::program::program;
use proofload_test_support::Mock;
use serde_json::Value;
use std::process::Output;

fn run(args: &[&str]) -> Output {
    program()
        .args(args)
        .env("PROOFLOAD_PASSWORD", "admin-pass")
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    let [stderr, stdout] = [&output.stderr, &output.stdout].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    format!("{stderr}{stdout}")
}

const BOX: [&str; 4] = ["--url", "http://box.example:6009", "--username", "admin"];
const FEW: [&str; 9] = [
    "--i-may-load-this-target",
    "--rate",
    "100/s",
    "-n",
    "4",
    "-c",
    "2",
    "--format",
    "json",
];

#[test]
fn calls_go_elsewhere_from_where_they_are_told_and_carry_what_they_are_given() {
    let (there, seen) = server(|_| None);
    let port = there.rsplit(':').next().unwrap();
    let to = format!("box.example:6009:localhost:{port}");
    let resolved = format!("localhost:{port}:127.0.0.1");
    let way = [
        "--connect-to",
        &to,
        "--resolve",
        &resolved,
        "--header",
        "X-Api-Key: hush-hush-1",
        "--resolve",
        "else:1:127.0.0.9",
    ];
    let bound: &[&str] = if cfg!(target_os = "linux") {
        &["--bind", "127.0.0.2"]
    } else {
        &[]
    };
    let output = run(&[&["load"], &BOX[..], &FEW[..], &way[..], bound].concat());
    let told = told(&output);
    assert!(told.contains("else:1:127.0.0.9 changes nothing"), "{told}");
    assert!(!told.contains("hush-hush-1"), "{told}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}"));
    let findings = report["findings"].to_string();
    assert!(
        findings.contains(&format!("for box.example:6009 were made to 127.0.0.1:{port}")),
        "{findings}"
    );
    assert!(findings.contains("every call carried x-api-key"), "{findings}");
    let seen = seen.lock().unwrap();
    assert!(seen.len() > 4, "the first look, logins and publishes");
    for asked in seen.iter() {
        let head = asked.head.to_lowercase();
        assert!(head.contains("\r\nhost: box.example:6009\r\n"), "{head}");
        assert!(head.contains("\r\nx-api-key: hush-hush-1\r\n"), "{head}");
        assert!(
            bound.is_empty() || asked.from.to_string() == "127.0.0.2",
            "{}",
            asked.from
        );
    }
}

#[test]
fn a_validation_and_a_load_over_tls_go_elsewhere_too() {
    let mock = Mock::on_premise();
    let url = mock.https_url();
    let port = url.rsplit(':').next().unwrap();
    let to = format!("::127.0.0.1:{port}");
    let common = [
        "--url",
        "https://box.example:5009",
        "--username",
        "admin",
        "--insecure",
        "--connect-to",
        &to,
        "--header",
        "Host: other.example",
    ];
    let output = run(&[&["load"], &common[..], &FEW[..]].concat());
    let told_of = told(&output);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told_of}"));
    assert_eq!(report["operations"][0]["errors"], 0, "{told_of}");
    let output = run(&[&["validate", "--only", "profile/control"], &common[..]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[test]
fn a_place_to_connect_to_that_is_not_there_is_named() {
    // A label of 64 characters is refused before anybody is asked.
    let name = format!("{}.invalid", "a".repeat(64));
    let to = format!("::{name}:1");
    for command in [&["validate"][..], &["load", "--i-may-load-this-target"]] {
        let output = run(&[command, &BOX[..], &["--connect-to", &to]].concat());
        let said = told(&output);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains(&format!("the name {name} has no address")), "{said}");
    }
}

#[test]
fn what_cannot_be_is_refused_in_a_sentence() {
    let at = |url: &'static str, more: &[&'static str]| [&["validate", "--url", url], more].concat();
    for (args, what) in [
        (
            at("http://box.example", &["--resolve", "box.example"]),
            "HOST:PORT:ADDRESS",
        ),
        (
            at("http://box.example", &["--connect-to", "a:b"]),
            "HOST:PORT:HOST2:PORT2",
        ),
        (
            at("http://127.0.0.1:9", &["--connect-to", "::other:"]),
            "the base URL names an address",
        ),
        (
            at(
                "http://box.example",
                &["--resolve", "box.example:80:127.0.0.1", "--proxy", "http://127.0.0.1:9"],
            ),
            "--proxy none goes without",
        ),
        (
            at("http://box.example", &["--header", "Authorization: Bearer hush"]),
            "an account is named instead",
        ),
        (
            at("http://box.example", &["--header", "X-Key: hush\nX-Other: 1"]),
            "no line break",
        ),
        (
            at("http://box.example", &["--header", "Content-Length: 5"]),
            "calls have it by themselves",
        ),
        (
            at("http://box.example", &["--bind", "192.0.2.1"]),
            "no address of this machine",
        ),
        (vec!["load", "--connect-to", "::other:"], "--connect-to needs a target"),
    ] {
        let output = run(&args);
        let told = told(&output);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(what) && !told.contains("hush"), "{told}");
    }
}
