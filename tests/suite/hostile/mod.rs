//! Hostile servers: whatever one operation does, the suite ends within its time-outs, says so on that operation, and
//! still checks everything else. Calls that are not answered are a failure of the deployment.

mod misbehaviour;
mod server;

use misbehaviour::Misbehaviour;
use serde_json::Value;
use server::{Certificates, Server};
use std::process::Output;
use std::time::Duration;
use tokio::process::Command;

/// The whole run; its longest wait for one answer is a second.
const WHOLE_RUN: Duration = Duration::from_secs(90);

/// Runs `validate` on three operations of which `listTags` is the one that misbehaves.
async fn validate(url: &str, more: &[&str]) -> Output {
    let args = [
        "validate",
        "--url",
        url,
        "--username",
        "admin",
        "--timeout",
        "1s",
        "--format",
        "json",
        "--bad-logins-at-once",
    ];
    let only = ["--only", "authenticate", "--only", "profile", "--only", "listTags"];
    let run = Command::new(env!("CARGO_BIN_EXE_proofload"))
        .args(args)
        .args(only)
        .args(more)
        .env("PROOFLOAD_PASSWORD", "admin-pass")
        .kill_on_drop(true)
        .output();
    tokio::time::timeout(WHOLE_RUN, run)
        .await
        .expect("the suite ends within its time-outs")
        .expect("the program starts")
}

/// The verdicts of the cases of one operation.
fn verdicts(report: &Value, operation: &str) -> Vec<(String, String)> {
    let cases = report["cases"].as_array().expect("cases");
    let of_operation = cases.iter().filter(|case| {
        case["id"]
            .as_str()
            .is_some_and(|id| id.starts_with(&format!("{operation}/")))
    });
    of_operation
        .map(|case| {
            let text = |name: &str| case[name].as_str().unwrap_or_default().to_owned();
            (text("id"), text("verdict"))
        })
        .collect()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        let stderr = String::from_utf8_lossy(&output.stderr);
        panic!("stdout holds a report: {error}; stderr: {stderr}")
    })
}

async fn misbehaves(misbehaviour: Misbehaviour) {
    let server = Server::start(misbehaviour);
    let output = validate(&server.url(), &[]).await;
    let report = report(&output);
    let bad = |verdict: &str| matches!(verdict, "fail" | "error");
    let blamed = verdicts(&report, "listTags");
    assert!(
        blamed.iter().any(|(_, verdict)| bad(verdict)),
        "{misbehaviour:?} goes unnoticed: {blamed:?}"
    );
    for operation in ["authenticate", "profile"] {
        let others = verdicts(&report, operation);
        assert!(
            others.iter().any(|(_, verdict)| verdict == "pass"),
            "{operation}: {others:?}"
        );
        assert!(
            !others.iter().any(|(_, verdict)| bad(verdict)),
            "{misbehaviour:?}: {others:?}"
        );
    }
    assert_eq!(output.status.code(), Some(1), "{misbehaviour:?}");
    let whole = verdicts(&report, "deployment");
    let lost = whole
        .iter()
        .any(|(id, verdict)| id == "deployment/reliability" && verdict == "fail");
    assert!(
        lost == misbehaviour.loses_answers() || misbehaviour.is_slow(),
        "{misbehaviour:?}: {whole:?}"
    );
}

macro_rules! each_misbehaviour {
    ($($name:ident: $misbehaviour:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            misbehaves($misbehaviour).await;
        }
    )*};
}

each_misbehaviour! {
    silence: Misbehaviour::Silence;
    hanging_up_at_once: Misbehaviour::HangingUp;
    hanging_up_in_the_middle: Misbehaviour::HalfABody;
    a_body_that_never_ends: Misbehaviour::EndlessBody;
    a_body_that_drips: Misbehaviour::DrippingBody;
    a_head_that_never_ends: Misbehaviour::EndlessHead;
    a_huge_body: Misbehaviour::HugeBody;
    a_compressed_bomb: Misbehaviour::GzipBomb;
    text_that_is_not_utf8: Misbehaviour::NotUtf8;
    text_that_is_not_json: Misbehaviour::NotJson;
    nesting_without_end: Misbehaviour::DeepNesting;
    a_redirect_to_itself: Misbehaviour::RedirectLoop;
    a_web_page: Misbehaviour::WebPage;
    a_status_that_does_not_exist: Misbehaviour::StrangeStatus;
    no_http_at_all: Misbehaviour::NotHttp;
}

#[tokio::test]
async fn a_certificate_that_expires_meanwhile_ends_the_run_with_errors() {
    let certificates = Certificates::make();
    // Late enough for some cases, however many connections the logins before them take.
    let server = Server::start_tls(&certificates, 60);
    let ca = certificates.good_pem();
    let output = validate(&server.url(), &["--ca", ca.to_str().expect("a plain path")]).await;
    let report = report(&output);
    assert_eq!(report["verdict"], "error");
    assert_eq!(output.status.code(), Some(3));
    assert!(report["summary"]["pass"].as_u64() > Some(0), "{}", report["summary"]);
    let expired = report["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .filter(|case| case["detail"].as_str().is_some_and(|detail| detail.contains("expired")))
        .count();
    assert!(expired > 0, "{}", report["summary"]);
}

fn logins(_: &str, path: &str) -> bool {
    path == "/api/v1/authenticate"
}

#[tokio::test]
async fn a_login_that_is_not_answered_is_one_sentence() {
    for misbehaviour in [Misbehaviour::Silence, Misbehaviour::HalfABody] {
        let server = Server::misbehaving(misbehaviour, logins);
        refused(&validate(&server.url(), &[]).await, misbehaviour);
    }
}

#[tokio::test]
async fn a_login_that_is_answered_oddly_is_a_finding() {
    for misbehaviour in [Misbehaviour::HugeBody, Misbehaviour::NotJson, Misbehaviour::WebPage] {
        let server = Server::misbehaving(misbehaviour, logins);
        let output = validate(&server.url(), &[]).await;
        let found = verdicts(&report(&output), "authenticate");
        assert!(
            found.iter().any(|(_, verdict)| verdict == "fail"),
            "{misbehaviour:?}: {found:?}"
        );
        assert_eq!(output.status.code(), Some(1), "{misbehaviour:?}");
    }
}

#[tokio::test]
async fn a_server_that_does_nothing_right_is_one_sentence() {
    for misbehaviour in [
        Misbehaviour::Silence,
        Misbehaviour::HangingUp,
        Misbehaviour::EndlessHead,
        Misbehaviour::HalfABody,
        Misbehaviour::RedirectLoop,
        Misbehaviour::WebPage,
        Misbehaviour::NotHttp,
    ] {
        let server = Server::misbehaving(misbehaviour, |_, _| true);
        refused(&validate(&server.url(), &[]).await, misbehaviour);
    }
}

/// Exit code 3, nothing on stdout, one sentence on stderr.
fn refused(output: &Output, misbehaviour: Misbehaviour) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{misbehaviour:?}: {stderr}");
    assert!(output.stdout.is_empty(), "{misbehaviour:?}");
    assert!(stderr.starts_with("error: "), "{misbehaviour:?}: {stderr}");
    assert_eq!(stderr.trim_end().lines().count(), 1, "{misbehaviour:?}: {stderr}");
}
