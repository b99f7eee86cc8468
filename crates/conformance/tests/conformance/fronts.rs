//! Sound servers behind somebody else: what a front answers accuses nobody, and what it lets through is judged.

use crate::target::target;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use parking_lot::Mutex;
use proofload_conformance::{ConformanceOptions, ConformanceRun, run};
use proofload_contract::Contract;
use proofload_deployment::client::testing::http;
use proofload_deployment::{Target, Trust};
use proofload_mock_server::{Identities, Settings};
use proofload_results::events::Unobserved;
use proofload_results::validate::{CaseCause, CauseKind, PremiseKind, Untested, Verdict};
use serde_json::Value;
use std::sync::atomic::{AtomicUsize, Ordering};

const SOME: [&str; 5] = ["createTag", "putNote", "listTags", "getPerson", "recognize"];

async fn behind(front: impl Fn(&Request<Bytes>) -> Option<Response<Bytes>> + Send + Sync + 'static) -> String {
    let identities = Identities::new(Settings::default());
    http(move |request| front(&request).unwrap_or_else(|| identities.respond(&request))).await
}

async fn validated(target: &Target, only: &[&str]) -> ConformanceRun {
    let options = ConformanceOptions {
        only: only.iter().map(|text| text.parse().unwrap()).collect(),
        ..ConformanceOptions::default()
    };
    run(target, Contract::bundled(), &options, &Unobserved).await.unwrap()
}

fn ended(run: &ConformanceRun, verdicts: &[Verdict]) -> Vec<String> {
    let cases = run.report.cases.iter();
    let those = cases.filter(|case| verdicts.contains(&case.verdict));
    those
        .map(|case| format!("{}: {} ({})", case.id, case.observed, case.detail))
        .collect()
}

const BAD: [Verdict; 3] = [Verdict::Fail, Verdict::Warn, Verdict::Error];

fn page(status: u16) -> Response<Bytes> {
    Response::builder()
        .status(status)
        .header("content-type", "text/html")
        .body(Bytes::from_static(
            b"<!DOCTYPE html><html><head><title>Blocked</title></head><body>Reference 17.</body></html>",
        ))
        .unwrap()
}

fn is_broken_json(request: &Request<Bytes>) -> bool {
    let json = request
        .headers()
        .get("content-type")
        .is_some_and(|value| value == "application/json");
    json && serde_json::from_slice::<Value>(request.body()).is_err()
}

/// A firewall of no known make: odd methods, long headers, odd spellings, bodies that it cannot parse.
fn firewall(request: &Request<Bytes>) -> Option<Response<Bytes>> {
    let usual = [Method::GET, Method::POST, Method::PUT, Method::DELETE];
    let long = request.headers().values().any(|value| value.len() > 4096);
    let path = request.uri().path();
    if !usual.contains(request.method()) {
        Some(page(405))
    } else if long || path.contains("//") || path.contains('%') || path.contains(';') {
        Some(page(403))
    } else if is_broken_json(request) {
        Some(page(400))
    } else {
        None
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_firewall_accuses_nobody() {
    for writes in [false, true] {
        let base = behind(firewall).await;
        let run = validated(&target(&base, Trust::System, writes), &SOME).await;
        assert_eq!(ended(&run, &BAD), Vec::<String>::new(), "writes: {writes}");
        let swallowed = run
            .report
            .cases
            .iter()
            .filter(|case| case.cause == Some(CaseCause::Front));
        let cases = swallowed.count();
        let told = run.report.run.as_ref().unwrap();
        let untested = &told.scope.as_ref().unwrap().untested;
        assert!(
            cases > 0 && untested.contains(&Untested::BehindFront { cases }),
            "{untested:?}"
        );
        assert!(
            told.notes
                .iter()
                .any(|note| note.contains("in the application's place")),
            "{:?}",
            told.notes
        );
        let refused = run
            .report
            .cases
            .iter()
            .find(|case| case.id == "createTag/no-token")
            .unwrap();
        assert_eq!(refused.verdict, Verdict::Pass, "{}", refused.detail);
    }
}

/// The application looks at the body before the caller.
fn body_first(request: &Request<Bytes>) -> Option<Response<Bytes>> {
    let body: Option<Value> = serde_json::from_slice(request.body()).ok();
    let json = request
        .headers()
        .get("content-type")
        .is_some_and(|value| value == "application/json");
    let writes = request.uri().path() == "/api/v1/Tags" && request.method() == Method::POST;
    (writes && json && !body.is_some_and(|body| body.is_object())).then(|| {
        Response::builder()
            .status(400)
            .header("content-type", "application/problem+json")
            .body(Bytes::from_static(b"{}"))
            .unwrap()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_open_door_is_claimed_where_the_content_is_refused_whoever_calls() {
    let base = behind(body_first).await;
    let reads = validated(&target(&base, Trust::System, false), &["createTag"]).await;
    assert_eq!(ended(&reads, &BAD), Vec::<String>::new());
    let writes = validated(&target(&base, Trust::System, true), &["createTag"]).await;
    assert_eq!(ended(&writes, &[Verdict::Fail, Verdict::Error]), Vec::<String>::new());
    let warned = ended(&writes, &[Verdict::Warn]);
    assert!(
        warned.iter().all(|case| case.contains("only the order is wrong")) && !warned.is_empty() && warned.len() < 7,
        "{warned:#?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_error_behind_a_front_is_still_held_against_it() {
    let base = behind(|request| (request.uri().path() == "/api/v1/Tags").then(|| page(500))).await;
    let run = validated(
        &target(&base, Trust::System, false),
        &["listTags/control", "listTags/no-token"],
    )
    .await;
    assert_eq!(ended(&run, &[Verdict::Fail]).len(), 2, "{:?}", run.report.cases);
}

/// One call in so many is one too many; it is answered as nginx does by default, or as the standard says.
fn limited(status: StatusCode) -> impl Fn(&Request<Bytes>) -> Option<Response<Bytes>> + Send + Sync {
    let calls = AtomicUsize::new(1);
    move |_| {
        calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(60).then(|| {
            let mut limited = page(status.as_u16());
            if status == StatusCode::TOO_MANY_REQUESTS {
                limited.headers_mut().insert("retry-after", 0.into());
            }
            limited
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limited_rate_is_found_out_and_kept() {
    for status in [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE] {
        let base = behind(limited(status)).await;
        let run = validated(
            &target(&base, Trust::System, false),
            &["listTags", "getPerson", "profile"],
        )
        .await;
        assert_eq!(ended(&run, &BAD), Vec::<String>::new(), "{status}");
        let notes = &run.report.run.as_ref().unwrap().notes;
        let told = |note: &String| note.contains("answered 429 or 503 were made again");
        assert!(notes.iter().any(told), "{notes:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_on_one_route_is_told_of_what_was_sent_and_stops_nothing_else() {
    let base = behind(|request| {
        let is_limited = request.uri().path() == "/api/v1/Tags" && request.method() == Method::GET;
        is_limited.then(|| {
            let mut limited = page(429);
            limited.headers_mut().insert("retry-after", 0.into());
            limited
        })
    })
    .await;
    let target = target(&base, Trust::System, false);
    let run = validated(&target, &["listTags/*", "profile/*", "getPerson/control"]).await;
    assert_eq!(ended(&run, &[Verdict::Fail, Verdict::Warn]), Vec::<String>::new());
    let errors = ended(&run, &[Verdict::Error]);
    assert!(errors.iter().all(|error| error.starts_with("listTags/")), "{errors:#?}");
    let told = |error: &String| error.contains("GET /api/v1/Tags was answered 429");
    assert!(errors.iter().any(told), "{errors:#?}");
    let notes = &run.report.run.as_ref().unwrap().notes;
    assert!(
        notes
            .iter()
            .any(|note| note.contains("refuses calls of GET /api/v1/Tags")),
        "{notes:?}"
    );
    assert!(!notes.iter().any(|note| note.contains("login")), "{notes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_that_breaks_once_is_made_again() {
    let logins = Mutex::new(0);
    let base = behind(move |request| {
        let mut logins = logins.lock();
        *logins += usize::from(request.uri().path() == "/api/v1/authenticate");
        // The first is the look at whether the account can log in at all.
        (*logins == 2 && request.uri().path() == "/api/v1/authenticate").then(|| page(502))
    })
    .await;
    let run = validated(&target(&base, Trust::System, false), &["profile"]).await;
    assert_eq!(ended(&run, &BAD), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_not_the_servers_is_our_premise() {
    let base = behind(|_| None).await;
    let mut target = target(&base, Trust::System, false);
    target.signing_key = Some(b"another key than the server's, of 32 bytes or more".to_vec().into());
    let run = validated(&target, &["authenticate/token-signed*", "profile"]).await;
    assert_eq!(ended(&run, &BAD), Vec::<String>::new());
    let premises = &run.report.run.as_ref().unwrap().premises;
    assert_eq!(premises[0].kind, PremiseKind::SigningKey);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_byte_order_mark_is_named_and_read_past() {
    let identities = Identities::new(Settings::default());
    let base = http(move |request| {
        let (head, body) = identities.respond(&request).into_parts();
        let marked = if body.is_empty() {
            body
        } else {
            [b"\xef\xbb\xbf", &*body].concat().into()
        };
        Response::from_parts(head, marked)
    })
    .await;
    let run = validated(
        &target(&base, Trust::System, false),
        &["profile/schema", "profile/control"],
    )
    .await;
    assert_eq!(ended(&run, &[Verdict::Fail, Verdict::Error]), Vec::<String>::new());
    let named = ended(&run, &[Verdict::Warn]);
    assert!(named.iter().any(|case| case.contains("a byte order mark")), "{named:?}");
}

/// A page as nginx has it, with a challenge where it asks for credentials.
fn nginx(status: u16, reason: &str) -> Response<Bytes> {
    let body = format!(
        "<html>\r\n<head><title>{status} {reason}</title></head>\r\n<body>\r\n<center><h1>{status} {reason}</h1></center>\r\n<hr><center>nginx</center>\r\n"
    );
    let answer = Response::builder().status(status).header("content-type", "text/html");
    let answer = match status {
        401 => answer.header("www-authenticate", "Basic realm=\"inside\""),
        407 => answer.header("proxy-authenticate", "Basic realm=\"inside\""),
        _ => answer,
    };
    answer.body(body.into()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operations_whose_proper_calls_a_front_refuses_are_not_tested() {
    let base = behind(|request| (request.body().len() > 16_384).then(|| nginx(413, "Request Entity Too Large"))).await;
    let run = validated(&target(&base, Trust::System, true), &["publish", "faceDetect"]).await;
    assert_eq!(run.report.verdict, Verdict::Error);
    assert_eq!(ended(&run, &[Verdict::Fail, Verdict::Warn]), Vec::<String>::new());
    let untested = &run.report.run.as_ref().unwrap().scope.as_ref().unwrap().untested;
    let operations = ["publish", "faceDetect"].map(str::to_owned).to_vec();
    assert!(
        untested.contains(&Untested::NeverLetThrough { operations }),
        "{untested:?}"
    );
    let sentence = run.report.sentence().sentence;
    assert!(sentence.contains("proper calls of publish, faceDetect"), "{sentence}");
    let let_in = ["faceDetect/control", "faceDetect/permission@admin"];
    let passed = run.report.cases.iter().filter(|case| case.verdict == Verdict::Pass);
    let passed: Vec<&str> = passed.map(|case| case.id.as_str()).collect();
    assert!(!passed.iter().any(|id| let_in.contains(id)), "{passed:?}");
    assert!(passed.contains(&"publish/no-token"), "a small body gets through");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_with_200_is_nobody_let_in() {
    let refused = |body: &'static str| {
        move |request: &Request<Bytes>| {
            is_broken_json(request).then(|| {
                let answer = Response::builder().header("content-type", "text/html");
                answer.body(Bytes::from_static(body.as_bytes())).unwrap()
            })
        }
    };
    let known = "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Your support ID is: 17";
    let base = behind(refused(known)).await;
    let run = validated(&target(&base, Trust::System, true), &SOME).await;
    assert_eq!(ended(&run, &BAD), Vec::<String>::new());

    let base = behind(refused("<html><body>No.</body></html>")).await;
    let chosen = ["createTag/no-token", "createTag/permission@nobody"];
    let run = validated(&target(&base, Trust::System, false), &chosen).await;
    assert_eq!(ended(&run, &[Verdict::Fail, Verdict::Error]), Vec::<String>::new());
    let told = ended(&run, &[Verdict::Warn]);
    assert_eq!(told.len(), 2, "a proper body is refused as it should be: {told:?}");
    assert!(told.iter().all(|case| case.contains("200 with a web page")), "{told:?}");
    let mut causes = run.report.causes.iter();
    assert!(
        causes.all(|cause| cause.kind != CauseKind::LetIn),
        "{:?}",
        run.report.causes
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_credentials_of_its_own_accuses_nobody() {
    for (status, reason) in [(407, "Proxy Authentication Required"), (401, "Authorization Required")] {
        let calls = AtomicUsize::new(1);
        let base = behind(move |_| {
            let asks = calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(30);
            asks.then(|| nginx(status, reason))
        })
        .await;
        let run = validated(&target(&base, Trust::System, true), &SOME).await;
        assert_eq!(ended(&run, &BAD), Vec::<String>::new(), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_control_call_is_redirected_nothing_else_is_judged() {
    let base = behind(|request| {
        let redirected = request.uri().path() == "/api/v1/Tags";
        redirected.then(|| {
            let answer = Response::builder().status(302).header("location", "/login");
            answer.body(Bytes::new()).unwrap()
        })
    })
    .await;
    let chosen = [
        "listTags/control",
        "listTags/no-token",
        "listTags/permission@nobody",
        "listTags/control-after",
    ];
    let run = validated(&target(&base, Trust::System, false), &chosen).await;
    let failed = ended(&run, &[Verdict::Fail]);
    assert!(
        failed.len() == 1 && failed[0].starts_with("listTags/control: 302 to /login"),
        "{failed:?}"
    );
    assert_eq!(run.report.causes.len(), 1, "{:?}", run.report.causes);
    let cause = &run.report.causes[0];
    assert_eq!(cause.kind, CauseKind::TokenRefused);
    assert!(cause.sentence.contains("turned away (302)"), "{}", cause.sentence);
}
