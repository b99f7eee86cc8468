//! Fronts and freedoms that look like faults of these kinds, and are none.

use crate::behaviour::{against, that_ended};
use bytes::Bytes;
use http::{Method, Request, Response};
use parking_lot::Mutex;
use proofload_mock_server::Identities;
use proofload_results::validate::Verdict;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The checks of these kinds.
const CHECKS: [&str; 17] = [
    "*/control",
    "*/unknown-method",
    "*/unknown-method-no-token",
    "*/allow",
    "*/other-methods",
    "*/path-case",
    "*/wrong-media-type",
    "*/odd-body",
    "*/odd-id",
    "*/odd-query",
    "*/odd-accept",
    "*/undocumented-status",
    "*/says-something",
    "*/crowd",
    "profile/own",
    "profile/in-turn",
    "publishWithResponse/face-members",
];

/// Runs the checks against a server that does something its own way, and sees that nobody is accused.
async fn accuses_nobody(
    only: &[&str],
    writes: bool,
    rule: impl Fn(&Request<Bytes>, &Identities) -> Response<Bytes> + Send + Sync + 'static,
) {
    let outcome = against(only, writes, rule).await;
    let accused = that_ended(&outcome, &[Verdict::Fail, Verdict::Warn, Verdict::Error]);
    assert!(accused.is_empty(), "{}", accused.join("\n"));
}

fn page(status: u16) -> Response<Bytes> {
    let answer = Response::builder().status(status).header("content-type", "text/html");
    answer
        .body(Bytes::from_static(b"<html><title>front</title></html>"))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mock_as_it_is() {
    accuses_nobody(&CHECKS, true, |request, identities| identities.respond(request)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_reads_alone_nothing_odd_is_stored() {
    let seen = Arc::new(Mutex::new(HashSet::new()));
    let states = Arc::clone(&seen);
    accuses_nobody(&CHECKS, false, move |request, identities| {
        let answer = identities.respond(request);
        states.lock().insert(identities.fingerprint_of_state().to_string());
        answer
    })
    .await;
    assert_eq!(seen.lock().len(), 1, "something was stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_front_that_keeps_odd_requests_out() {
    let checks = [
        "*/unknown-method",
        "*/unknown-method-no-token",
        "*/allow",
        "*/wrong-media-type",
        "*/path-case",
        "*/odd-*",
    ];
    for status in [403, 405] {
        accuses_nobody(&checks, false, move |request, identities| {
            let kind = request
                .headers()
                .get("content-type")
                .and_then(|kind| kind.to_str().ok());
            let odd = request.method() == Method::PATCH
                || kind.is_some_and(|kind| kind.starts_with("text/plain") || kind.ends_with("xml"))
                || request.uri().to_string().contains("%27");
            if odd { page(status) } else { identities.respond(request) }
        })
        .await;
    }
    // One whose routes are case-sensitive.
    accuses_nobody(&["*/path-case"], false, |request, identities| {
        if request.uri().path().starts_with("/API") || request.uri().path().starts_with("/AUTH") {
            return page(404);
        }
        identities.respond(request)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_on_calls_at_once() {
    let calls = AtomicUsize::new(0);
    accuses_nobody(&["*/crowd"], false, move |request, identities| {
        // The calls before the crowd are let through, and those that come when the first of it have been refused.
        if (40..70).contains(&calls.fetch_add(1, Ordering::Relaxed)) {
            return page(503);
        }
        identities.respond(request)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_that_ends_the_old_token() {
    let ended = Mutex::new(HashSet::new());
    accuses_nobody(&["*/crowd"], false, move |request, identities| {
        let token = request.headers().get("authorization").cloned();
        let mut ended = ended.lock();
        if ended.contains(&token) {
            return Response::builder().status(401).body(Bytes::new()).unwrap();
        }
        if request.uri().path().ends_with("renewToken") {
            ended.insert(token);
        }
        identities.respond(request)
    })
    .await;
}

/// The members of an answer under names of the server's own.
fn renamed(request: &Request<Bytes>, identities: &Identities) -> Response<Bytes> {
    let (parts, body) = identities.respond(request).into_parts();
    if !request.uri().path().ends_with("publishWithResponse") || !parts.status.is_success() {
        return Response::from_parts(parts, body);
    }
    let answer: Value = serde_json::from_slice(&body).unwrap();
    let faces = answer["faces"].as_array().cloned().unwrap_or_default();
    let faces = faces.into_iter().map(|face| {
        json!({"id": face["faceId"], "detection": {"id": face["detectionId"], "score": face["confidence"], "sharpness": face["quality"]},
            "area": [1, 2, 3, 4]})
    });
    let body = json!({"faces": faces.collect::<Vec<_>>()}).to_string();
    Response::from_parts(parts, body.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_other_names() {
    let checks = ["publishWithResponse/face-members", "publishWithResponse/says-something"];
    accuses_nobody(&checks, true, renamed).await;
}
