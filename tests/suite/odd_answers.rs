//! Servers that are odd in one thing: tokens that they refuse or that do not say when they end, answers that are none,
//! connections that they close.

use crate::odd_server::{answer, given, serve, token};
use crate::program::program;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

fn load(url: &str, options: &str) -> Value {
    load_with("camera-feed", url, options)
}

fn load_with(scenario: &str, url: &str, options: &str) -> Value {
    let output = program()
        .args([
            "load",
            "--url",
            url,
            "--username",
            "admin",
            "--format",
            "json",
            "--scenario",
            scenario,
        ])
        .args(options.split_whitespace())
        .env("PROOFLOAD_PASSWORD", "x")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"))
}

#[test]
fn a_server_that_refuses_its_fresh_tokens_meets_no_storm_of_logins() {
    let logins = Arc::new(AtomicU64::new(0));
    let counted = logins.clone();
    let url = serve(move |asked| {
        if !asked.is_login() {
            return answer(401, "WWW-Authenticate: Bearer\r\n", b"");
        }
        counted.fetch_add(1, Ordering::Relaxed);
        given(&token(r#","iat":1000,"exp":4600"#))
    });
    let report = load(&url, "--rate 200/s --users 10 --duration 2s");
    assert_eq!(report["verdict"], "fail", "{report}");
    // One for each user at the start, and two a second at most from then on, of 400 calls that were refused.
    let most = 10 + 2 * 4;
    assert!(logins.load(Ordering::Relaxed) <= most, "{logins:?}");
    assert!(report["unauthorised"].as_u64() > Some(100), "{report}");
}

#[test]
fn a_life_that_tokens_do_not_tell_is_learnt_when_it_was_seen_twice() {
    let issued: Arc<Mutex<HashMap<String, Instant>>> = Arc::default();
    let url = serve(move |asked| {
        let mut issued = issued.lock().unwrap();
        let lives = issued
            .get(&asked.token)
            .is_some_and(|at| at.elapsed() < Duration::from_secs(2));
        if !asked.is_login() && !lives {
            return answer(401, "", b"");
        }
        if asked.is_login() || asked.path.ends_with("/renewToken") {
            let new = token("");
            issued.insert(new.clone(), Instant::now());
            return given(&new);
        }
        answer(200, "", b"")
    });
    let report = load(&url, "--rate 20/s --users 4 --duration 7s");
    // Nobody says that such a token was still valid; and once its life is known, it is renewed.
    assert_eq!(report["unauthorised"], 0, "{report}");
    let told = report["findings"].to_string();
    assert!(
        told.contains("whose end the target does not state") && told.contains("taken to live for"),
        "{report}"
    );
    let rows = report["operations"].as_array().unwrap();
    let renewals = rows.iter().find(|row| row["name"] == "renewToken").unwrap();
    assert!(renewals["ok"].as_u64() >= Some(1), "{report}");
}

#[test]
fn a_renewal_beside_the_journey_that_gives_no_token_is_no_success() {
    let url = serve(move |asked| match () {
        () if asked.is_login() => given(&token(r#","iat":1000,"exp":1003"#)),
        () if asked.path.ends_with("/renewToken") => answer(200, "Content-Type: application/json\r\n", b"{}"),
        () => answer(200, "", b""),
    });
    let report = load(&url, "--rate 20/s --users 2 --duration 4s");
    let rows = report["operations"].as_array().unwrap();
    let renewals = rows.iter().find(|row| row["name"] == "renewToken").unwrap();
    assert!(
        renewals["errors"].as_u64() >= Some(1) && renewals["ok"] == 0,
        "{report:#}"
    );
    assert!(renewals["statuses"]["wrong-body"].as_u64() >= Some(1), "{report:#}");
    assert!(
        report.to_string().contains("without a token that can be used"),
        "{report:#}"
    );
}

#[test]
fn a_login_that_was_answered_for_somebody_else_before_the_run_counts_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = folder.path().join("accounts.csv");
    std::fs::write(&accounts, "username,password\nanna,x\nbert,x\n").unwrap();
    let mixed_up = Arc::new(AtomicU64::new(0));
    let url = serve(move |asked| {
        if !asked.is_login() {
            return answer(200, "", b"");
        }
        let asks = if asked.body.contains("anna") { "anna" } else { "bert" };
        let first = asks == "anna" && mixed_up.fetch_add(1, Ordering::Relaxed) == 0;
        let named = if first { "bert" } else { asks };
        let body = format!(r#"{{"username":"{named}","token":"{}"}}"#, token(""));
        answer(200, "Content-Type: application/json\r\n", body.as_bytes())
    });
    let accounts = accounts.to_str().unwrap();
    // Where the journey logs in itself, a login is tried before it.
    let options = format!("--accounts {accounts} --rate 20/s --users 4 --duration 1s");
    let report = load_with("shift-change", &url, &options);
    assert_eq!(report["verdict"], "fail", "{report:#}");
    assert_eq!(report["guards"]["misdirected"]["authenticate"], 1, "{report:#}");
}

#[test]
fn a_login_answer_is_told_by_what_is_wrong_with_it() {
    for (body, why) in [
        (&b"\xef\xbb\xbf{\"token\":\"a.b.c\"}"[..], "byte-order mark"),
        (b"\x1f\x8b\x08\0", "compressed"),
        (b"{\"Token\":\"a.b.c\"}", "other capitals"),
        (b"{\"token\":\"Bearer a.b.c\"}", "a space"),
    ] {
        let url = serve(move |asked| {
            if asked.is_login() {
                answer(200, "Content-Type: application/json\r\n", body)
            } else {
                answer(401, "", b"")
            }
        });
        let output = program()
            .args([
                "load",
                "--url",
                &url,
                "--username",
                "admin",
                "--scenario",
                "camera-feed",
                "--duration",
                "1s",
            ])
            .env("PROOFLOAD_PASSWORD", "x")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(why), "{said}");
        assert_eq!(output.status.code(), Some(3), "{said}");
    }
}

#[test]
fn an_answer_that_is_none_says_why_in_the_result() {
    let url = serve(|asked| {
        if asked.is_login() || asked.path.ends_with("/renewToken") {
            return given(&token(r#","iat":1000,"exp":4600"#));
        }
        b"HTTP/1.1 200 OK\r\nContent-Length: 0, 0\r\n\r\n".to_vec()
    });
    let report = load(&url, "--rate 10/s --users 2 --duration 500ms");
    let rows = report["operations"].as_array().unwrap();
    let publish = rows.iter().find(|row| row["name"] == "publish").unwrap();
    let reasons = publish["reasons"].as_object().unwrap();
    assert!(reasons.contains_key("the Content-Length is not a number"), "{report}");
    assert_eq!(
        reasons.values().next(),
        Some(&publish["statuses"]["protocol"]),
        "{report}"
    );
}

#[test]
fn a_page_with_a_good_status_is_no_success() {
    let url = serve(|asked| {
        if asked.is_login() || asked.path.ends_with("/renewToken") {
            return given(&token(r#","iat":1000,"exp":4600"#));
        }
        answer(200, "Content-Type: text/html\r\n", b"<html>We are busy</html>")
    });
    let report = load(&url, "--rate 10/s --users 2 --duration 500ms");
    let rows = report["operations"].as_array().unwrap();
    let publish = rows.iter().find(|row| row["name"] == "publish").unwrap();
    assert_eq!(
        (&publish["ok"], &report["verdict"]),
        (&0.into(), &"fail".into()),
        "{report}"
    );
    assert_eq!(publish["statuses"]["wrong-body"], publish["errors"], "{report}");
    let reasons = publish["reasons"].as_object().unwrap();
    assert!(reasons.keys().all(|why| why.contains("a web page")), "{report}");
}

#[test]
fn a_target_that_drops_connections_is_measured_though_it_drops_logins_too() {
    let logins = AtomicU64::new(0);
    let url = serve(move |asked| {
        // The first login with a password that may be right, and every third after it, is not answered.
        let is_dropped = || asked.body.contains("admin") && logins.fetch_add(1, Ordering::Relaxed).is_multiple_of(3);
        if asked.is_login() && is_dropped() {
            return Vec::new();
        }
        if asked.is_login() || asked.path.ends_with("/renewToken") {
            return given(&token(r#","iat":1000,"exp":4600"#));
        }
        answer(200, "", b"")
    });
    let report = load(&url, "--rate 10/s --users 4 --duration 500ms");
    assert!(report["arrivals"]["done"].as_u64() >= Some(1), "{report}");
}

#[test]
fn a_call_whose_idle_connection_was_closed_just_then_is_sent_once_more() {
    let url = serve(|asked| {
        if asked.is_login() || asked.path.ends_with("/renewToken") {
            return given(&token(r#","iat":1000,"exp":4600"#));
        }
        // Every second call on a connection is read and not answered, as when the server was closing it.
        let close = asked.nth.is_multiple_of(2);
        if close { Vec::new() } else { answer(200, "", b"") }
    });
    let publish = |options: &str| {
        let report = load(&url, &format!("--rate 10/s --users 2 --duration 1s {options}"));
        let rows = report["operations"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == "publish").unwrap().clone()
    };
    let row = publish("");
    assert!(row["stale"].as_u64() >= Some(1) && row["errors"] == 0, "{row}");
    let row = publish("--no-retry-stale");
    assert!(
        row["stale"] == 0 && row["statuses"]["reset"].as_u64() >= Some(1),
        "{row}"
    );
    let reasons = row["reasons"].as_object().unwrap();
    assert!(
        reasons.keys().all(|why| why.starts_with("the connection was lost")),
        "{row}"
    );
}

#[test]
fn a_password_that_is_refused_costs_one_login_whatever_the_scenario() {
    for scenario in ["smoke", "camera-feed"] {
        let logins = Arc::new(AtomicU64::new(0));
        let counted = logins.clone();
        let url = serve(move |asked| {
            // The preflight looks for an Identities server with a login that cannot succeed.
            counted.fetch_add(u64::from(asked.body.contains("admin")), Ordering::Relaxed);
            answer(400, "", b"")
        });
        let output = program()
            .args([
                "load",
                "--url",
                &url,
                "--username",
                "admin",
                "--scenario",
                scenario,
                "--duration",
                "1s",
            ])
            .env("PROOFLOAD_PASSWORD", "x")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (output.status.code(), logins.load(Ordering::Relaxed)),
            (Some(3), 1),
            "{said}"
        );
    }
}

#[test]
fn behind_a_proxy_that_falls_silent_the_target_is_not_the_one_accused() {
    let asked = AtomicU64::new(0);
    let proxy = serve(move |call| {
        let published = asked.fetch_add(u64::from(call.path.ends_with("/publish")), Ordering::Relaxed);
        if published > 20 {
            loop {
                std::thread::park();
            }
        }
        if call.is_login() {
            given(&token(r#","iat":1000,"exp":4600"#))
        } else {
            answer(200, "", b"")
        }
    });
    let options = format!("--i-may-load-this-target --proxy {proxy} --rate 20/s --duration 20s --timeout 500ms");
    let report = load("http://box.example:6009", &options);
    assert_eq!(report["verdict"], "fail", "{report:#}");
    let sentence = report["sentence"].as_str().unwrap();
    assert!(
        sentence.starts_with("The target, or the proxy before it, stopped answering"),
        "{sentence}"
    );
    let output = program()
        .args(["validate", "--url", "http://box.example:6009", "--username", "admin"])
        .args(["--timeout", "500ms", "--proxy", &proxy])
        .env("PROOFLOAD_PASSWORD", "x")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(
        said.contains(&format!("through the proxy {proxy} had no answer within")),
        "{said}"
    );
}
