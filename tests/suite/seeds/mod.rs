//! The vendor's own sample, run as it stands in their document: log in with curl, read the token with jq, use it.
//!
//! `seeds/001_authentication.txt` is their page "Authentication"; only the three variables at the top of its sample are set.
#![cfg(unix)]

use proofload_test_support::{Mock, Nginx};
use std::process::{Command, Output};

const PAGE: &str = include_str!("001_authentication.txt");

/// The page's first code sample, which is the one for curl.
fn sample() -> String {
    let mark = "# Define variables\n";
    let mut parts = PAGE.split_inclusive(mark);
    parts.next().expect("prose before the first sample");
    let sample = parts.next().expect("the first sample").strip_suffix(mark);
    sample.expect("a second sample after it").to_owned()
}

/// The sample with its variables set.
fn sample_for(url: &str, username: &str, password: &str) -> String {
    let mut sample = sample();
    for (name, value) in [("API_URL", url), ("USERNAME", username), ("PASSWORD", password)] {
        let line = sample.lines().find(|line| line.starts_with(&format!("{name}=")));
        let line = line.expect("the sample sets its variables").to_owned();
        sample = sample.replacen(&line, &format!("{name}=\"{value}\""), 1);
    }
    sample
}

fn bash(script: &str) -> Output {
    Command::new("bash")
        .args(["-c", script])
        .env("NO_PROXY", "*")
        .output()
        .expect("bash starts")
}

/// What the sample prints: the token, or `null` when there was none.
fn printed(url: &str, username: &str, password: &str) -> String {
    let output = bash(&sample_for(url, username, password));
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout)
        .expect("a token is text")
        .trim()
        .to_owned()
}

fn status_of_renewal(url: &str, token: &str) -> String {
    let header = format!("Authorization: Bearer {token}");
    let output = bash(&format!(
        r#"curl -sk -w '\n%{{http_code}}' "{url}/api/v1/renewToken" -H "{header}""#
    ));
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    let (body, status) = text.rsplit_once('\n').expect("the status stands on a line of its own");
    assert_eq!(body.contains("\"token\""), status == "200", "{text}");
    status.to_owned()
}

#[track_caller]
fn assert_sample_works(url: &str) {
    let token = printed(url, "admin", "admin-pass");
    assert_eq!(token.split('.').count(), 3, "{token} is no JWT");
    assert_eq!(status_of_renewal(url, &token), "200");
    assert_eq!(status_of_renewal(url, &token[..token.len() - 8]), "401");
    assert_eq!(printed(url, "admin", "wrong"), "null");
}

#[test]
fn the_sample_is_the_one_for_curl() {
    let sample = sample_for("https://127.0.0.1:5009", "user", "secret");
    assert!(sample.starts_with("API_URL=\"https://127.0.0.1:5009\"\nUSERNAME=\"user\"\nPASSWORD=\"secret\"\n"));
    assert!(sample.contains("TOKEN=$(curl -sk -X POST") && !sample.contains("Invoke-RestMethod"));
}

#[test]
fn on_premise_over_https() {
    assert_sample_works(&Mock::on_premise().https_url());
}

#[test]
fn on_premise_over_http() {
    assert_sample_works(&Mock::on_premise().http_url());
}

#[test]
fn under_the_prefix_over_https() {
    let mock = Mock::in_the_cloud();
    assert!(mock.https_url().ends_with("/identities"));
    assert_sample_works(&mock.https_url());
}

#[test]
fn behind_nginx_that_takes_the_prefix_away() {
    let mock = Mock::on_premise();
    assert_sample_works(&Nginx::before(&mock).url());
}

#[test]
fn behind_nginx_that_leaves_the_prefix() {
    let mock = Mock::in_the_cloud();
    assert_sample_works(&Nginx::before(&mock).url());
}
